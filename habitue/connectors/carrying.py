"""Bringing balances along from another program: each row once, with its days, to the unit.

A row is posted as an exact adjustment. It is known for ever by whom it names, its unit, its days
and which of several alike it is; so the same file adds nothing again, and a row that now says
another amount is refused, not added. Who has a balance of a unit by one file gets none by another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from hashlib import blake2b
from itertools import islice
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext
from msgspec import Struct, structs

from habitue import ledger
from habitue.connectors import changes, gathering
from habitue.connectors.balances import Balance
from habitue.connectors.gathering import Rules, Verdict
from habitue.connectors.models import Change, Import
from habitue.connectors.people import KINDS, Person
from habitue.connectors.table import Reject, Rejected, Tell
from habitue.core import facts
from habitue.ledger import posted
from habitue.members.models import Business, Member

SOURCE: Final = "balances"
BATCH: Final = 1_000

Known = tuple[tuple[str, str], ...]
"""The identities that a row gives, by kind."""


class Tally(Struct, kw_only=True):
    """What became of the rows: new + there + rejected = rows. `people`: customers who are new."""

    rows: int = 0
    new: int = 0
    there: int = 0
    rejected: int = 0
    empty: int = 0
    people: int = 0


class Fate(NamedTuple):
    """What became of a row that gives a unit: brought in (`new`), there already, or left out."""

    row: Balance
    customer: int
    what: str
    reason: str = ""


Book = Callable[[Fate], None]
"""Told of every row what became of it."""


class Named(NamedTuple):
    """A row with the name that it has for ever, and the customer it means (0: a new one)."""

    row: Balance
    person: Person
    reference: str
    customer: int = 0
    fresh: bool = False


def run(
    business: Business,
    rows: Iterable[Balance | Rejected | None],
    rules: Rules,
    reject: Reject,
    book: Book,
    *,
    reason: str,
    now: datetime,
    keeper: changes.Keeper | None,
    tell: Tell = lambda rows: None,
) -> Tally:
    """Bring rows in; without a `keeper` only look what would follow. `reason`: of every entry.

    Who is new becomes a member, since units are a member's; who is known stays as they are.
    """
    rules = structs.replace(rules, existing="leave", members=True, wording="")
    carrier = _Carrier(business, rules, reject, book, reason, now, keeper)
    named = carrier.sound(rows, tell)
    while batch := list(islice(named, BATCH)):
        with transaction.atomic():
            carrier.bring(batch)
        tell(len(batch))
    return carrier.tally


class _Before(NamedTuple):
    """A balance that was brought in before: by which import, which reference, what it said."""

    of: int
    customer: int
    reference: str
    unit: str
    said: bytes


class _Carrier:
    """Brings in one batch after the other."""

    def __init__(
        self,
        business: Business,
        rules: Rules,
        reject: Reject,
        book: Book,
        words: str,
        now: datetime,
        keeper: changes.Keeper | None,
    ) -> None:
        self.business = business
        self.rules = rules
        self.reject = reject
        self.book = book
        self.words = words
        self.now = now
        self.keeper = keeper
        self.tally = Tally()
        self.alike: Counter[str] = Counter()
        self.seen: dict[tuple[str, str], tuple[int, Known]] = {}

    def sound(self, rows: Iterable[Balance | Rejected | None], tell: Tell) -> Iterator[Named]:
        """The rows that can be taken, named; everything else is counted here."""
        for row in rows:
            if row is None:
                self.tally.empty += 1
                continue
            self.tally.rows += 1
            if isinstance(row, Rejected):
                self._left(None, row)
            elif row.rejected is not None or row.person is None:
                self._left(row, row.rejected)
            elif (mixed := self._mixed(row.person)) is not None:
                self._left(row, mixed)
            else:
                yield Named(row, row.person, self._reference(row, row.person))
                continue
            tell(1)

    def bring(self, batch: Sequence[Named]) -> None:
        """Some rows in one transaction: customers who are new, then what each row gives."""
        met = self._met(batch)
        before = self._before(met)
        giving = []
        for one in met:
            verdict = _judged(one, before, self.keeper)
            if verdict == "new" and one.row.amount:
                giving.append(one)
            else:
                self._counted(one, verdict)
        self._give(giving)

    def _give(self, giving: Sequence[Named]) -> None:
        if self.keeper is None:
            for one in giving:
                self._counted(one, "new")
            return
        self._enrol([one.customer for one in giving])
        sources = _sources(self.business.pk, [one.reference for one in giving])
        answers = ledger.post(
            self.business.pk, [self._fact(one, sources[one.reference]) for one in giving],
            now=self.now,
        )  # fmt: skip
        named = [(one.reference, 1) for one in giving]
        self.keeper.posted(Change.Kind.BALANCE, answers, named)
        for row, answer in zip(giving, answers, strict=True):
            one = row._replace(customer=answer.customer)  # who may have gone over meanwhile
            if answer.refused:
                self._counted(one, answer.refused.sentence.rstrip("."))
            else:
                self._counted(one, "there" if answer.duplicate else "new")

    def _counted(self, one: Named, what: str) -> None:
        """Count a row; any other word than those of `Fate` is the reason why it is left out."""
        row = one.row
        if what == "new" and not row.amount and not one.fresh:
            what = "there"  # nothing to give, to somebody known
        if what in ("new", "mine"):
            self.tally.new += what == "new"
            self.tally.there += what == "mine"  # of a run that was killed: `running` knows
            self.book(Fate(row, one.customer, "new"))
        elif what == "there":
            self.tally.there += 1
            self.book(Fate(row, one.customer, "there"))
        else:
            self._left(row, gathering.refused(one.person, self.rules, "amount", what))

    def _left(self, row: Balance | None, why: Rejected | None) -> None:
        assert why is not None
        self.tally.rejected += 1
        self.reject(why)
        if row is not None:
            self.book(Fate(row, 0, "left", why.reason))

    def _mixed(self, person: Person) -> Rejected | None:
        """Why a row cannot mean somebody: an earlier line has one of these, with other ones."""
        known = tuple(person.known.items())
        for key in known:
            line, before = self.seen.setdefault(key, (person.row.line, known))
            if before != known:
                reason = f"line {line} has this {gathering.NAMES[key[0]]} already"
                return gathering.refused(person, self.rules, key[0], reason)
        return None

    def _reference(self, row: Balance, person: Person) -> str:
        kind = next(kind for kind in KINDS if kind in person.known)
        said = f"{kind}={person.known[kind]}\n{row.unit}\n{row.earned_on}\n{row.expires_on}"
        name = blake2b(said.encode(), digest_size=16).hexdigest()
        self.alike[name] += 1
        return f"row:{name}.{self.alike[name]}"

    def _met(self, batch: Sequence[Named]) -> list[Named]:
        """Each row with the customer it means; who is new is made, and kept."""
        first = {tuple(one.person.known.items()): one for one in reversed(batch)}
        persons = [one.person for one in first.values()]
        verdicts = dict(zip(first, gathering.judged(self.business, persons, self.rules),
                            strict=True))  # fmt: skip
        sound = [one for one in verdicts.values() if isinstance(one, Verdict)]
        made: list[int] = []
        if self.keeper is not None:
            made = gathering.write(self.business, sound, self.rules, self.keeper, self.now)
        fresh = [key for key, one in verdicts.items()
                 if isinstance(one, Verdict) and one.customer is None]  # fmt: skip
        self.tally.people += len(fresh)
        keys = dict(zip(fresh, made, strict=True)) if made else dict.fromkeys(fresh, 0)
        if self.keeper is not None:
            self.keeper.beside([keys[key] for key in fresh if first[key].row.amount])
        met = []
        for one in batch:
            key = tuple(one.person.known.items())
            verdict = verdicts[key]
            if isinstance(verdict, Rejected):
                self._left(one.row, gathering.refused(one.person, self.rules, "amount",
                                                      verdict.reason))  # fmt: skip
            else:
                customer = keys[key] if verdict.customer is None else verdict.customer
                met.append(one._replace(customer=customer, fresh=first[key] is one and key in keys))
        return met

    def _before(self, met: Sequence[Named]) -> list[_Before]:
        """What was brought in before for these customers, or under these names, and stands."""
        theirs = Q(customer__in=[one.customer for one in met if one.customer])
        held = Change.objects.filter(
            theirs | Q(reference__in=[one.reference for one in met]),
            of__business=self.business,
            kind=Change.Kind.BALANCE,
        ).exclude(of__state=Import.State.UNDONE)
        rows = [
            (of, customer, event, reference)
            for of, customer, event, reference in held.values_list(
                "of", "customer", "event", "reference"
            )
            if customer and event
        ]
        said = posted.adjustments([(customer, event) for _, customer, event, _ in rows])
        return [
            _Before(of, customer, reference, what.unit, _said(what))
            for of, customer, event, reference in rows
            if (what := said.get((customer, event))) is not None
        ]

    def _enrol(self, given: Sequence[int]) -> None:
        """Units are held by members; who is known and none becomes one, without a welcome."""
        there = Member.objects.filter(customer__in=given).values_list("customer", flat=True)
        missing = sorted({*given} - {*there})
        if missing:
            gathering.enrol(self.business, missing, self.rules, self.now)

    def _fact(self, one: Named, source: str) -> ledger.Fact:
        row = one.row
        what = facts.Adjustment(
            row.unit, row.amount or 0, self.words, row.earned_on, row.expires_on
        )
        return ledger.Fact(
            customer=one.customer,
            at=self.now,
            what=what,
            source=source,
            reference=one.reference,
            said=_said(what),
        )


def reason(business: Business, platform: str) -> str:
    """The words of every entry, in the language of the shop."""
    with translation.override(business.language):
        if platform:
            return gettext("Balance brought along from %(platform)s") % {"platform": platform}
        return gettext("Balance brought along")


def _judged(one: Named, before: Sequence[_Before], keeper: changes.Keeper | None) -> str:
    """Whether a row is `new`, `there`, or `mine` (by this very import); else why it is left out."""
    row = one.row
    what = facts.Adjustment(row.unit, row.amount or 0, "", row.earned_on, row.expires_on)
    for held in before:
        if held.reference == one.reference:
            if held.said != _said(what):
                return "a balance is there already, of another amount: correct it by hand"
            return "mine" if keeper is not None and held.of == keeper.of.pk else "there"
    if not row.amount or not one.customer:
        return "new"
    own = keeper.of.pk if keeper is not None else 0
    others = [
        held
        for held in before
        if held.customer == one.customer and held.unit == row.unit and held.of != own
    ]
    return "a balance was brought in by another file already" if others else "new"


def _said(what: facts.Adjustment) -> bytes:
    """What a row says, without the words that go with a person."""
    days: tuple[date | None, ...] = (what.earned_on, what.expires_on)
    return f"{what.unit} {what.amount} {days[0]} {days[1]}".encode()


def _sources(business: int, names: Sequence[str]) -> dict[str, str]:
    """Under which source each is posted: that of an undone import may come again."""
    undone = changes.undone(business, Change.Kind.BALANCE, names)
    return {name: f"{SOURCE}/{undone[name]}" if name in undone else SOURCE for name in names}
