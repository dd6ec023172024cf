"""What happened to a card, newest first, each line with its reasons."""

from datetime import datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from msgspec import Struct

from habitue import ledger
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


def newest(business: Business, customer: int, *, limit: int = 20) -> list[Moment]:
    """The last entries in words."""
    program = ledger.program(business.pk)
    if program is None:
        return []
    units = {unit.id: unit for unit in program.units}
    entries = ledger.entries(business.pk, customer, limit=limit * 4)
    together = groupby(entries, key=lambda entry: (entry.event, entry.unit, entry.kind))
    moments = [
        _moment(business, program, units[unit], list(lines))
        for (_event, unit, _kind), lines in together
        if unit in units
    ]
    return moments[:limit]


def _moment(business: Business, program: Program, unit: Unit, lines: list[EntryLine]) -> Moment:
    """An event's lines of one unit and kind, lot by lot in the ledger, as one line."""
    entry, amount = lines[0], sum(line.amount for line in lines)
    reasons = [step for line in lines for step in line.why]
    midnight = datetime.combine(entry.day, time(), ZoneInfo(business.timezone))
    return Moment(
        at=entry.at or midnight,
        amount=_signed(unit, amount),
        unit=holdings.words(unit.title, unit.id),
        gain=amount > 0,
        title=_kind(str(entry.kind), gain=amount > 0),
        why=tuple(dict.fromkeys(_step(program, unit, *step) for step in reasons)),
        event=entry.event,
    )


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
