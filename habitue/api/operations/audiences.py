"""Audiences: customers who are meant together, by a segment or by hand; and the segments."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from django.db import transaction
from msgspec import Meta, Struct

from habitue.api import calls, naming, paging, problems, values
from habitue.api.operations.figures import Words
from habitue.api.problems import Problem
from habitue.api.routing import operation
from habitue.api.values import Cursor, CustomerReference, Given, Id, Instant, Said
from habitue.metrics import asked as asking
from habitue.metrics.segments import catalogue
from habitue.outreach import audiences
from habitue.outreach.models import Audience

MOST_CHOSEN: Final = 10_000
MOST_SHOWN: Final = 10_000

SegmentName = Annotated[str, Meta(max_length=60, examples=["slipping"])]
AudienceName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=audiences.MOST_NAME,
        description="Unique in the business.",
        examples=["Long not seen"],
    ),
]


class SegmentShown(Given, frozen=True, kw_only=True):
    """A segment: customers in whom the same is true."""

    id: SegmentName
    family: Annotated[
        Literal["lifecycle", "rfm", "value", "rhythm"],
        Meta(
            description="In one segment of `lifecycle` and of `rfm` is everybody who ever bought."
        ),
    ]
    title: Words
    help: Words
    formula: Words


class SegmentList(Struct, frozen=True, kw_only=True):
    """Every segment."""

    items: list[SegmentShown]


class AudienceShown(Given, frozen=True, kw_only=True):
    """An audience. A live one is whoever is in the segment when it is asked."""

    id: Id
    name: str
    kind: Annotated[
        Literal["live", "frozen"],
        Meta(description="A frozen one stays who it was when it was made."),
    ]
    segment: Annotated[SegmentName | None, Meta(description="Null: chosen by hand.")]
    window: Annotated[int | None, Meta(description="Days that make a customer; null: as usual.")]
    made_at: Instant


class AudienceCount(Given, frozen=True, kw_only=True):
    """How many customers are in an audience now."""

    customers: int


class AudienceMember(Given, frozen=True, kw_only=True):
    """A customer who is in an audience."""

    customer: Id


class NewAudience(Said, frozen=True, kw_only=True):
    """An audience to be made: of a segment, or of customers by name."""

    name: AudienceName
    segment: SegmentName | None = None
    window: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=asking.LONGEST_WINDOW,
                description="Days that make a customer, for a segment.",
            ),
        ]
        | None
    ) = None
    frozen: Annotated[bool, Meta(description="Of a segment: whoever is in it now, for good.")] = (
        False
    )
    customers: Annotated[
        tuple[CustomerReference, ...],
        Meta(max_length=MOST_CHOSEN, description="Instead of a segment: these, for good."),
    ] = ()


class AskedMembers(Said, frozen=True, kw_only=True):
    """Which of them."""

    limit: Annotated[int, Meta(ge=1, le=MOST_SHOWN, description="How many at most.")] = 1_000
    cursor: Cursor = ""


class OfAudience(Said, frozen=True, kw_only=True):
    """Which audience."""

    audience: Id


@operation("GET", "/segments", may=calls.ANALYSTS, summary="All segments and what they mean")
def segments(call: calls.Call) -> SegmentList:
    """Title, help and definition in every language we have."""
    return SegmentList(
        items=[
            SegmentShown(
                id=one.id, family=one.family, title=one.title, help=one.help, formula=one.formula
            )
            for one in catalogue.every().values()
        ]
    )


@operation("GET", "/audiences", may=calls.ANALYSTS, summary="The audiences")
def find(call: calls.Call, asked: paging.Paged) -> paging.Page[AudienceShown]:
    """The newest first."""
    rows = audiences.every(call.business).order_by("-pk")
    if position := paging.position(asked.cursor):
        rows = rows.filter(pk__lt=position[0])
    return paging.page(list(rows[: asked.limit + 1]), asked.limit, _shown, lambda one: [one.pk])


@operation(
    "POST",
    "/audiences",
    may=calls.OWNERS,
    status=201,
    problems=(404,),
    summary="Make an audience",
    example={"name": "By hand", "customers": ["external:alice", "external:bruno"]},
)
def make(call: calls.Call, body: NewAudience) -> AudienceShown:
    """Live or frozen of a segment; frozen of customers."""
    wanted, chosen = _wanted(call, body)
    try:
        with transaction.atomic():
            made = audiences.make(
                call.business, body.name, wanted, now=call.now, frozen=body.frozen, chosen=chosen
            )
    except LookupError as error:
        raise problems.wrong("/body/segment", str(error.args[0])) from None
    except ValueError as error:
        if audiences.every(call.business).filter(name=body.name.strip()).exists():
            raise Problem(409, "name_taken", str(error)) from None
        raise problems.wrong("/body/name", str(error)) from None
    return _shown(made)


@operation("GET", "/audiences/{audience}", may=calls.ANALYSTS, summary="One audience")
def show(call: calls.Call, where: OfAudience) -> AudienceShown:
    """What it consists of."""
    return _shown(_audience(call, where))


@operation("GET", "/audiences/{audience}/count", may=calls.ANALYSTS, summary="How many are in it")
def count(call: calls.Call, where: OfAudience) -> AudienceCount:
    """Counted now: of a live one, whoever is in its segment as of this morning."""
    return AudienceCount(customers=audiences.count(_audience(call, where), now=call.now))


@operation("GET", "/audiences/{audience}/members", may=calls.ANALYSTS, summary="Who is in it")
def members(
    call: calls.Call, where: OfAudience, asked: AskedMembers
) -> paging.Page[AudienceMember]:
    """By number, ascending. A live audience is found anew for every page: ask for long ones."""
    everybody = audiences.members(_audience(call, where), now=call.now)
    if position := paging.position(asked.cursor):
        everybody = [one for one in everybody if one > position[0]]
    return paging.page(
        everybody[: asked.limit + 1],
        asked.limit,
        lambda one: AudienceMember(customer=str(one)),
        lambda one: [one],
    )


@operation("DELETE", "/audiences/{audience}", may=calls.OWNERS, summary="Delete an audience")
def delete(call: calls.Call, where: OfAudience) -> None:
    """Its customers stay. One that an experiment was declared on stays too: 409."""
    if not audiences.delete(_audience(call, where)):
        raise Problem(409, "in_use", "An experiment was declared on this audience; it stays.")


def _wanted(call: calls.Call, body: NewAudience) -> tuple[audiences.Definition, list[int]]:
    if (body.segment is None) == (not body.customers):
        raise problems.wrong("/body/segment", "Give a segment, or customers: one of the two.")
    if body.segment is not None:
        return audiences.OfSegment(segment=body.segment, window=body.window), []
    if body.window is not None:
        raise problems.wrong("/body/window", "Customers chosen by hand have no window.")
    found = naming.customers(call.caller.business, body.customers, at=call.now)
    for place, reference in enumerate(body.customers):
        if reference not in found:
            raise naming.missing("customer", f"/body/customers/{place}")
    chosen = sorted(set(found.values()))
    return audiences.OfChosen(customers=len(chosen)), chosen


def _audience(call: calls.Call, where: OfAudience) -> Audience:
    number = values.number(where.audience) or 0
    found = audiences.every(call.business).filter(pk=number).first()
    if found is None:
        raise problems.unknown("audience")
    return found


def _shown(one: Audience) -> AudienceShown:
    of = audiences.definition(one)
    segment, window = None, None
    if isinstance(of, audiences.OfSegment):
        segment, window = of.segment, of.window
    return AudienceShown(
        id=str(one.pk),
        name=one.name,
        kind="frozen" if one.kind == Audience.Kind.FROZEN else "live",
        segment=segment,
        window=window,
        made_at=one.made_at,
    )
