"""Plays a story through the engine, checks every `then`, and keeps the trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from typing import Any

from msgspec import Struct, structs

from habitue.core import due, engine, facts, program
from habitue.core.account import Account, FeeState, Voucher
from habitue.core.calendar import start_of
from habitue.core.rulebook import Book
from habitue.core.story import telling
from habitue.core.story.doings import (
    Concerns,
    Doing,
    Gives,
    IsThe,
    Judged,
    PaysPart,
    Returns,
    UndoesLast,
    Uses,
    Wins,
)
from habitue.core.story.reading import Step, Story
from habitue.core.story.seeing import Failure, Seen
from habitue.core.tallies import Totals

ID_STEP = 4_096
"""Event ids leave room between them for the lots and vouchers that an event makes."""

Meant = tuple[facts.What, ...] | str
"""What a step means to the engine, or in words why it means nothing."""


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
    stage = Stage(versions, story.guests, story.deposits)
    return Played(tuple(stage.step(step) for step in story.steps))


class Stage:
    """The accounts and histories of everybody in a story, and the sums that they share."""

    def __init__(
        self,
        versions: Sequence[program.Program],
        guests: Sequence[str],
        deposits: Mapping[str, int],
    ) -> None:
        self.book = Book(versions)
        self.program = self.book.latest.program
        self.guests = guests
        self.numbers: dict[str, int] = {}
        self.accounts: dict[int, Account] = {}
        self.histories: dict[int, list[facts.Event]] = {}
        self.vouchers: dict[str, dict[int, Voucher]] = {}
        self.fees: dict[str, FeeState] = {}
        self.totals: Totals = {f"funded {name}": (0, paid) for name, paid in deposits.items()}
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
        outcomes = self._welcome(step.member, step.doing, step.at)
        self.last_member = step.member
        meant = self._meant(step.member, step.doing, step.at)
        if isinstance(meant, str):
            failure = Failure(step.line, step.member, step.said, "something that happened", meant)
            return Row(step.line, step.at, _said(step, step.member), (), "", (failure,))
        for what in meant:
            outcomes.append(self._run(step.member, self._paid(what, outcomes), step.at))
            if outcomes[-1].refused is not None:
                break
        return self._row(step, step.member, outcomes)

    def _welcome(self, name: str, doing: Doing | None, at: datetime) -> list[engine.Outcome]:
        """A member's first step: they join, unless they do so themselves or never do."""
        if name in self.numbers:
            return []
        number = self.numbers[name] = len(self.numbers) + 1
        self.histories[number] = []
        itself = isinstance(doing, facts.Enrolment)
        if itself or name in self.guests or self.program.enrolment == "automatic":
            return []
        return [self._run(name, facts.Enrolment(), at)]

    def _run(self, name: str, what: facts.What, at: datetime) -> engine.Outcome:
        self.last_id += ID_STEP
        event = facts.Event(self.last_id, self.numbers[name], at, what)
        return engine.run(self.book, self.accounts, [event], self.histories, self.totals)[0]

    def _meant(self, name: str, doing: Doing, at: datetime) -> Meant:
        """The events meant, or in words why there are none."""
        match doing:
            case Returns(of, lines, amount):
                bought = self._on(name, of, facts.Purchase)
                refund = facts.Refund(bought, lines, amount)
                return (refund,) if bought else f"nothing bought on {of}"
            case Concerns(action, of):
                about = self._on(name, of, facts.Purchase | facts.Action)
                acted = structs.replace(action, of=about)
                return (acted,) if about else f"nothing happened on {of}"
            case Uses(reward, choice, partner):
                voucher = self._voucher(name, reward, at)
                return (facts.VoucherUse(voucher.id if voucher else 0, choice, partner=partner),)
            case PaysPart(purchase, paid):
                payment = facts.Payment(paid, purchase.total, purchase.partner)
                return payment, structs.replace(purchase, covered=paid)
            case _:
                return self._of_past(name, doing, at)

    def _of_past(self, name: str, doing: Doing, at: datetime) -> Meant:
        """What speaks of an earlier event, or of somebody else."""
        past = [known for known in self._past(name) if not isinstance(known.what, facts.Passage)]
        match doing:
            case UndoesLast():
                return (facts.Undo(past[-1].id),) if past else "nothing to undo"
            case Judged(given):
                return (facts.Approval(past[-1].id, given),) if past else "nothing to judge"
            case Gives(unit, amount, to):
                return (facts.Transfer(unit, amount, self._other(to, at)),)
            case IsThe(other, same=True):
                return (facts.Merge(self._other(other, at)),)
            case IsThe():
                merged = [known.id for known in past if isinstance(known.what, facts.Merge)]
                return (facts.Undo(merged[-1]),) if merged else "these were never one"
            case Wins(draw, prize):
                every = next(each.every for each in self.program.draws if each.id == draw)
                return (facts.Won(draw, start_of(at.date(), every), prize),)
            case Returns() | Concerns() | Uses() | PaysPart():
                raise AssertionError("read before")
            case _:
                return (doing,)

    def _paid(self, what: facts.What, before: Sequence[engine.Outcome]) -> facts.What:
        """A purchase names the payment that came before it in the same step, and its money."""
        paid = before[-1].event if before else None
        if isinstance(what, facts.Purchase) and paid and isinstance(paid.what, facts.Payment):
            return structs.replace(what, covered=paid.what.money, spent=(paid.id,))
        return what

    def _past(self, name: str) -> list[facts.Event]:
        return self.histories[self.numbers[name]]

    def _on(self, name: str, day: date, kind: Any) -> int:
        """The last event of a kind on a day; 0: there is none."""
        zone = self.book.latest.zone
        of = [
            known.id
            for known in self._past(name)
            if isinstance(known.what, kind) and known.at.astimezone(zone).date() == day
        ]
        return of[-1] if of else 0

    def _other(self, name: str, at: datetime) -> int:
        """Somebody else's number; they join if they have not been there yet."""
        self._welcome(name, None, at)
        return self.numbers[name]

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
        fee = account.memory.fee
        effects += telling.membership(self.fees.get(name), fee)
        if fee is not None:
            self.fees[name] = fee
        seen = Seen(self.book, account, outcomes[-1], effects, self.totals)
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


def _said(step: Step, name: str) -> str:
    return f"{name}: {step.said}" if step.member else "time passes"
