"""What a member holds in one program: balances, lots, vouchers, tier, and what the rules remember.

An `Account` is the running state that the engine folds events into, in place. Lots and vouchers
are loaded only when an event needs them (`lots is None` otherwise): an earning event does not.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from msgspec import Struct, field

from habitue.core.calendar import FOREVER

EntryKind = Literal[
    "accrual",
    "redemption",
    "expiry",
    "reversal",
    "adjustment",
    "settlement",
    "transfer",
    "donation",
]
VoucherState = Literal["issued", "redeemed", "cancelled", "expired"]

_Piece = TypeVar("_Piece", "Lot", "Voucher")

Step = tuple[str, int, int]
"""One step of an explanation: the rule, the base it saw, the amount it contributed."""


class Lot(Struct, gc=False):
    """Units earned together, in fixed point, usable from `active_on` through `expires_on`.

    `awaits`: the event (or "approval") that makes it usable; until then `active_on` is FOREVER.
    """

    id: int
    unit: int
    original: int
    remaining: int
    earned_on: date
    active_on: date
    expires_on: date = FOREVER
    awaits: str = ""


class Voucher(Struct, gc=False):
    """One issued piece of a reward."""

    id: int
    reward: str
    state: VoucherState
    issued_on: date
    expires_on: date = FOREVER


class Entry(Struct, frozen=True, gc=False):
    """One ledger line. `lot` 0: a unit without lots, or a debt. `balance` is the unit's, after."""

    unit: int
    lot: int
    amount: int
    kind: EntryKind
    on: date
    balance: int
    why: tuple[Step, ...] = ()


class Usage(Struct, array_like=True, gc=False):
    """What a rule has given in one period, for its limits."""

    times: int = 0
    amount: int = 0


class FeeState(Struct, frozen=True, omit_defaults=True):
    """A member's paid membership: since when, through which day, whether on trial or ending.

    `paid` is the last payment (minor units) and `paid_on` its day; `used` is how often benefits
    were used since, and `saved` what they saved. `since`: the day from which its months or years
    are counted, where that is not the day of joining. `grace`: the last day on which it holds
    although that day is not paid.
    """

    joined_on: date
    until: date
    trial: bool = False
    ending: bool = False
    paid: int = 0
    paid_on: date | None = None
    used: int = 0
    saved: int = 0
    since: date | None = None
    grace: date | None = None

    @property
    def holds_until(self) -> date:
        """The last day on which membership holds."""
        return self.grace or self.until


class Memory(Struct, omit_defaults=True):
    """What the rules remember of a member between events; keys are unit numbers or rule ids.

    `counters`: amounts per unit and window bucket · `held`: last day of each tier reached ·
    `carry`: remainders of rounding as (numerator, denominator) · `used`: limits by rule and
    bucket · `last`: instant of a rule's last award · `lapses`: last usable day of balances that
    lapse by inactivity · `pending` and `debts`: parts of the balance not usable yet, and owed ·
    `last_at` and `last_id`: the instant and number of the newest event · `years`: counts by unit
    and calendar year, for a dividend · `cycle`: the day a tier cycle began · `promoted`: levels
    reached that hold from a later day on · `streaks`: by trigger, the last day (or week) and how
    many in a row · `segments` · `fee` · `tallies`: what this member's events contributed to things
    that all share, by name (`tallies.py`), as units and money · `merged_into`: the customer that
    this one turned out to be, 0 if none.
    """

    counters: dict[int, dict[int, int]] = {}
    held: dict[str, date] = {}
    carry: dict[int, tuple[int, int]] = {}
    used: dict[str, dict[int, Usage]] = {}
    last: dict[str, datetime] = {}
    lapses: dict[int, date] = {}
    pending: dict[int, int] = {}
    debts: dict[int, int] = {}
    purchases: int = 0
    last_at: datetime | None = None
    last_id: int = 0
    years: dict[int, dict[int, int]] = {}
    cycle: date | None = None
    promoted: dict[str, date] = {}
    streaks: dict[str, tuple[int, int]] = {}
    segments: tuple[str, ...] = ()
    fee: FeeState | None = None
    tallies: dict[str, tuple[int, int]] = {}
    merged_into: int = 0

    def copied(self) -> Memory:
        """The same memory over again; what it holds are numbers, dates, and tables of them."""
        if self == _BLANK:
            return Memory()
        return Memory(*[_copied(getattr(self, name)) for name in self.__struct_fields__])


_BLANK = Memory()


class Account(Struct):
    """A member's (or mere customer's) running state in one program.

    `due_on`: the first local day on which something falls due; until then what is stored is
    right as it stands. `touched_lots` and `touched_vouchers` collect what a run changed.
    """

    customer: int
    balances: list[int]
    enrolled_on: date | None = None
    level: str = ""
    due_on: date = FOREVER
    memory: Memory = field(default_factory=Memory)
    lots: list[Lot] | None = None
    vouchers: list[Voucher] | None = None
    touched_lots: dict[int, Lot] = field(default_factory=dict)
    touched_vouchers: dict[int, Voucher] = field(default_factory=dict)

    def copied(self) -> Account:
        """The same account over again: what happens to one leaves the other as it is."""
        lots: dict[int, Lot] = {}
        vouchers: dict[int, Voucher] = {}
        return Account(
            self.customer,
            list(self.balances),
            self.enrolled_on,
            self.level,
            self.due_on,
            self.memory.copied(),
            _alike(self.lots, lots),
            _alike(self.vouchers, vouchers),
            {number: _once(lot, lots) for number, lot in self.touched_lots.items()},
            {number: _once(each, vouchers) for number, each in self.touched_vouchers.items()},
        )

    @classmethod
    def blank(cls, customer: int, units: int) -> Account:
        """A customer of whom nothing is known yet, with all (no) lots loaded."""
        return cls(customer, [0] * units, lots=[], vouchers=[])

    @property
    def known_vouchers(self) -> Collection[Voucher]:
        """The vouchers at hand, in the order in which they came: a new one is the last.

        Where they were not loaded, these are those that came since.
        """
        return self.touched_vouchers.values() if self.vouchers is None else self.vouchers

    def usable(self, unit: int) -> int:
        """Units that can be spent now, in fixed point; right once the account is up to date."""
        return self.balances[unit] - self.memory.pending.get(unit, 0)

    def due(self, on: date) -> None:
        """Remember that something falls due on a day."""
        if on < self.due_on:
            self.due_on = on

    def spendable(self, unit: int, day: date, *, first_in: bool) -> list[Lot]:
        """Open lots of a unit in the order in which they are spent."""
        assert self.lots is not None, "lots were not loaded"
        usable = [
            lot
            for lot in self.lots
            if lot.unit == unit and lot.remaining and lot.active_on <= day <= lot.expires_on
        ]
        if first_in:
            usable.sort(key=lambda lot: (lot.earned_on, lot.id))
        else:
            usable.sort(key=lambda lot: (lot.expires_on, lot.earned_on, lot.id))
        return usable

    def issue(self, voucher: Voucher) -> None:
        """A new voucher."""
        self.touched_vouchers[voucher.id] = voucher
        if self.vouchers is not None:
            self.vouchers.append(voucher)
        if voucher.state == "issued":
            self.due(_after(voucher.expires_on))


def _after(day: date) -> date:
    return day if day == FOREVER else date.fromordinal(day.toordinal() + 1)


def _copied(value: Any) -> Any:
    if type(value) is dict:
        return {key: _copied(held) for key, held in value.items()}
    return Usage(value.times, value.amount) if type(value) is Usage else value


def _alike(pieces: list[_Piece] | None, copies: dict[int, _Piece]) -> list[_Piece] | None:
    return None if pieces is None else [_once(piece, copies) for piece in pieces]


def _once(piece: _Piece, copies: dict[int, _Piece]) -> _Piece:
    """A copy of a lot or voucher; what was one object stays one."""
    known = copies.get(id(piece))
    if known is None:
        known = copies[id(piece)] = copy(piece)
    return known
