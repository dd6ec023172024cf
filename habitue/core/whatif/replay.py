"""One customer's history under one program, through the engine that every posting goes through.

`apart` takes the customers one by one, which any number of processes may do at once; `together`
takes all of them in the order of time, as members must who share something there is only so much
of (stock, limits for everybody, a partner's prepaid account), or who give each other units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from msgspec import structs

from habitue.core import due, engine, facts, liability, program, tallies
from habitue.core.account import Account, Entry, Voucher
from habitue.core.calendar import end_of
from habitue.core.engine import Outcome
from habitue.core.facts import Event
from habitue.core.rulebook import Book
from habitue.core.whatif.behaviour import Behaviour
from habitue.core.whatif.sums import Flows, Sums, month_of

PAID: Final = "paid with units"
"""What an order's payment with units is counted as, beside the rewards."""

_COMES: Final = (facts.Purchase, facts.Visit, facts.Action)
_TAKEN: Final = (facts.Redemption, facts.VoucherUse, facts.Payment)
_RECEIVED: Final = (facts.Receipt, facts.Merged)
_ADDED: Final = 3 << 60
"""Numbers of events that the replay adds: above those of a history, below those of midnights."""


class Stage:
    """A program made ready to be tried out on histories, through local day `until`."""

    def __init__(
        self,
        book: Book,
        behaviour: Behaviour,
        *,
        until: date,
        enroll: bool = False,
        worths: Mapping[str, Fraction] | None = None,
    ) -> None:
        """`enroll`: whoever buys becomes a member first. `worths`: money for a whole unit."""
        source = book.latest.program
        self.book = book
        self.behaviour = behaviour
        self.until = until
        self.enrolls = enroll and source.enrolment != "automatic"
        self.units = [unit.id if unit.redeemable else "" for unit in source.units]
        self.worths = [
            liability.worth(source, _priced(unit, worths or {})) or Fraction(0)
            for unit in source.units
        ]
        self.catalogue = self._catalogue(source)

    @property
    def shares(self) -> bool:
        """Whether what one member takes is missing for another."""
        return self.book.shares

    def _catalogue(self, source: program.Program) -> list[tuple[int, int, str]]:
        """What members take as (unit, cost, reward), in the order in which they try."""
        only = self.behaviour.only
        found = [
            (source.unit_index(reward.cost[0]), reward.cost[1], reward.id)
            for reward in source.rewards
            if reward.cost and not reward.automatic and (not only or reward.id in only)
        ]
        found.sort(key=lambda item: item[1] * (self.worths[item[0]] or 1))
        return found[::-1] if self.behaviour.choice == "dearest" else found


class Shared:
    """What the guests of one run have in common: nobody else's, or everybody's."""

    __slots__ = ("accounts", "guests", "histories", "totals")

    def __init__(self, totals: tallies.Totals | None = None, *, corrects: bool = True) -> None:
        self.accounts: MutableMapping[int, Account] = {}
        self.histories: dict[int, list[Event]] | None = {} if corrects else None
        self.totals = totals if totals is not None else {}
        self.guests: dict[int, Guest] = {}


class Guest:
    """One customer on a stage: events go in, sums come out."""

    __slots__ = (
        "added", "back", "came", "customer", "day", "flows", "issued", "last", "left", "level",
        "lines", "shared", "spent", "stage", "turnover", "used",
    )  # fmt: skip

    def __init__(
        self,
        stage: Stage,
        customer: int,
        shared: Shared,
        flows: Flows,
        lines: list[Entry] | None = None,
    ) -> None:
        """`lines` takes every entry in order, for whoever wants to see them."""
        self.stage = stage
        self.customer = customer
        self.shared = shared
        self.flows = flows
        self.lines = lines
        self.day = date.min
        self.came = False
        self.last: Event | None = None
        self.left: set[int] = set()
        self.level = ""
        self.added = 0
        self.issued: dict[int, str] = {}
        self.turnover: dict[int, int] = {}
        self.back = 0
        self.used = [0] * stage.book.units
        self.spent = 0
        shared.accounts[customer] = Account.blank(customer, stage.book.units)
        shared.guests[customer] = self
        if shared.histories is not None:
            shared.histories[customer] = []

    def happen(self, event: Event) -> None:
        """One event of the history, which comes in the order of time."""
        stage = self.stage
        told = self._told(event)
        if told is None:
            return
        what = told.what
        day = told.at.astimezone(stage.book.zone).date()
        if day != self.day:
            if self.came:
                self.close()
            if self.shared.accounts[self.customer].due_on < day:
                self.bring_to(day)
            self.day = day
        if stage.enrolls and isinstance(what, facts.Purchase) and self._is_guest():
            self._decide(Event(told.id - 256, self.customer, told.at, facts.Enrolment()))
        self._decide(told)
        self.last = told
        self.came = self.came or isinstance(what, _COMES)

    def _is_guest(self) -> bool:
        return self.shared.accounts[self.customer].enrolled_on is None

    def _told(self, event: Event) -> Event | None:
        """The event as it comes to this stage: nothing of what was decided about it elsewhere.

        A receiving side follows from the giving one. Where behaviour is stated, what the history
        says of rewards and of paying with units is left out.
        """
        what = event.what
        if type(what) is facts.Purchase and not (what.covered or what.spent or event.forgiven):
            return event if event.room is None else Event(event.id, event.customer, event.at, what)
        if isinstance(what, _RECEIVED):
            return None
        if self.stage.behaviour.choice != "as posted":
            if isinstance(what, _TAKEN) or (isinstance(what, facts.Undo) and what.of in self.left):
                self.left.add(event.id)
                return None
            if isinstance(what, facts.Purchase) and (what.covered or what.spent):
                what = structs.replace(what, covered=0, spent=())
        if what is event.what and event.forgiven is None and event.room is None:
            return event
        return Event(event.id, event.customer, event.at, what)

    def close(self) -> None:
        """The end of the last day on which something happened: a reward may be taken."""
        behaviour = self.stage.behaviour
        thinks = self.came and behaviour.takes and behaviour.thinks(self.customer, self.day)
        self.came = False
        if thinks:
            self._take()

    def bring_to(self, day: date) -> None:
        """Let what falls due in the months before a day's take effect, month by month.

        So the level at each month's end is the one that was held then.
        """
        account = self.shared.accounts[self.customer]
        while account.due_on < day:
            end = end_of(account.due_on, "month")
            if end >= day:
                return
            self._advance(account, end)

    def finish(self) -> None:
        """After the last event: through the stage's last day."""
        self.close()
        stage, account = self.stage, self.shared.accounts[self.customer]
        self.bring_to(stage.until)
        if account.due_on <= stage.until:
            self._advance(account, stage.until)

    def got_back(self) -> int:
        """What rewards gave and what open units are worth (minor units), once finished."""
        stage, account = self.stage, self.shared.accounts[self.customer]
        back = Fraction(self.back)
        for worth, held, used in zip(stage.worths, account.balances, self.used, strict=True):
            if worth and held + used:
                back += worth * (held + used)
        return int(back)

    def _advance(self, account: Account, day: date) -> None:
        before = dict(account.memory.tallies) if self.stage.shares else {}
        self._entries(due.advance(self.stage.book, account, day))
        if self.stage.shares:
            changed = tallies.changes(before, account.memory.tallies)
            tallies.absorb(self.shared.totals, changed)
        self._settle(account, day)

    def _take(self) -> None:
        account = self.shared.accounts[self.customer]
        for unit, cost, reward in self.stage.catalogue:
            if account.usable(unit) >= cost and self._decide(self._wish(reward), wished=True):
                return

    def _wish(self, reward: str) -> Event:
        assert self.last is not None, "nobody comes before the first event"
        self.added += 1
        what = facts.Redemption(reward, at_once=True)
        return Event(_ADDED + 256 * self.added, self.customer, self.last.at, what)

    def _decide(self, event: Event, *, wished: bool = False) -> bool:
        """Send an event through the engine; whether it was accepted."""
        shared = self.shared
        (outcome,) = engine.run(
            self.stage.book, shared.accounts, (event,), shared.histories, shared.totals
        )
        if outcome.refused is not None:
            if not wished:
                _add(self.flows, month_of(outcome.on), "refused", outcome.refused.code, 1)
            return False
        self._happened(outcome)
        while (other := outcome.other) is not None:
            shared.guests[other.event.customer]._happened(other)
            outcome = other
        return True

    def _happened(self, outcome: Outcome) -> None:
        what, month = outcome.event.what, month_of(outcome.on)
        if isinstance(what, facts.Purchase):
            self._turn_over(outcome.event.id, month, "purchases", what.total)
        elif isinstance(what, facts.Refund):
            self._turn_over(outcome.event.id, month, "refunds", -outcome.money)
        elif isinstance(what, facts.Undo):
            undone = self.turnover.pop(what.of, 0)
            self.spent -= undone
            _add(self.flows, month, "money", "", -undone)
        elif isinstance(what, facts.Payment):
            self._cost(month, PAID, what.money, 1)
        if outcome.entries:
            self._entries(outcome.entries)
        self._settle(self.shared.accounts[self.customer], outcome.on)

    def _turn_over(self, event: int, month: int, what: str, amount: int) -> None:
        flows = self.flows
        self.spent += amount
        _add(flows, month, what, "", 1)
        _add(flows, month, "money", "", amount)
        if self.shared.histories is not None:
            self.turnover[event] = amount

    def _entries(self, entries: Sequence[Entry]) -> None:
        units, flows = self.stage.units, self.flows
        if self.lines is not None:
            self.lines.extend(entries)
        for entry in entries:
            unit = units[entry.unit]
            if unit:
                key = (month_of(entry.on), entry.kind, unit)
                flows[key] = flows.get(key, 0) + entry.amount

    def _settle(self, account: Account, day: date) -> None:
        """Count vouchers that came or were called off, and the level; forget what was touched."""
        if account.touched_vouchers:
            for voucher in account.touched_vouchers.values():
                self._voucher(voucher, day)
            account.touched_vouchers.clear()
        account.touched_lots.clear()
        if account.level != self.level:
            month = month_of(day)
            for level, change in ((self.level, -1), (account.level, 1)):
                if level:
                    _add(self.flows, month, "level", level, change)
            self.level = account.level

    def _voucher(self, voucher: Voucher, day: date) -> None:
        sign = 1
        if voucher.state == "cancelled":
            sign = -1
            if self.issued.pop(voucher.id, None) is None:
                return
        elif voucher.id in self.issued:
            return
        else:
            self.issued[voucher.id] = voucher.reward
        month = month_of(voucher.issued_on if sign > 0 else day)
        reward = self.stage.book.on(voucher.issued_on).program.reward(voucher.reward)
        if reward is None:
            return
        gift = reward.gifts[0]
        if gift.kind == "money off":
            self._cost(month, reward.id, gift.value, sign)
            return
        _add(self.flows, month, "taken", reward.id, sign)
        if reward.cost is not None and gift.kind != "units":
            unit = self.stage.book.latest.unit_number[reward.cost[0]]
            _add(self.flows, month, "spent", self.stage.units[unit], sign * reward.cost[1])
            self.used[unit] += sign * reward.cost[1]

    def _cost(self, month: int, reward: str, amount: int, sign: int) -> None:
        """A reward that costs an exact amount of money (minor units)."""
        _add(self.flows, month, "taken", reward, sign)
        _add(self.flows, month, "off", reward, sign * amount)
        self.back += sign * amount


def apart(
    stages: Sequence[Stage], histories: Iterable[tuple[int, str, Sequence[Event]]], sums: Sums
) -> None:
    """Customers one by one, each as (number, name, events in the order of time).

    Events in other orders than they came in, and corrections, need a history to be kept; both are
    seen here.
    """
    for customer, name, events in histories:
        sums.customers += 1
        sums.events += len(events)
        corrects = not all(isinstance(event.what, facts.Purchase) for event in events)
        guests = []
        for stage, flows in zip(stages, sums.flows, strict=True):
            guest = Guest(stage, customer, Shared(corrects=corrects), flows)
            for event in events:
                guest.happen(event)
            guest.finish()
            guests.append(guest)
        if len(guests) == 2:
            _compare(sums, name, guests)


class Crowd:
    """All guests of one stage, in the order of time; whoever came takes at the end of the day."""

    def __init__(self, stage: Stage, flows: Flows, totals: tallies.Totals) -> None:
        self.stage = stage
        self.flows = flows
        self.shared = Shared(totals)
        self.day = date.min
        self.present: dict[int, Guest] = {}

    def happen(self, event: Event) -> None:
        """One event of anybody's."""
        day = event.at.astimezone(self.stage.book.zone).date()
        if day != self.day:
            self.close()
            self.day = day
        for customer in _sides(event):
            if customer not in self.shared.guests:
                Guest(self.stage, customer, self.shared, self.flows)
        guest = self.present[event.customer] = self.shared.guests[event.customer]
        guest.happen(event)

    def close(self) -> None:
        """The end of a day."""
        for guest in self.present.values():
            guest.close()
        self.present.clear()


def together(
    stages: Sequence[Stage],
    events: Iterable[Event],
    sums: Sums,
    *,
    totals: Mapping[str, tallies.Tally] | None = None,
) -> None:
    """All customers' events in the order of time; customers are named by their numbers."""
    crowds = [
        Crowd(stage, flows, dict(totals or {}))
        for stage, flows in zip(stages, sums.flows, strict=True)
    ]
    for event in events:
        sums.events += 1
        for crowd in crowds:
            crowd.happen(event)
    for crowd in crowds:
        crowd.close()
    everybody = crowds[0].shared.guests
    sums.customers += len(everybody)
    for customer in everybody:
        guests = [crowd.shared.guests[customer] for crowd in crowds]
        for guest in guests:
            guest.finish()
        if len(guests) == 2:
            _compare(sums, str(customer), guests)


def _compare(sums: Sums, name: str, guests: Sequence[Guest]) -> None:
    """A customer under both programs."""
    first, second = guests
    sums.compared.look(name, first.spent, first.got_back(), second.got_back())


def _sides(event: Event) -> tuple[int, ...]:
    """Whose accounts an event touches."""
    match event.what:
        case facts.Transfer(to=to):
            return event.customer, to
        case facts.Merge(into=into):
            return event.customer, into
        case _:
            return (event.customer,)


def _priced(unit: program.Unit, worths: Mapping[str, Fraction]) -> program.Unit:
    """A unit with the worth that was stated for it, if one was."""
    if unit.id not in worths:
        return unit
    return structs.replace(unit, worth=worths[unit.id])


def _add(flows: Flows, month: int, flow: str, of: str, amount: int) -> None:
    key = (month, flow, of)
    flows[key] = flows.get(key, 0) + amount
