"""The program: its versions, what each says, another one checked and published."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Final, Literal

from django.db import transaction
from msgspec import Meta, Struct

from habitue.api import calls, problems, terms, values
from habitue.api.problems import Problem, Wrong
from habitue.api.replies import Reply
from habitue.api.routing import operation
from habitue.api.terms import BenefitTerms, LevelShown, RewardShown, Title, UnitTerms
from habitue.api.values import Currency, Given, Instant, Said
from habitue.core import describing, differences, document
from habitue.core.program import Program
from habitue.ledger import books, publishing, versions
from habitue.ledger.versions import Version

MOST_TEXT: Final = 262_144
"""Characters of a program file, as many as the reader takes."""

MOST_MEMBERS: Final = 2_000
"""So many members are looked at while somebody waits; for more, the page has the worker do it."""

EXAMPLE: Final = """\
program: cafe
title: Café des Amis
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units:
  points: {worth: 0.05, expiry: 12 months}
  stars: {worth: 0.10, decimals: 1}
  spend: {qualifying: true, redeemable: false, decimals: 2}
earn:
  - {id: base, when: purchase, award: {points: 2, per: 1.00}}
rewards:
  - {id: coffee, title: A coffee, cost: {points: 25}, gives: {product: coffee}}
"""

VersionName = Annotated[
    str,
    Meta(
        pattern=values.whole("[0-9]{1,9}|current"),
        description="The version's number, or `current`: the one in force today.",
    ),
]
ProgramText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MOST_TEXT,
        description="A program as YAML; see docs/vocabulary.md for the words.",
    ),
]


class VersionShown(Given, frozen=True, kw_only=True):
    """A published version. It is never changed; another one follows it."""

    number: int
    since: Annotated[date | None, Meta(description="It holds from then; null: from the start.")]
    published_at: Instant
    state: Annotated[
        Literal["over", "in force", "to come", "replaced"],
        Meta(description="`replaced`: another version begins on the same day."),
    ]
    hash: Annotated[str, Meta(description="SHA-256 of its text, in hexadecimal digits.")]


class VersionList(Struct, frozen=True, kw_only=True):
    """The versions, the one that holds last first."""

    items: list[VersionShown]


class RuleShown(Given, frozen=True, kw_only=True):
    """A rule by which something earns units."""

    id: str
    title: Title
    when: Annotated[str, Meta(description="The event or action that earns.", examples=["purchase"])]
    says: Annotated[str, Meta(description="What it gives, in an English sentence.")]
    since: date | None
    until: Annotated[date | None, Meta(description="The day before which it gives.")]


class PartnerTerms(Given, frozen=True, kw_only=True):
    """A partner, as the program names it."""

    id: str
    title: Title
    account: Literal["post-paid", "prepaid"]


class NamedTerms(Given, frozen=True, kw_only=True):
    """A cause or a draw, as the program names it."""

    id: str
    title: Title


class ProgramShown(Given, frozen=True, kw_only=True):
    """A version of the program, thing by thing, and as its file has it."""

    version: VersionShown
    title: Title
    currency: Currency
    timezone: str
    enrolment: Annotated[
        Literal["on request", "automatic"],
        Meta(description="Whether whoever buys is a member by that, or must join."),
    ]
    units: list[UnitTerms]
    earn: list[RuleShown]
    rewards: list[RewardShown]
    levels: Annotated[list[LevelShown], Meta(description="The tiers, lowest first.")]
    benefits: list[BenefitTerms]
    partners: list[PartnerTerms]
    causes: list[NamedTerms]
    draws: list[NamedTerms]
    file: Annotated[
        dict[str, Any], Meta(description="All of it as the file has it; numbers are text.")
    ]


class ProgramDraft(Said, frozen=True, kw_only=True):
    """A program that may become the next version."""

    text: ProgramText
    since: Annotated[
        date | None, Meta(description="From which day it would hold; left out: the earliest.")
    ] = None


class NewVersion(ProgramDraft, frozen=True, kw_only=True):
    """A version to publish."""

    after: (
        Annotated[
            int,
            Meta(
                ge=0,
                le=10**9,
                description="The newest version when the text was written (0: none). If there is"
                " another by now, nothing is published.",
            ),
        ]
        | None
    ) = None


class Mistake(Given, frozen=True, kw_only=True):
    """Something in the text that cannot be meant; `line` 0: in none of its lines."""

    line: int
    path: Annotated[str, Meta(description="Which thing of the program.", examples=["earn.base"])]
    detail: str


class TierMoves(Given, frozen=True, kw_only=True):
    """So many members would go from one tier to another (both may be the same)."""

    before: str
    after: str
    members: int


class UnitMoves(Given, frozen=True, kw_only=True):
    """So many members could use another amount of a unit, and by how much in all."""

    unit: str
    members: int
    sum: values.Amount


class RewardMoves(Given, frozen=True, kw_only=True):
    """So many members could have a reward that they cannot have now, or no longer."""

    reward: str
    gain: int
    lose: int


class PreviewShown(Given, frozen=True, kw_only=True):
    """What the version would change for members on the day from which it would hold."""

    members: int
    changed: Annotated[int, Meta(description="Members for whom anything would be different.")]
    tiers: list[TierMoves]
    units: list[UnitMoves]
    rewards: list[RewardMoves]


class ProgramChecked(Given, frozen=True, kw_only=True):
    """What is to be said of a text; it could be published if there are no `problems`."""

    problems: list[Mistake]
    since: Annotated[date | None, Meta(description="The day from which it would hold.")]
    changes: Annotated[list[str], Meta(description="What differs from the newest version.")]
    preview: Annotated[
        PreviewShown | None,
        Meta(description="Null with problems, and where there are very many members."),
    ]


class OfVersion(Said, frozen=True, kw_only=True):
    """Which version."""

    version: VersionName


@operation("GET", "/programs", may=calls.READERS, summary="The versions of the program")
def find(call: calls.Call) -> VersionList:
    """Every version ever published, with the days from which they hold."""
    return VersionList(items=[_version(one) for one in _every(call)])


@operation("GET", "/programs/{version}", may=calls.READERS, summary="What a version says")
def show(call: calls.Call, where: OfVersion) -> ProgramShown:
    """Thing by thing, with a sentence for each rule and reward, and as its file has it."""
    one = _one(call, where)
    of, today = one.program, _today(call)
    return ProgramShown(
        version=_version(one),
        title=of.title,
        currency=of.currency,
        timezone=of.timezone,
        enrolment=of.enrolment,
        units=terms.units(of),
        earn=_rules(of),
        rewards=terms.rewards(of, call.caller.business, on=today),
        levels=terms.levels(of),
        benefits=terms.benefits(of),
        partners=[
            PartnerTerms(id=each.id, title=each.title, account=each.account) for each in of.partners
        ],
        causes=[NamedTerms(id=each.id, title=each.title) for each in of.causes],
        draws=[NamedTerms(id=each.id, title=each.title) for each in of.draws],
        file=describing.plain(of),
    )


@operation(
    "GET",
    "/programs/{version}/text",
    may=calls.READERS,
    answers=str,
    media="application/yaml",
    summary="A version as its file",
)
def text(call: calls.Call, where: OfVersion) -> Reply:
    """The YAML text exactly as it was published."""
    return Reply(200, _one(call, where).text.encode(), "application/yaml")


@operation(
    "POST",
    "/programs/check",
    may=calls.OWNERS,
    writes=False,
    summary="Check a program before it is published",
    example={"text": EXAMPLE},
)
def check(call: calls.Call, body: ProgramDraft) -> ProgramChecked:
    """Every problem with its line; what would differ, in words and for members. Writes nothing."""
    found = document.read(body.text)
    if isinstance(found, list):
        mistakes = [_mistake(one) for one in found]
        return ProgramChecked(problems=mistakes, since=None, changes=[], preview=None)
    since = _since(call, body.since)
    unfit = books.unfit(call.caller.business, found, since)
    newest = publishing.versions(call.caller.business)
    return ProgramChecked(
        problems=[Mistake(line=0, path="", detail=sentence) for sentence in unfit],
        since=since,
        changes=list(_changes(newest[0].text, found)) if newest else [],
        preview=None if unfit else _preview(call, found, body.text, since),
    )


@operation(
    "POST",
    "/programs",
    may=calls.OWNERS,
    status=201,
    summary="Publish a version",
    example={"text": EXAMPLE, "after": 1},
)
def publish(call: calls.Call, body: NewVersion) -> VersionShown:
    """It holds from a day on, and never for what has happened: the very first from the beginning.

    What members hold stays. Units keep their places: a version may add some at the end.
    """
    found = document.read(body.text)
    if isinstance(found, list):
        raise _unfit([f"Line {one.line}: {one.text()}" for one in found])
    business = call.caller.business
    newest = publishing.versions(business)
    after = books.latest(business) if body.after is None else body.after
    with transaction.atomic():
        done = versions.publish(
            call.business,
            body.text,
            since=_since(call, body.since),
            after=after,
            said="\n".join(_changes(newest[0].text, found)) if newest else "The first version.",
            by=call.staff,
            now=call.now,
            through=call.caller.name,
        )
        if done is None:
            raise Problem(409, "newer", "Another version was published meanwhile. Read it first.")
        if done.problems:
            raise _unfit(done.problems)
    return next(_version(one) for one in _every(call) if one.number == done.number)


def _since(call: calls.Call, wanted: date | None) -> date:
    """The day that was asked for, if it can be; else the earliest."""
    earliest = versions.earliest(call.caller.business, on=_today(call))
    if wanted is not None and wanted < earliest:
        raise problems.wrong("/body/since", f"What has happened stays: {earliest} is the earliest.")
    return wanted or earliest


def _unfit(sentences: list[str] | tuple[str, ...]) -> Problem:
    errors = tuple(Wrong(pointer="/body/text", detail=each) for each in sentences)
    return Problem(422, "program", "This text cannot be published.", errors=errors)


def _mistake(one: document.Problem) -> Mistake:
    return Mistake(line=one.line, path=one.path, detail=one.text())


def _changes(newest: str, found: Program) -> Iterator[str]:
    before = document.read(newest)
    assert isinstance(before, Program), "a published text was valid when it was published"
    for one in differences.between(before, found):
        said = differences.sentences.SENTENCES[one.key].format(**one.values)
        yield f"{said[:1].upper()}{said[1:]}."


def _preview(call: calls.Call, of: Program, text: str, since: date) -> PreviewShown | None:
    business = call.caller.business
    if books.count_members(business) > MOST_MEMBERS:
        return None
    found = publishing.preview(business, text, since=since)
    assert not found.problems, "it was found fit a moment ago"
    decimals = {unit.id: unit.decimals for unit in of.units}
    return PreviewShown(
        members=found.members,
        changed=found.changed,
        tiers=[
            TierMoves(before=before, after=after, members=count)
            for (before, after), count in found.tiers.items()
        ],
        units=[
            UnitMoves(unit=unit, members=count, sum=values.written(moved, decimals[unit]))
            for unit, (count, moved) in found.usable.items()
        ],
        rewards=[
            RewardMoves(reward=reward, gain=gain, lose=lose)
            for reward, (gain, lose) in found.rewards.items()
        ],
    )


def _rules(of: Program) -> list[RuleShown]:
    return [
        RuleShown(
            id=one.id,
            title=one.title,
            when=one.when,
            says=says,
            since=one.dates.since if one.dates else None,
            until=one.dates.until if one.dates else None,
        )
        for one, says in zip(of.rules, describing.rules(of), strict=True)
    ]


def _one(call: calls.Call, where: OfVersion) -> Version:
    every = _every(call)
    if where.version == "current":
        found = versions.current(every)
    else:
        found = next((one for one in every if one.number == int(where.version)), None)
    if found is None:
        raise problems.unknown("version")
    return found


def _every(call: calls.Call) -> list[Version]:
    return versions.every(call.caller.business, on=_today(call))


def _today(call: calls.Call) -> date:
    return books.local_day(call.now, call.shelf.zone)


def _version(one: Version) -> VersionShown:
    return VersionShown(
        number=one.number,
        since=one.since,
        published_at=one.published_at,
        state=one.state,
        hash=hashlib.sha256(one.text.encode()).hexdigest(),
    )
