"""What a basket would bring, asked at the checkout: nothing is written."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, structs

from habitue.api import calls, naming, problems, recorded, told
from habitue.api.calls import Call
from habitue.api.happened import NewAction, NewPurchase, NewVisit
from habitue.api.recorded import RefusalShown
from habitue.api.routing import operation
from habitue.api.sent import Named, Place
from habitue.api.told import EntryTold, VoucherTold
from habitue.api.values import Amount, Cents, Currency, Given, Id, written
from habitue.core import facts
from habitue.core.facts import Payment, Refused
from habitue.core.quoting import Offer
from habitue.ledger import quoting
from habitue.members.callers import Scope

_ASKERS: Final = calls.READERS | frozenset[Scope]({"member"})
_NAMES_NOTHING: Final = Named("", {}, {}, {})

Basket = NewPurchase | NewVisit | NewAction


class OfferTold(Given, frozen=True, kw_only=True):
    """A reward for units, and how far away it is."""

    reward: str
    unit: str
    cost: Amount
    missing: Annotated[Amount, Meta(description="Before this basket; 0: there is enough now.")]
    missing_after: Annotated[Amount, Meta(description="After it.")]
    refused: Annotated[
        RefusalShown | None, Meta(description="Why it cannot be taken now; null: it can.")
    ]


class MostPaid(Given, frozen=True, kw_only=True):
    """The most of the basket that units can pay now."""

    money: Annotated[Cents, Meta(description="Minor units.")]
    currency: Currency
    unit: str
    units: Amount


class QuoteTold(Given, frozen=True, kw_only=True):
    """What a basket would bring, and what could be done before it; it may change until then."""

    customer: Annotated[Id | None, Meta(description="Null: for somebody who joins first.")]
    refused: Annotated[RefusalShown | None, Meta(description="Why it would not be accepted.")]
    entries: Annotated[list[EntryTold], Meta(description="What it would earn, and why.")]
    joining: Annotated[
        list[EntryTold], Meta(description="What somebody unknown gets for joining first.")
    ]
    balances: Annotated[dict[str, Amount], Meta(description="What can be spent now, by unit.")]
    after: Annotated[dict[str, Amount], Meta(description="The same after the basket.")]
    tier: Annotated[str | None, Meta(description="The tier that it reaches; null: it stays.")]
    tier_before: str | None
    brings: Annotated[list[str], Meta(description="Rewards that come by themselves.")]
    rewards: list[OfferTold]
    vouchers: Annotated[list[VoucherTold], Meta(description="Can be handed in now.")]
    pay: MostPaid | None
    pay_refused: Annotated[RefusalShown | None, Meta(description="Why nothing can be paid.")]


@operation(
    "POST",
    "/quotes",
    may=_ASKERS,
    writes=False,
    body=Basket,
    problems=(404, 409),
    summary="What would this basket bring?",
    example={
        "kind": "purchase",
        "customer": "external:alice",
        "currency": "EUR",
        "lines": [{"amount": 350, "sku": "cappuccino"}, {"amount": 280, "sku": "croissant"}],
    },
)
def ask(call: Call, body: Basket) -> QuoteTold:
    """What a purchase, a visit or an action would earn right now, and what fits with it.

    Nothing is written, and a card's code is not used up. Without a customer: for somebody who would
    join first. Send the basket as it will be sent as an event, without instant and reference.
    """
    for field in ("at", "source", "reference"):
        if getattr(body, field) is not None:
            raise problems.wrong(
                f"/body/{field}", "A quote is of now, and is not kept. Leave it out."
            )
    place = Place("/body", call.caller, call.shelf)
    body.check(place)
    what = _bare(body).what(_NAMES_NOTHING, place)
    assert isinstance(what, facts.Purchase | facts.Visit | facts.Action)
    found = quoting.quote(call.caller.business, _customer(call, body), what, now=call.now)
    if found is None:
        raise naming.missing("customer", "/body/customer")
    return _told(call, found)


def _bare(body: Basket) -> Basket:
    """A basket without the events that it names: they change nothing of what it brings."""
    if isinstance(body, NewPurchase):
        return structs.replace(body, spent=())
    return structs.replace(body, of=None) if isinstance(body, NewAction) else body


def _customer(call: Call, body: Basket) -> int | None:
    """Whose basket it is; None: of somebody who joins first."""
    return naming.customer(call, body.customer) if body.customer else call.caller.customer


def _told(call: Call, quote: quoting.Quote) -> QuoteTold:
    payment = quote.payment
    return QuoteTold(
        customer=str(quote.customer) if quote.customer is not None else None,
        refused=recorded.refusal(quote.refused),
        entries=[told.entry(line, call.shelf) for line in quote.entries],
        joining=[told.entry(line, call.shelf) for line in quote.joining],
        balances=_amounts(call, quote.balances),
        after=_amounts(call, quote.after),
        tier=quote.level or None,
        tier_before=quote.level_before or None,
        brings=quote.brings,
        rewards=[_offer(call, quote, one) for one in quote.offers],
        vouchers=[told.voucher(one) for one in quote.vouchers],
        pay=_most(call, payment) if isinstance(payment, Payment) else None,
        pay_refused=recorded.refusal(payment) if isinstance(payment, Refused) else None,
    )


def _offer(call: Call, quote: quoting.Quote, offer: Offer) -> OfferTold:
    unit, cost = offer.cost
    places = told.decimals(call.shelf, unit)
    return OfferTold(
        reward=offer.reward,
        unit=unit,
        cost=written(cost, places),
        missing=written(offer.missing, places),
        missing_after=written(max(0, cost - max(quote.after[unit], 0)), places),
        refused=recorded.refusal(offer.refused),
    )


def _most(call: Call, payment: Payment) -> MostPaid:
    day = call.now.astimezone(call.shelf.zone).date()
    terms = call.shelf.book.on(day).program.pay_with
    assert terms is not None
    return MostPaid(
        money=payment.money,
        currency=call.shelf.currency,
        unit=terms.unit,
        units=written(payment.units, told.decimals(call.shelf, terms.unit)),
    )


def _amounts(call: Call, amounts: dict[str, int]) -> dict[str, str]:
    return {unit: written(one, told.decimals(call.shelf, unit)) for unit, one in amounts.items()}
