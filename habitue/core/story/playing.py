"""Plays a story through the engine, checks every `then`, and keeps the trace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from habitue.core import due, engine, facts, program
from habitue.core.account import Account, Voucher
from habitue.core.calendar import FOREVER
from habitue.core.rulebook import Book
from habitue.core.story import telling
from habitue.core.story.reading import Doing, Expectation, Returns, Step, Story, UndoesLast, Uses

ID_STEP = 4_096
"""Event ids leave room between them for the lots and vouchers that an event makes."""


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


class Row(Struct, frozen=True):
    """One line of the trace: when, what was said, what followed, what is held then."""

    line: int
    at: datetime
    said: str
    effects: tuple[str, ...]
    holds: str
    failures: tuple[Failure, ...] = ()


class Played(Struct, frozen=True):
    """A story as it went."""

    rows: tuple[Row, ...]

    @property
    def failures(self) -> list[Failure]:
        """Everything that was told otherwise than it went."""
        return [failure for row in self.rows for failure in row.failures]


def play(versions: Sequence[program.Program], story: Story) -> Played:
    """Run a story under the versions of a program, from blank accounts."""
    stage = Stage(versions, story.guests)
    return Played(tuple(stage.step(step) for step in story.steps))


class Stage:
    """The accounts and histories of everybody in a story."""

    def __init__(self, versions: Sequence[program.Program], guests: Sequence[str]) -> None:
        self.book = Book(versions)
        self.program = self.book.latest.program
        self.guests = guests
        self.numbers: dict[str, int] = {}
        self.accounts: dict[int, Account] = {}
        self.histories: dict[int, list[facts.Event]] = {}
        self.vouchers: dict[str, dict[int, Voucher]] = {}
        self.last_id = 0
        self.last_member = ""

    def step(self, step: Step) -> Row:
        """Play one step and check what must be true then."""
        if step.member is None:
            outcomes = [self._run(name, facts.Passage(), step.at) for name in self.numbers]
            if self.last_member:
                outcomes = [outcomes[list(self.numbers).index(self.last_member)]]
            return self._row(step, self.last_member, outcomes)
        assert step.doing is not None
        outcomes = self._welcome(step.member, step)
        self.last_member = step.member
        what = self._resolved(step.member, step.doing, step.at)
        if isinstance(what, str):
            failure = Failure(step.line, step.member, step.said, "something that happened", what)
            return Row(step.line, step.at, _said(step, step.member), (), "", (failure,))
        outcomes.append(self._run(step.member, what, step.at))
        return self._row(step, step.member, outcomes)

    def _welcome(self, name: str, step: Step) -> list[engine.Outcome]:
        """A member's first step: they join, unless they do so themselves or never do."""
        if name in self.numbers:
            return []
        number = self.numbers[name] = len(self.numbers) + 1
        self.histories[number] = []
        itself = isinstance(step.doing, facts.Enrolment)
        if itself or name in self.guests or self.program.enrolment == "automatic":
            return []
        return [self._run(name, facts.Enrolment(), step.at)]

    def _run(self, name: str, what: facts.What, at: datetime) -> engine.Outcome:
        self.last_id += ID_STEP
        event = facts.Event(self.last_id, self.numbers[name], at, what)
        return engine.run(self.book, self.accounts, [event], self.histories)[0]

    def _resolved(self, name: str, doing: Doing, at: datetime) -> facts.What | str:
        """The event meant, or in words why there is none."""
        past = self.histories[self.numbers[name]]
        match doing:
            case Returns(of, lines, amount):
                bought = [event.id for event in past if self._bought_on(event, of)]
                if not bought:
                    return f"nothing bought on {of}"
                return facts.Refund(bought[-1], lines, amount)
            case Uses(reward, choice):
                voucher = self._voucher(name, reward, at)
                return facts.VoucherUse(voucher.id if voucher else 0, choice)
            case UndoesLast():
                done = [event for event in past if not isinstance(event.what, facts.Passage)]
                return facts.Undo(done[-1].id) if done else "nothing to undo"
            case _:
                return doing

    def _bought_on(self, event: facts.Event, day: date) -> bool:
        on = event.at.astimezone(self.book.latest.zone).date()
        return isinstance(event.what, facts.Purchase) and on == day

    def _voucher(self, name: str, reward: str, at: datetime) -> Voucher | None:
        """The oldest open voucher of a reward, or else the last one there was."""
        self._run(name, facts.Passage(), at)
        held = self.accounts[self.numbers[name]].vouchers or []
        of = sorted((v for v in held if v.reward == reward), key=lambda v: (v.issued_on, v.id))
        still = [voucher for voucher in of if voucher.state == "issued"]
        return next(iter(still or reversed(of)), None)

    def _row(self, step: Step, name: str, outcomes: list[engine.Outcome]) -> Row:
        if not outcomes:
            return Row(step.line, step.at, "time passes", (), "")
        account = deepcopy(self.accounts[self.numbers[name]])
        due.advance(self.book, account, outcomes[-1].on)
        effects = [line for one in outcomes for line in telling.effects(self.program, one)]
        held = {voucher.id: voucher for voucher in account.vouchers or ()}
        effects += telling.vouchers(self.vouchers.get(name, {}), held)
        self.vouchers[name] = held
        seen = Seen(self.book, account, outcomes[-1], effects)
        failures = [seen.failure(then, name) for then in step.then]
        holds = telling.holds(self.program, account, seen.units())
        return Row(
            step.line,
            step.at,
            _said(step, name),
            tuple(effects),
            holds,
            tuple(failure for failure in failures if failure is not None),
        )


class Seen:
    """What can be seen of a member after a step, by the words of `then`."""

    def __init__(
        self, book: Book, account: Account, outcome: engine.Outcome, effects: list[str]
    ) -> None:
        self.book = book
        self.rulebook = book.on(outcome.on)
        self.account = account
        self.outcome = outcome
        self.effects = effects

    def failure(self, then: Expectation, member: str) -> Failure | None:
        """What is otherwise than expected, or None."""
        refusal = self.outcome.refused
        if then.key == "because":
            said = [*self.effects, refusal.sentence if refusal else ""]
            if any(then.value.lower() in reason.lower() for reason in said):
                return None
            got = "; ".join(filter(None, said)) or "no reason"
            return Failure(then.line, member, then.key, str(then.value), got)
        got = self._value(then.key)
        wanted = sorted(then.value) if isinstance(then.value, tuple) else then.value
        if got == wanted:
            return None
        shown = self._shown(then.key)
        return Failure(then.line, member, then.key, shown(wanted), shown(got))

    def units(self) -> dict[str, int]:
        """What each unit shows: units that can be used, or the count in the tiers' window."""
        return {unit.id: self._unit(unit) for unit in self.rulebook.program.units}

    def _unit(self, unit: program.Unit) -> int:
        number = self.rulebook.unit_number[unit.id]
        ladder = self.rulebook.ladder
        if not unit.redeemable and ladder is not None and number in ladder.units:
            return ladder.counted(self.account, number, self.outcome.on)
        return self.account.usable(number)

    def _value(self, key: str) -> Any:
        match key:
            case "tier":
                return self.account.level
            case "tier_until":
                return self.rulebook.ladder.until(self.account) if self.rulebook.ladder else None
            case "rewards":
                held = self.account.vouchers or []
                return sorted(one.reward for one in held if one.state == "issued")
            case "refused":
                return self.outcome.refused.code if self.outcome.refused else None
            case "expires":
                return self._expires()
            case _:
                return self.units()[key]

    def _expires(self) -> date | None:
        """The last usable day of whatever lapses next."""
        days = [lot.expires_on for lot in self.account.lots or () if lot.remaining]
        days.extend(self.account.memory.lapses.values())
        nearest = min(days, default=FOREVER)
        return None if nearest == FOREVER else nearest

    def _shown(self, key: str) -> Callable[[Any], str]:
        decimals = {unit.id: unit.decimals for unit in self.rulebook.program.units}
        if key in decimals:
            return lambda value: telling.amount(value, decimals[key])
        return lambda value: "none" if value in (None, [], "") else _listed(value)


def _listed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value).replace("_", " ")


def _said(step: Step, name: str) -> str:
    return f"{name}: {step.said}" if step.member else "time passes"
