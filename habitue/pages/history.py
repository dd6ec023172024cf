"""What happened to a card, newest first, each line with its reasons."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from msgspec import Struct

from habitue import ledger
from habitue.core.calendar import FOREVER
from habitue.core.program import PerItem, PerMoney, Program, Unit
from habitue.ledger import EntryLine
from habitue.members.models import Business
from habitue.pages import holdings
from habitue.pages.templatetags import words as say


class Moment(Struct, frozen=True):
    """One line of the history: `+1`, when, and why."""

    at: datetime
    amount: str
    unit: str
    gain: bool
    title: str
    why: tuple[str, ...]
    event: int = 0


class Page(Struct, frozen=True):
    """Some of the lines, newest first; `more` is the event before which there are others."""

    moments: tuple[Moment, ...]
    more: int | None = None


def newest(business: Business, customer: int, *, limit: int = 20) -> list[Moment]:
    """The last entries in words."""
    return list(page(business, customer, limit=limit).moments[:limit])


def page(business: Business, customer: int, *, limit: int, before: int | None = None) -> Page:
    """About `limit` entries in words, whole events only, from before the event `before`."""
    program = ledger.program(business.pk)
    if program is None:
        return Page(())
    units = {unit.id: unit for unit in program.units}
    entries, last = _whole(business, customer, most=limit * 4, before=before)
    days = ledger.lot_days(customer, [one.lot for one in entries if one.kind == "expiry"])
    together = groupby(entries, key=lambda entry: (entry.event, entry.unit, entry.kind))
    found: list[Moment] = []
    shown = 0
    for (event, unit, _kind), group in together:
        if len(found) >= limit and event != shown:
            return Page(tuple(found), shown)
        shown = event
        if unit in units:
            found.append(_moment(business, program, units[unit], list(group), days))
    return Page(tuple(found), shown if last is not None else None)


def _whole(
    business: Business, customer: int, *, most: int, before: int | None
) -> tuple[list[EntryLine], int | None]:
    """The newest lines of whole events, and the event that is left for later, if one."""
    entries = ledger.entries(business.pk, customer, limit=most, before=before)
    if len(entries) < most:
        return entries, None
    last = entries[-1].event  # it may have lines beyond
    if entries[0].event == last:
        return _whole(business, customer, most=most * 4, before=before)
    return [entry for entry in entries if entry.event != last], last


def told(
    business: Business, customer: int, entries: Sequence[EntryLine]
) -> dict[int, list[Moment]]:
    """Entries in words, by their event."""
    program = ledger.program(business.pk)
    units = {unit.id: unit for unit in program.units} if program else {}
    days = ledger.lot_days(customer, [one.lot for one in entries if one.kind == "expiry"])
    found: dict[int, list[Moment]] = {}
    for (event, unit, _kind), group in groupby(
        entries, key=lambda entry: (entry.event, entry.unit, entry.kind)
    ):
        if program is not None and unit in units:
            moment = _moment(business, program, units[unit], list(group), days)
            found.setdefault(event, []).append(moment)
    return found


def _moment(
    business: Business,
    program: Program,
    unit: Unit,
    lines: list[EntryLine],
    days: dict[int, tuple[date, date]],
) -> Moment:
    """An event's lines of one unit and kind, lot by lot in the ledger, as one line."""
    entry, amount = lines[0], sum(line.amount for line in lines)
    reasons = [step for line in lines for step in line.why]
    why = [_step(program, unit, *step) for step in reasons]
    if entry.kind == "expiry":
        why = [_expired(unit, line, *days[line.lot]) for line in lines if line.lot in days]
    midnight = datetime.combine(entry.day, time(), ZoneInfo(business.timezone))
    return Moment(
        at=entry.at or midnight,
        amount=_signed(unit, amount),
        unit=holdings.words(unit.title, unit.id),
        gain=amount > 0,
        title=_kind(str(entry.kind), gain=amount > 0),
        why=tuple(dict.fromkeys(why)),
        event=entry.event,
    )


def _expired(unit: Unit, line: EntryLine, earned_on: date, expires_on: date) -> str:
    """When what has expired was earned, and how long it was good."""
    words = {
        "amount": _signed(unit, line.amount),
        "day": say.day(earned_on),
        "until": say.day(expires_on),
    }
    if expires_on == FOREVER:
        return _("%(amount)s: earned on %(day)s") % words
    return _("%(amount)s: earned on %(day)s, good through %(until)s") % words


def _step(program: Program, unit: Unit, name: str, base: int, part: int) -> str:
    """One reason in words: the rule's or reward's title, what it saw and what it gave."""
    rule = next((one for one in program.rules if one.id == name), None)
    reward = program.reward(name)
    titled = rule or reward
    title = holdings.words(titled.title, name) if titled else _by(name)
    if reward and not rule:
        title = holdings.reward_words(program, reward)
    given = _signed(unit, part)
    if rule and any(isinstance(award, PerMoney) for award in rule.awards):
        return f"{title}: {say.money(base, program.currency)} → {given}"
    if rule and base > 1 and any(isinstance(award, PerItem) for award in rule.awards):
        return f"{title}: {base} → {given}"
    return f"{title}: {given}"


def _by(name: str) -> str:
    titles = {
        "by hand": _("Corrected by hand"),
        "payment": _("Paid with units"),
        "gift": _("Between members"),
        "pooled": _("In the household"),
        "merged": _("Same person as another customer"),
    }
    return titles.get(name, name)


def _signed(unit: Unit, amount: int) -> str:
    return ("+" if amount > 0 else "−") + holdings.shown(unit, abs(amount))


def _kind(kind: str, *, gain: bool) -> str:
    titles = {
        "accrual": _("Earned"),
        "redemption": _("Reward taken"),
        "expiry": _("Expired"),
        "reversal": _("Given back") if gain else _("Taken back"),
        "adjustment": _("Corrected"),
        "settlement": _("Settled"),
        "donation": _("Given to a cause"),
        "transfer": _("Received") if gain else _("Passed on"),
    }
    return titles.get(kind, kind)
