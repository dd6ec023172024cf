"""Customers: found, made, changed; put into the bin, erased, told to be one person; exported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final

from django.db import transaction
from msgspec import UNSET, Meta, UnsetType, structs

from habitue import ledger
from habitue.api import calls, naming, paging, people, posting, problems, values
from habitue.api.operations import consents, identities, members
from habitue.api.operations.consents import NewConsent
from habitue.api.operations.identities import NewIdentity
from habitue.api.operations.members import NewEnrolment
from habitue.api.people import Birthday, CustomerName, CustomerShown, Language, Note, OfCustomer
from habitue.api.problems import Problem
from habitue.api.routing import operation
from habitue.api.values import MOST_ID, CustomerReference, Given, Instant, Said
from habitue.core import facts
from habitue.ledger import everything
from habitue.members import bin as recycle_bin
from habitue.members import details, erasing, ids, journal, limits, searching
from habitue.members.callers import Scope
from habitue.members.models import Customer, Identity

Rows = list[dict[str, Any]]

COPIES: Final = 10
"""Exports an hour that a member may take."""


class AskedCustomers(paging.Paged, frozen=True, kw_only=True):
    """Which customers."""

    identity: (
        Annotated[
            str,
            Meta(
                pattern=values.whole("(external|email|phone|number):.{1,254}"),
                description="Whoever is recognised by this; an empty page if nobody is.",
                examples=["email:alice@example.org"],
            ),
        ]
        | None
    ) = None
    search: (
        Annotated[
            str,
            Meta(
                min_length=2,
                max_length=searching.MOST,
                pattern=values.whole(r"[^\x00-\x1f\x7f]*"),
                description="Whoever holds exactly this e-mail address, phone, number or external"
                " id; if nobody does, whoever's name has these letters, or whose identity has them"
                " (three at least). A till finds by part of a name, number or external id only.",
                examples=["alice"],
            ),
        ]
        | None
    ) = None
    member: Annotated[bool | None, Meta(description="Only members, or only who is none.")] = None
    created_since: Annotated[
        Instant | None, Meta(description="Only those whose record was made at or after it.")
    ] = None


class NewCustomer(Said, frozen=True, kw_only=True):
    """A customer to be made."""

    identities: Annotated[tuple[NewIdentity, ...], Meta(max_length=20)] = ()
    name: CustomerName = ""
    language: Annotated[Language | None, Meta(description="Left out: the business's own.")] = None
    birthday: Birthday | None = None
    note: Note = ""
    consents: Annotated[
        tuple[NewConsent, ...], Meta(max_length=20, description="What they agreed to just now.")
    ] = ()
    enrolment: Annotated[
        NewEnrolment | None,
        Meta(description="Makes them a member at once, with what the program gives for joining."),
    ] = None


class CustomerChange(Said, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays."""

    name: CustomerName | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    birthday: Birthday | UnsetType | None = UNSET
    note: Note | UnsetType = UNSET
    paused_until: Annotated[
        date | UnsetType | None, Meta(description="No offers before that day.")
    ] = UNSET
    less_often: bool | UnsetType = UNSET


class CustomerExport(Given, frozen=True, kw_only=True):
    """All that is kept on a person, part by part; amounts as decimal text."""

    shop: str
    made_at: Instant
    person: Annotated[Rows, Meta(description="More than one where customers were merged.")]
    contacts: Rows
    cards: Rows
    consents: Rows
    balances: Rows
    tier: Rows
    vouchers: Rows
    events: Annotated[Rows, Meta(description="With what each changed, in English sentences.")]
    answers: Rows
    journal: Rows


class CustomerMerge(Said, frozen=True, kw_only=True):
    """Under whose number the person goes on."""

    into: CustomerReference


@operation("GET", "/customers", may=calls.READERS, summary="Find customers")
def find(call: calls.Call, asked: AskedCustomers) -> paging.Page[CustomerShown]:
    """The newest first. Whoever was erased, lies in the bin or went over is not among them.

    A till looks for somebody, by `search` or `identity`; without, it is refused (403).
    """
    if asked.search is not None and asked.identity is not None:
        raise problems.wrong("/query/search", "Give either search or identity.")
    if call.caller.scope == "till" and asked.search is None and asked.identity is None:
        raise Problem(403, "scope", "A till does not list customers: send search or identity.")
    position = paging.position(asked.cursor)
    keys = _found(call, asked, position[0] if position else MOST_ID)
    there = Customer.objects.select_related("member").filter(pk__in=keys).order_by("-pk")
    return paging.page(
        people.many(call, list(there)), asked.limit, lambda one: one, lambda one: [int(one.id)]
    )


def _found(call: calls.Call, asked: AskedCustomers, before: int) -> list[int]:
    """The numbers of a page's customers, and of one more."""
    since = ids.first_at(asked.created_since) if asked.created_since is not None else 0
    if asked.search is not None:
        text = asked.search.strip()
        if len(text) < 2:
            raise problems.wrong("/query/search", "Search for two letters at least.")
        return searching.newest(
            call.business,
            text,
            parts=searching.SHOWN if call.caller.scope == "till" else tuple(Identity.Kind),
            member=asked.member,
            since=since,
            before=before,
            limit=asked.limit + 1,
        )
    rows = Customer.objects.filter(
        business=call.caller.business, erased_at=None, binned_at=None, merged_into=None
    ).filter(pk__gte=since, pk__lt=before)
    if asked.identity:
        rows = rows.filter(pk__in=naming.known(call.caller.business, [asked.identity]).values())
    if asked.member is not None:
        rows = rows.filter(member__isnull=not asked.member)
    return list(rows.order_by("-pk").values_list("pk", flat=True)[: asked.limit + 1])


@operation(
    "POST",
    "/customers",
    may=calls.TILLS,
    status=201,
    summary="Make a customer",
    example={
        "identities": [
            {"kind": "external", "value": "shop-4711"},
            {"kind": "email", "value": "eva@example.org"},
        ],
        "name": "Eva Rossi",
        "language": "it",
        "birthday": {"month": 2, "day": 29},
        "enrolment": {"place": "Web shop"},
    },
)
def make(call: calls.Call, body: NewCustomer) -> CustomerShown:
    """All of it or nothing. Whoever is recognised by an identity already is a conflict (409)."""
    with transaction.atomic():
        customer = Customer(
            business=call.business,
            created_at=call.now,
            name=body.name.strip(),
            language=body.language or call.business.language,
            note=body.note,
            **people.birthday(body.birthday, "/body/birthday"),
        )
        customer.save(force_insert=True)
        for place, one in _in_order(body.identities):
            identities.claim(customer, one, f"/body/identities/{place}")
        for place, said in enumerate(body.consents):
            consents.record(call, customer, said, f"/body/consents/{place}")
        if body.enrolment is not None:
            members.join(call, customer, body.enrolment, "/body/enrolment")
    return people.one(call, customer.pk)


@operation("GET", "/customers/{customer}", may=calls.EVERYBODY, summary="A customer")
def show(call: calls.Call, where: OfCustomer) -> CustomerShown:
    """As far as this credential may see them: see CustomerShown."""
    return people.one(call, people.named(call, where).pk)


@operation(
    "PATCH",
    "/customers/{customer}",
    may=calls.OWNERS,
    problems=(412,),
    summary="Change what is known of a customer",
    example={"name": "Alice Martin", "birthday": {"month": 7, "day": 14}, "note": "Oat milk"},
)
def change(call: calls.Call, where: OfCustomer, body: CustomerChange) -> CustomerShown:
    """The journal keeps what was changed, and never to what."""
    key = people.named(call, where).pk
    to: dict[str, Any] = {name: said for name, said in structs.asdict(body).items()
                          if said is not UNSET and name != "birthday"}  # fmt: skip
    if not isinstance(body.birthday, UnsetType):
        to |= people.birthday(body.birthday, "/body/birthday")
    if "name" in to:
        to["name"] = to["name"].strip()
    with transaction.atomic():
        customer = _locked(call, key)
        call.fits(people.one(call, key))
        details.change(customer, to, at=call.now, staff=call.staff, through=call.through)
    return people.one(call, key)


@operation(
    "DELETE",
    "/customers/{customer}",
    may=calls.OWNERS,
    summary="Put a customer into the recycle bin",
)
def put(call: calls.Call, where: OfCustomer) -> None:
    """They are hidden from everybody, and erased in 30 days unless they are restored."""
    customer = people.named(call, where)
    staff, through = call.staff, call.through
    if not recycle_bin.put(call.business, [customer.pk], at=call.now, staff=staff, through=through):
        raise problems.unknown("customer")  # by somebody else, a moment ago


@operation(
    "POST",
    "/customers/{customer}/restore",
    may=calls.OWNERS,
    summary="Take a customer out of the recycle bin",
)
def restore(call: calls.Call, where: OfCustomer) -> CustomerShown:
    """Named by our number. Of somebody who does not lie there nothing is changed."""
    customer = people.anyone(call, where)
    staff, through = call.staff, call.through
    recycle_bin.restore(call.business, [customer.pk], at=call.now, staff=staff, through=through)
    return people.one(call, customer.pk)


@operation(
    "POST",
    "/customers/{customer}/merge",
    may=calls.OWNERS,
    summary="Tell that two customers are one person",
    example={"into": "external:bruno"},
)
def merge(call: calls.Call, where: OfCustomer, body: CustomerMerge) -> CustomerShown:
    """The one goes over into the other with all they hold; either's identities find the other.

    Undone by undoing the event (`POST /events/{event}/undo`).
    """
    giver = people.named(call, where)
    into = naming.customers(call.caller.business, [body.into], at=call.now).get(body.into)
    if into is None:
        raise naming.missing("customer", "/body/into")
    if into == giver.pk:
        raise Problem(409, "same", "These are one customer already.")
    with transaction.atomic():
        fact = ledger.Fact(customer=giver.pk, at=call.now, what=facts.Merge(into))
        (answer,) = ledger.post(call.caller.business, [fact], now=call.now)
        if answer.refused is None:
            _tell(call, "merge", giver)
    if problem := posting.refused(answer, "/body"):
        raise problem
    return people.one(call, into)


@operation(
    "POST",
    "/customers/{customer}/erase",
    may=calls.OWNERS | frozenset[Scope]({"member"}),
    summary="Erase a customer for ever",
)
def erase(call: calls.Call, where: OfCustomer) -> None:
    """Nothing personal is left anywhere, at once; every sum stays. Also out of the recycle bin,
    where they are named by our number. It cannot be undone.

    So a member leaves, by their own token, which opens nothing from then on; what they hold is
    gone. Whoever comes back joins as somebody new.
    """
    customer = people.anyone(call, where)
    erasing.erase(customer, at=call.now, staff=call.staff, through=call.through)


@operation(
    "GET",
    "/customers/{customer}/export",
    may=calls.OWNERS | frozenset[Scope]({"member"}),
    summary="Everything that is kept on a person",
)
def export(call: calls.Call, where: OfCustomer) -> CustomerExport:
    """What a person may ask for at any time; each copy stands in the journal. It holds the secret
    address of their card, so only the owner and the member get it; a member ten times an hour.
    """
    customer = people.anyone(call, where)
    by_member = call.caller.scope == "member"
    if by_member and not limits.allow("data", customer.pk, most=COPIES, at=call.now):
        raise Problem(429, "too_many", "Too many copies were taken. Wait an hour.")
    with transaction.atomic():
        parts = {one.name: one.objects() for one in everything.kept(customer, at=call.now)}
        _tell(call, "download", customer)
    return CustomerExport(shop=call.business.name, made_at=call.now, **parts)


def _in_order(said: Sequence[NewIdentity]) -> list[tuple[int, NewIdentity]]:
    """In one order for everybody: two who claim the same ones do not wait for each other."""
    return sorted(enumerate(said), key=lambda each: (each[1].kind, each[1].value.casefold()))


def _tell(call: calls.Call, kind: str, customer: Customer) -> None:
    journal.write(
        call.business, kind, at=call.now, staff=call.staff, customer=customer, what=call.through
    )


def _locked(call: calls.Call, customer: int) -> Customer:
    """The customer's row, locked; of two changes at once one goes first."""
    rows = Customer.objects.select_related("business").select_for_update(no_key=True, of=("self",))
    found = rows.filter(pk=customer, erased_at=None, merged_into=None).first()
    if found is None:
        raise problems.unknown("customer")  # gone a moment ago
    return found
