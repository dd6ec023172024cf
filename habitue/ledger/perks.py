"""What a member may use beyond balances: membership, benefits, draws; and what to tell them."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from habitue.core import benefits, calendar, entering, facts, fees, notices, program, tallies
from habitue.core.account import Account, FeeState
from habitue.core.notices import Notice
from habitue.core.rulebook import Rulebook


class Membership(Struct, frozen=True):
    """Paid membership, amounts in minor units: whether it `holds`, the price `asked` next (None:
    nothing more), what cancelling now gives `back`, what the member `paid` and benefits `saved`.
    """

    state: FeeState | None
    holds: bool
    asked: int | None
    back: int
    paid: int
    saved: int


class BenefitLine(Struct, frozen=True):
    """A benefit that holds for the member; `left` uses now, None: without a limit."""

    benefit: program.Benefit
    left: int | None


class EntryLine(Struct, frozen=True):
    """A member's entries in the running period of a draw, through `last_on`."""

    draw: program.Draw
    starts_on: date
    last_on: date
    entries: int


class Perks(Struct, frozen=True):
    """All of it, as of one moment; `membership` None: it costs nothing."""

    membership: Membership | None = None
    benefits: tuple[BenefitLine, ...] = ()
    draws: tuple[EntryLine, ...] = ()
    notice: Notice | None = None


def of(rulebook: Rulebook, account: Account, local: datetime) -> Perks:
    """What a member may use at a local moment; the account is up to date (`due.advance`)."""
    if account.enrolled_on is None:
        return Perks(_membership(rulebook, account, local.date()))
    source, day = rulebook.program, local.date()
    return Perks(
        _membership(rulebook, account, day),
        tuple(
            BenefitLine(benefit, benefits.left(account, benefit, local))
            for benefit in source.benefits
            if benefits.holds(source, account, benefit, day)
        ),
        tuple(_entries(account, draw, day) for draw in source.draws),
        notices.notice(rulebook, account, day),
    )


def _membership(rulebook: Rulebook, account: Account, day: date) -> Membership | None:
    source = rulebook.program
    if source.fee is None:
        return None
    paid, saved = fees.break_even(account)
    return Membership(
        account.memory.fee,
        fees.holds(source, account, day),
        fees.price_asked(source, account, day),
        fees.owed(source, account, facts.Cancellation(), day).money,
        paid,
        saved,
    )


def _entries(account: Account, draw: program.Draw, day: date) -> EntryLine:
    held, _ = account.memory.tallies.get(entering.entries_of(draw, day), tallies.NOTHING)
    starts_on = calendar.start_of(day, draw.every)
    return EntryLine(draw, starts_on, calendar.end_of(day, draw.every), held)
