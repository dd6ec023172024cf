"""What a basket would earn and what its customer could do with what they hold: nothing happens.

The same functions as for the event itself, on an account that nobody keeps. What is said holds as
long as neither the account nor what all members share changes.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from habitue.core import applying, due, engine, facts, paying, redeeming, tallies
from habitue.core.account import Account
from habitue.core.engine import Outcome
from habitue.core.facts import Event, Payment, Redemption, Refused
from habitue.core.program import Reward
from habitue.core.rulebook import Book, Rulebook
from habitue.core.tallies import Tally

Basket = facts.Purchase | facts.Visit | facts.Action
"""What can be asked for before it happens."""


class Offer(Struct, frozen=True):
    """A reward that is taken for units: its cost by unit (fixed point), how much of it is missing
    now, and why it cannot be taken now (None: it can).
    """

    reward: str
    cost: tuple[str, int]
    missing: int
    refused: Refused | None


class Quoted(Struct, frozen=True):
    """What would follow from a basket (`outcome`), and what could be done before it.

    `usable` and `after`: units that can be spent before and after it, by number, in fixed point.
    `payment`: the most that could be paid of the basket with units, or why nothing; None where it
    is no purchase.
    """

    outcome: Outcome
    usable: list[int]
    after: list[int]
    offers: list[Offer]
    payment: Payment | Refused | None


def quote(book: Book, account: Account, event: Event, totals: Mapping[str, Tally]) -> Quoted:
    """Quote a basket as an event that happens now.

    The account holds its lots if `engine.need` asks for them, and is used up: it ends as after the
    basket. `totals` are the sums that all members share, by name.
    """
    day = event.at.astimezone(book.zone).date()
    due.advance(book, account, day)
    rulebook = book.on(day)
    usable = _usable(book, account)
    offers = [
        _offer(book, account, event, reward, totals)
        for reward in rulebook.program.rewards
        if reward.cost is not None and not reward.automatic
    ]
    payment = None
    if isinstance(event.what, facts.Purchase):
        left, partner = event.what.total - event.what.covered, event.what.partner
        payment = _barred(rulebook, account) or paying.most(rulebook, account, left, day, partner)
    accounts = {account.customer: account}
    (outcome,) = engine.run(book, accounts, [event], None, dict(totals))
    after = _usable(book, accounts[account.customer])
    return Quoted(outcome, usable, after, offers, payment)


def _offer(
    book: Book, account: Account, event: Event, reward: Reward, totals: Mapping[str, Tally]
) -> Offer:
    assert reward.cost is not None
    local = event.at.astimezone(book.zone)
    day = local.date()
    rulebook, own = book.on(day), account.memory.tallies
    takes = Event(event.id, event.customer, event.at, Redemption(reward.id))
    if book.shares:
        takes = tallies.stamped(rulebook.capacities, takes, day, totals, own)
    unit, cost = reward.cost
    held = redeeming.affordable(rulebook, account, rulebook.unit_number[unit], day)
    refused = _barred(rulebook, account)
    refused = refused or redeeming.refusal(rulebook, account, takes, reward, local)
    return Offer(reward.id, reward.cost, max(cost - max(held, 0), 0), refused)


def _barred(rulebook: Rulebook, account: Account) -> Refused | None:
    """Why nothing can be taken or paid, whatever the member holds."""
    if account.enrolled_on is None and rulebook.program.enrolment != "automatic":
        return applying.NOT_A_MEMBER
    return None


def _usable(book: Book, account: Account) -> list[int]:
    return [account.usable(number) for number in range(book.units)]
