"""What can be seen of a member after a step, by the words of `then`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from habitue.core import engine, fees, money, program
from habitue.core.account import Account
from habitue.core.calendar import FOREVER, start_of
from habitue.core.rulebook import Book
from habitue.core.story import telling
from habitue.core.story.reading import Expectation
from habitue.core.tallies import Tally


class Failure(Struct, frozen=True):
    """A `then` that is not so."""

    line: int
    member: str
    key: str
    expected: str
    got: str

    def located(self, file: str) -> str:
        """`programs/x.story.yaml:3  alice's points: expected 370, got 360`"""
        about = f"{self.member}'s {self.key}" if self.member else self.key
        return f"{file}:{self.line}  {about}: expected {self.expected}, got {self.got}"


class Seen:
    """A member's account after a step, what the step led to, and the sums that all share."""

    def __init__(
        self,
        book: Book,
        account: Account,
        outcome: engine.Outcome,
        effects: list[str],
        totals: Mapping[str, Tally],
    ) -> None:
        self.book = book
        self.rulebook = book.on(outcome.on)
        self.account = account
        self.outcome = outcome
        self.effects = effects
        self.totals = totals

    def failure(self, then: Expectation, member: str) -> Failure | None:
        """What is otherwise than expected, or None."""
        refusal = self.outcome.refused
        if then.key == "because":
            said = [*self.effects, refusal.sentence if refusal else ""]
            if any(then.value.lower() in reason.lower() for reason in said):
                return None
            got = "; ".join(filter(None, said)) or "no reason"
            return Failure(then.line, member, then.key, str(then.value), got)
        value = self._named(then.key, then.of) if then.of else self._value(then.key)
        wanted = sorted(then.value) if isinstance(then.value, tuple) else then.value
        if value == wanted:
            return None
        shown = self._shown(then.of if then.key == "pending" else then.key)
        key = f"{then.key} {then.of}".strip()
        return Failure(then.line, member, key, shown(wanted), shown(value))

    def units(self) -> dict[str, int]:
        """What each unit shows: what can be used, or the count of the tiers or of the year."""
        return {unit.id: self._unit(unit) for unit in self.rulebook.program.units}

    def _unit(self, unit: program.Unit) -> int:
        number = self.rulebook.unit_number[unit.id]
        ladder, dividend = self.rulebook.ladder, self.rulebook.program.dividend
        if dividend is not None and dividend.of == unit.id:
            years = self.account.memory.years.get(number, {})
            return years.get(self.outcome.on.year, 0)
        if not unit.redeemable and ladder is not None and number in ladder.units:
            return ladder.counted(self.account, number, self.outcome.on)
        return self.account.usable(number)

    def _value(self, key: str) -> Any:
        memory = self.account.memory
        match key:
            case "tier":
                return self.account.level
            case "tier_until":
                return self.rulebook.ladder.until(self.account) if self.rulebook.ladder else None
            case "rewards":
                return [name for name in self._issued() if "#" not in name]
            case "prizes":
                return [name.partition("#")[0] for name in self._issued() if "#" in name]
            case "refused":
                return self.outcome.refused.code if self.outcome.refused else None
            case "expires":
                return self._expires()
            case "money":
                return self.outcome.money
            case "fee":
                return self._fee()
            case "fee_until":
                return memory.fee.until if memory.fee and memory.fee.until != FOREVER else None
            case "fee_asked":
                of = self.rulebook.program
                return fees.price_asked(of, self.account, self.outcome.on)
            case "saved":
                return fees.break_even(self.account)[1]
            case _:
                return self.units()[key]

    def _named(self, key: str, of: str) -> int:
        match key:
            case "pending":
                return self.account.memory.pending.get(self.rulebook.unit_number[of], 0)
            case "causes":
                return self.totals.get(f"given {of}", (0, 0))[1]
            case "owes":
                return self._billed(f"issued {of} ")
            case "is_owed":
                return self._billed(f"redeemed {of} ")
            case _:
                draw = next(draw for draw in self.rulebook.program.draws if draw.id == of)
                period = start_of(self.outcome.on, draw.every)
                return self.account.memory.tallies.get(f"draw {of} {period}", (0, 0))[0]

    def _billed(self, stem: str) -> int:
        return sum(money for name, (_, money) in self.totals.items() if name.startswith(stem))

    def _issued(self) -> list[str]:
        held = self.account.vouchers or []
        return sorted(voucher.reward for voucher in held if voucher.state == "issued")

    def _fee(self) -> str:
        state = self.account.memory.fee
        if state is None:
            return "none"
        if not fees.holds(self.rulebook.program, self.account, self.outcome.on):
            return "lapsed"
        return "ending" if state.ending else "trial" if state.trial else "paid"

    def _expires(self) -> date | None:
        """The last usable day of whatever lapses next."""
        days = [lot.expires_on for lot in self.account.lots or () if lot.remaining]
        days.extend(self.account.memory.lapses.values())
        nearest = min(days, default=FOREVER)
        return None if nearest == FOREVER else nearest

    def _shown(self, key: str) -> Callable[[Any], str]:
        of = self.rulebook.program
        decimals = {unit.id: unit.decimals for unit in of.units}
        places = dict.fromkeys(_MONEY, money.decimals(of.currency)) | decimals
        if key in places:
            return lambda value: "none" if value is None else telling.amount(value, places[key])
        return lambda value: "none" if value in (None, [], "") else _listed(value)


_MONEY = ("money", "fee_asked", "saved", "causes", "owes", "is_owed")


def _listed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
