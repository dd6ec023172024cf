"""The people of a seeded business and what they did there: invented, posted through the ledger.

Eight weeks of purchases and visits, week by week with the draws that belong to them; then, on the
day before, one of everything else that can happen to a member.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from habitue import ledger
from habitue.core import facts
from habitue.ledger import draws, households, payments
from habitue.members import cards, consents, customers
from habitue.members.models import Business, Customer

WEEKS: Final = 8
SOURCE: Final = "till"
PARTNER: Final = "bakery"
PREPAID: Final = "kiosk"
PURCHASE: Final = "sale-yesterday"
NAMES: Final = (
    "Alice Martin",
    "Bruno Rossi",
    "Chiara Bianchi",
    "Diego Garcia",
    "Emma Petit",
    "Fatou Diop",
    "Giulia Conti",
    "Hugo Bernard",
    "Inès Laurent",
    "Jules Moreau",
    "Karim Haddad",
    "Luca Ferrari",
)
MEMBERS: Final = 10
"""The first so many enrolled; the others only buy."""

_PURCHASES: Final = (14, 12, 10, 8, 6, 5, 5, 4, 4, 3, 3, 2)
_GOODS: Final = (("TEA-1", "tea", 350), ("BEANS-250", "coffee", 890), ("CAKE-1", "cake", 420))


class Told(Struct, frozen=True):
    """What a stranger can begin from: customers in the order of `NAMES`, two of their events."""

    customers: list[int]
    purchase: ledger.Answer
    redemption: ledger.Answer


class Sale(Struct, frozen=True):
    """A purchase to come: whose (by place in `NAMES`), when, and their how many-eth it is."""

    place: int
    at: datetime
    number: int


def tell(business: Business, *, by: str, now: datetime) -> Told:
    """Everybody joins, buys for eight weeks, and has one of everything else happen to them.

    `by` confirms that the country's rules for draws were looked up.
    """
    morning = now.replace(hour=8, minute=0, second=0, microsecond=0)
    first = morning - timedelta(weeks=WEEKS)
    people = _arrive(business, first)
    draws.confirm(business.pk, country=business.country, by=by, now=first)
    for partner, money in ((PREPAID, 10_000), (PARTNER, 500)):
        payments.record(
            business.pk,
            "partner",
            partner,
            money=money,
            day=first.date(),
            reference=f"seed-{partner}",
            now=first,
        )
    for week in range(WEEKS):
        start = first + timedelta(weeks=week)
        draws.open_due(business.pk, now=start)
        end = start + timedelta(weeks=1)
        sales = [sale for sale in _sales(first) if start <= sale.at < end]
        _post(business, [fact for sale in sales for fact in _facts(sale, people[sale.place])])
        draws.close_due(business.pk, now=end)
    oldest = min(draws.periods(business.pk), key=lambda period: period.starts_on)
    draws.reveal(business.pk, oldest.draw, oldest.starts_on, now=morning - timedelta(days=1))
    return _yesterday(business, people, morning - timedelta(days=1))


def _arrive(business: Business, at: datetime) -> list[int]:
    """The customers in the order of `NAMES`: members with a card, and some who only buy."""
    emails = [f"{name.partition(' ')[0].lower()}@example.org" for name in NAMES]
    found = customers.find_or_create_many(business, "email", emails, created_at=at)
    people = [found[email] for email in emails]
    for place, key in enumerate(people):
        one = Customer.objects.select_related("business").get(pk=key)
        one.name, one.language = NAMES[place], business.language
        one.birth_month, one.birth_day = 1 + place, 5 + place
        one.save(update_fields=["name", "language", "birth_month", "birth_day"])
        customers.add_identity(one, "external", f"crm-{place + 1:03}")
        customers.add_identity(one, "phone", f"+3361234{place + 1:04}")
        consents.record(
            one,
            purpose="marketing",
            channel="email",
            granted=place % 2 == 0,
            wording="News of the house by mail",
            source="seed",
            at=at,
        )
    members = people[:MEMBERS]
    customers.enroll_many(business, members, at=at)
    cards.issue_many(members)
    joining = facts.Enrolment(channel="counter")
    _post(business, [_fact(key, at, joining, f"enrolment-{key}", "card") for key in members])
    return people


def _sales(first: datetime) -> list[Sale]:
    """All purchases in the order of time, each customer's evenly over the weeks up to yesterday."""
    days = 7 * WEEKS - 2
    sales = [
        Sale(
            place,
            first + timedelta(days=days * number // count, hours=place % 9, minutes=place),
            number,
        )
        for place, count in enumerate(_PURCHASES)
        for number in range(count)
    ]
    return sorted(sales, key=lambda sale: sale.at)


def _facts(sale: Sale, customer: int) -> list[ledger.Fact]:
    """What somebody bought; a member's card is stamped as well."""
    reference = f"sale-{sale.place + 1}-{sale.number + 1}"
    bought = _purchase(sale.place + sale.number)
    told = [_fact(customer, sale.at, bought, reference)]
    if sale.place < MEMBERS:
        stamped = facts.Visit(channel="counter")
        told.append(_fact(customer, sale.at, stamped, f"visit{reference[4:]}"))
    return told


def _purchase(sort: int, **given: Any) -> facts.Purchase:
    """Two lines of goods, another choice for each sort."""
    lines = tuple(
        facts.Line(price * (1 + sort % 3), 1 + sort % 3, sku, category)
        for sku, category, price in (_GOODS[sort % 3], _GOODS[(sort + 1) % 3])
    )
    return facts.Purchase(lines, "EUR", channel="counter", **given)


def _yesterday(business: Business, people: Sequence[int], at: datetime) -> Told:
    """One of everything that can happen beside buying, and what a stranger is told of it."""
    alice, bruno, chiara, diego, emma, fatou, giulia, hugo, ines, *_ = people
    noon = iter(range(1, 100))

    def done(who: int, what: facts.What, reference: str = "") -> ledger.Answer:
        then = at + timedelta(minutes=next(noon))
        return _post(business, [_fact(who, then, what, reference or f"seed-{then:%H%M}")])[0]

    redemption = done(alice, facts.Redemption("five-off"))
    purchase = done(alice, _purchase(1), PURCHASE)
    paid = done(alice, facts.Payment(money=200, order=1_660))
    done(alice, _purchase(2, covered=200, spent=(paid.event,)))
    done(alice, facts.BenefitUse("delivery", order=2_500))
    done(bruno, facts.Redemption("tea", at_once=True))
    done(bruno, facts.Refund(of=done(bruno, _purchase(4)).event, lines=(facts.Returned(0),)))
    done(chiara, facts.Redemption("tree"))
    done(chiara, facts.Undo(of=done(chiara, facts.Visit(quantity=2)).event))
    done(diego, facts.Adjustment("points", 25, "the till was down on Monday"))
    done(emma, facts.Transfer("points", 20, to=fatou))
    done(fatou, facts.Action("review"))
    done(giulia, _purchase(5, partner=PARTNER))
    done(giulia, _purchase(6, partner=PREPAID))
    households.join(business.pk, hugo, ines, now=at)
    return Told(list(people), purchase, redemption)


def _fact(
    customer: int, at: datetime, what: facts.What, reference: str, source: str = SOURCE
) -> ledger.Fact:
    return ledger.Fact(customer=customer, at=at, what=what, source=source, reference=reference)


def _post(business: Business, batch: Sequence[ledger.Fact]) -> list[ledger.Answer]:
    """Post as of just after the newest fact; everything here is accepted, or this page is wrong."""
    told = ledger.post(business.pk, batch, now=max(fact.at for fact in batch))
    refused = [one.refused for one in told if one.refused]
    assert not refused, refused
    return told
