"""What a member does with what is held: events that spend or move it, and what they note."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import structs

from habitue.core import (
    benefits,
    facts,
    fees,
    paying,
    redeeming,
    sides,
    transfers,
    vouchers,
    winning,
)
from habitue.core.account import Account, Entry
from habitue.core.facts import Event, Refused
from habitue.core.rulebook import Rulebook


def spend(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    local: datetime,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    """Decide an event that spends, and give what it brings by itself."""
    refused = _spend(rulebook, account, event, local, entries, forced)
    if refused is None and rulebook.occasions:
        when = facts.kind(event.what)
        redeeming.occasion(rulebook, account, event, when, local, entries)
    return refused


def completed(rulebook: Rulebook, account: Account, event: Event, day: date) -> Event:
    """The event with what it will need when it is folded again, before it is decided: the units
    of a payment, the lots of a gift, what a cancellation gives back; and with the days that a fee
    pays, for whoever reads history without the rules. The account is up to date.
    """
    match event.what:
        case facts.Payment() as payment:
            what: facts.What = paying.priced(rulebook, account, payment, day)
        case facts.Cancellation() as cancellation:
            what = fees.owed(rulebook.program, account, cancellation, day)
        case facts.FeePaid() as fee:
            what = fees.paid_for(rulebook.program, account, fee, day)
        case facts.Transfer() as gift:
            what = transfers.parcelled(rulebook, account, gift, day)
        case _:
            return event
    return structs.replace(event, what=what)


def recorded(account: Account, event: Event) -> Event:
    """A voucher's use with its reward and date, once decided: history is read without vouchers."""
    what = event.what
    if not isinstance(what, facts.VoucherUse) or what.reward:
        return event
    voucher = next((each for each in account.vouchers or () if each.id == what.voucher), None)
    if voucher is None:
        return event
    what = structs.replace(what, reward=voucher.reward, issued_on=voucher.issued_on)
    return structs.replace(event, what=what)


def _spend(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    local: datetime,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    match event.what:
        case facts.Redemption() as what:
            return redeeming.redeem(rulebook, account, event, what, local, entries, forced)
        case facts.VoucherUse() as what:
            return vouchers.use(rulebook, account, event, what, local, entries, forced)
        case facts.Payment() as what:
            return paying.pay(rulebook, account, what, local.date(), entries, forced)
        case facts.BenefitUse() as what:
            return benefits.use(rulebook.program, account, what, local, forced=forced)
        case facts.Adjustment() as what:
            return redeeming.adjust(rulebook, account, event, what, local, entries, forced)
        case facts.Won() as what:
            return winning.win(rulebook, account, event, what, local, entries, forced)
        case _:
            return sides.happen(rulebook, account, event, local, entries, forced)
