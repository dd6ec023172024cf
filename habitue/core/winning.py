"""A draw was revealed: what a member won becomes a voucher, which waits to be claimed."""

from __future__ import annotations

from datetime import datetime

from habitue.core import entering, tallies, vouchers
from habitue.core.account import Account, Entry
from habitue.core.calendar import start_of
from habitue.core.facts import Event, Refused, Won
from habitue.core.rulebook import Rulebook


def win(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    what: Won,
    local: datetime,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    """A member won a prize of a draw; once per period, and only who held an entry in it.

    The prize is a voucher of the reward `DRAW#PRIZE` (`Program.reward`), valid `claim_within`.
    """
    draw = next((each for each in rulebook.program.draws if each.id == what.draw), None)
    prize = rulebook.program.reward(f"{what.draw}#{what.prize}")
    if draw is None or prize is None or start_of(what.period, draw.every) != what.period:
        return None if forced else Refused("unknown_prize", "There is no such prize.")
    won = f"won {draw.id} {what.period}"
    if not forced and won in account.memory.tallies:
        return Refused("already_won", "This member has won in this draw already.")
    if not forced and entering.entries_of(draw, what.period) not in account.memory.tallies:
        return Refused("no_entry", "This member had no entry in this draw.")
    tallies.add(account, won, 1)
    vouchers.issue(rulebook, account, event.id, prize, local, entries, event=event)
    return None
