"""What a card says beyond its picture: notices, units to come, membership, benefits, draws."""

from datetime import date, datetime
from math import floor
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from habitue import ledger
from habitue.core import paying
from habitue.core.calendar import FOREVER
from habitue.core.notices import Notice
from habitue.core.program import Program
from habitue.ledger import books, draws, households
from habitue.ledger.perks import BenefitLine, EntryLine, Membership, Perks
from habitue.members.models import Business, Customer
from habitue.pages import games, holdings
from habitue.pages.card import certificate
from habitue.pages.card.certificate import Given
from habitue.pages.templatetags import words as say

TICKETS: Final = 3


class Benefit(Struct, frozen=True):
    """A benefit and how often it may still be used, in words; `asks`: from what order on."""

    id: str
    title: str
    uses: str
    usable: bool
    asks: int | None


class Entered(Struct, frozen=True):
    """A draw that the member takes part in; `day` is empty while nothing is published of it."""

    title: str
    said: str
    draw: str
    day: str
    won: str = ""


class Paying(Struct, frozen=True):
    """Units as money at the till: what there is of it, and on what terms, in words."""

    held: str
    terms: tuple[str, ...]


class Beyond(Struct, frozen=True):
    """All of it, in words."""

    tier: str = ""
    notice: str = ""
    pending: tuple[str, ...] = ()
    membership: tuple[str, ...] = ()
    saved: str = ""
    unpaid: bool = False
    benefits: tuple[Benefit, ...] = ()
    draws: tuple[Entered, ...] = ()
    paying: Paying | None = None
    household: int = 0
    given: tuple[Given, ...] = ()

    def __bool__(self) -> bool:
        return self != Beyond()


def beyond(
    business: Business,
    customer: Customer,
    *,
    now: datetime,
    held: ledger.Standing | None = None,
) -> Beyond:
    """What a member has beyond the balance of one unit; `held` as of `holdings.face`."""
    local = now.astimezone(ZoneInfo(business.timezone))
    program = ledger.program(business.pk, on=local.date())
    standing = held or ledger.standing(business.pk, customer.pk, now=now)
    if program is None or standing is None:
        return Beyond()
    perks = standing.perks
    household = households.of(business.pk, customer.pk) if program.household else None
    paid = perks.membership
    return Beyond(
        _tier(program, standing.tier, standing.tier_until),
        _notice(program, perks.notice),
        tuple(_pending(program, standing.pending)),
        (membership(paid),) if paid else (),
        _saved(program, paid) if paid else "",
        paid is not None and not paid.holds,
        tuple(_benefit(program, each) for each in perks.benefits),
        (*_running(business, perks), *_closed(business, customer, now)),
        _paying(program, standing.balances) if not paid or paid.holds else None,
        len(household.members) if household else 0,
        tuple(certificate.given(business, customer.pk, day=local.date())),
    )


def _tier(program: Program, level: str | None, until: date | None) -> str:
    """The level, and until when it is held; the one everybody has is not worth a line."""
    if program.tiers is None or level is None or level == program.tiers.levels[0].id:
        return ""
    title = level_title(program, level)
    if until is None or until == FOREVER:
        return title
    return _("%(level)s until %(day)s") % {"level": title, "day": say.day(until)}


def level_title(program: Program, level: str) -> str:
    """A level in the reader's words."""
    levels = program.tiers.levels if program.tiers else ()
    titles = {one.id: one.title for one in levels}
    return holdings.words(titles.get(level, {}), level)


def _notice(program: Program, notice: Notice | None) -> str:
    """What is missing to stay."""
    if notice is None:
        return ""
    words = {"level": level_title(program, notice.level), "day": say.day(notice.until)}
    if not notice.missing:
        return _("%(level)s ends on %(day)s.") % words
    parts = []
    for name, amount in notice.missing:
        unit = program.units[program.unit_index(name)]
        parts.append(f"{holdings.shown(unit, amount)} {holdings.words(unit.title, unit.id)}")
    more = _(" and ").join(parts)
    return _("%(more)s more by %(day)s to stay %(level)s") % {"more": more, **words}


def _pending(program: Program, pending: dict[str, int]) -> list[str]:
    found = []
    for name, amount in pending.items():
        unit = program.units[program.unit_index(name)]
        said = f"{holdings.shown(unit, amount)} {holdings.words(unit.title, unit.id)}"
        found.append(_("%(units)s more, usable later") % {"units": said})
    return found


def membership(paid: Membership) -> str:
    """Until when it is paid."""
    state = paid.state
    if state is None or not paid.holds:
        return _("Membership is not paid; its benefits wait.")
    return _until(state.until, trial=state.trial, ending=state.ending)


def _saved(program: Program, paid: Membership) -> str:
    """What it cost, and what it saved since."""
    if not paid.paid or not paid.holds:
        return ""
    words = {
        "saved": say.money(paid.saved, program.currency),
        "paid": say.money(paid.paid, program.currency),
    }
    return _("You saved %(saved)s of your %(paid)s.") % words


def _until(until: date, *, trial: bool, ending: bool) -> str:
    if until == FOREVER:
        return _("Paid for ever.")
    words = {"day": say.day(until)}
    if trial:
        return _("Free trial through %(day)s.") % words
    if ending:
        return _("Ends on %(day)s; it is not renewed.") % words
    return _("Paid through %(day)s.") % words


def _benefit(program: Program, line: BenefitLine) -> Benefit:
    of, uses = line.benefit, ""
    if line.left is not None:
        text = ngettext("%(left)s use left", "%(left)s uses left", line.left)
        uses = text % {"left": line.left}
    if of.minimum_order is not None:
        least = _("orders from %(amount)s") % {
            "amount": say.money(of.minimum_order, program.currency)
        }
        uses = f"{uses} · {least}" if uses else least
    title = holdings.words(of.title, of.id)
    return Benefit(of.id, title, uses, line.left != 0, of.minimum_order)


def _paying(program: Program, balances: dict[str, int]) -> Paying | None:
    terms = program.pay_with
    if terms is None:
        return None
    unit = program.units[program.unit_index(terms.unit)]
    rate = paying.worth(program, program.unit_index(terms.unit))
    have = balances.get(unit.id, 0)
    if not rate or have <= 0:
        return None
    title = holdings.words(unit.title, unit.id)
    words = {
        "units": f"{holdings.shown(unit, have)} {title}",
        "amount": say.money(floor(have * rate), program.currency),
    }
    said = []
    if terms.least:
        least = f"{holdings.shown(unit, terms.least)} {title}"
        said.append(_("at least %(units)s at a time") % {"units": least})
    if terms.most < 1:
        said.append(_("at most %(share)s of an order") % {"share": say.percent(float(terms.most))})
    return Paying(_("%(units)s are worth %(amount)s") % words, tuple(said))


def _running(business: Business, perks: Perks) -> list[Entered]:
    return [_entered(business, line) for line in perks.draws if line.entries]


def _entered(business: Business, line: EntryLine) -> Entered:
    text = ngettext(
        "%(entries)s entry; drawn after %(day)s",
        "%(entries)s entries; drawn after %(day)s",
        line.entries,
    )
    said = text % {"entries": line.entries, "day": say.day(line.last_on)}
    title = holdings.words(line.draw.title, line.draw.id)
    opened = draws.one(business.pk, line.draw.id, line.starts_on)
    return Entered(title, said, line.draw.id, line.starts_on.isoformat() if opened else "")


def _closed(business: Business, customer: Customer, now: datetime) -> list[Entered]:
    """The last draws the member took part in: the ticket, and what it won."""
    if not any(program.draws for program in books.shelf(business.pk).programs):
        return []
    merged = Customer.objects.filter(business=business, merged_into=customer.pk)
    mine = [customer.pk, *merged.values_list("pk", flat=True)]
    found = []
    for period, ticket in draws.tickets_of(business.pk, mine, limit=TICKETS):
        shown = games.shown(business, period, now)
        winners = {winner.ticket: winner.prize for winner in period.record.winners}
        won = shown.prizes[winners[ticket]].name if ticket in winners else ""
        said = _("Ticket %(ticket)s") % {"ticket": ticket}
        found.append(Entered(shown.title, said, period.draw, shown.day, won))
    return found
