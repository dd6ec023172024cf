"""Shops whose figures have every reason to go wrong: nobody came, all came at once, or too much."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import MAX_AMOUNT, Line, Purchase
from habitue.ledger import Answer, Fact, database, lives
from habitue.members import answers, businesses
from habitue.members.models import Business, Customer
from tests.ledger.conftest import guests

PROGRAM: Final = """\
program: shop
title: Shop
currency: {currency}
timezone: {zone}
enrolment: {enrolment}
units:
  points: {{worth: {worth}}}
earn:
  - {{id: base, when: purchase, award: {{points: 1, per: {per}}}}}
rewards:
  - {{id: coffee, cost: {{points: 10}}, gives: {{product: coffee}}}}
"""
STAMPS: Final = """\
program: stamps
title: Stamps
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units: {stamps: {}}
earn: [{id: scan, when: visit, award: {stamps: 1, per: item}}]
rewards: [{id: coffee, cost: {stamps: 10}, gives: {product: coffee}}]
"""
WORTH: Final = {"JPY": ("100", "5"), "KWD": ("0.500", "0.010")}
NAME: Final = 'a "quoted";\n=HYPERLINK("x")<b>\\'
TODAY: Final = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
Deed = tuple[int, float, facts.What]


def shop(slug: str, currency: str = "EUR", zone: str = "Europe/Paris", text: str = "") -> Business:
    """A shop with a program that counts in its currency."""
    made = bare(slug, currency, zone)
    publish(made, text or program(made, currency))
    return made


def bare(slug: str, currency: str = "EUR", zone: str = "Europe/Paris") -> Business:
    """A shop without a program."""
    return businesses.create(
        name=slug, kind="cafe", country="FR", slug=slug, currency=currency, timezone=zone
    )


def program(made: Business, currency: str, *, enrolment: str = "automatic") -> str:
    per, worth = WORTH.get(currency, ("1.00", "0.05"))
    return PROGRAM.format(
        currency=currency, zone=made.timezone, worth=worth, per=per, enrolment=enrolment
    )


def publish(made: Business, text: str) -> None:
    published = ledger.publish(made.pk, text)
    assert not published.problems, published.problems


def told(made: Business, deeds: Iterable[Deed]) -> list[Answer]:
    """What customers did so many days ago, in the order of time; all of it is accepted."""
    batch = [
        Fact(customer=who, at=TODAY - timedelta(days=days), what=what)
        for who, days, what in sorted(deeds, key=lambda deed: -deed[1])
    ]
    found = ledger.post(made.pk, batch, now=TODAY) if batch else []
    assert [one.refused for one in found if one.refused] == []
    return found


def goods(cents: int, currency: str = "EUR", **named: Any) -> Purchase:
    return Purchase((Line(cents, **named),), currency)


def weekly(people: Iterable[int], weeks: int, what: facts.What, *, since: float = 1) -> list[Deed]:
    """Everybody came every week, each on a day of their own."""
    return [
        (who, since + place % 7 + 7 * week, what)
        for place, who in enumerate(people)
        for week in range(weeks)
    ]


def nobody() -> Business:
    return shop("nobody")


def without_program() -> Business:
    made = bare("without-program")
    guests(made, 3)
    said = [answers.Answered("nps", 9, 10, TODAY.date(), "one")]
    answers.record(made, said, source="survey")
    return made


def known_only() -> Business:
    made = shop("known-only")
    told(made, [(who, 9, facts.Enrolment()) for who in guests(made, 8)])
    return made


def one() -> Business:
    made = shop("one")
    told(made, [(guests(made, 1)[0], 40, goods(650))])
    return made


def today_only() -> Business:
    made = shop("today-only")
    told(made, [(who, 0, goods(650)) for who in guests(made, 3)])
    return made


def eight() -> Business:
    made = shop("eight")
    told(made, weekly(guests(made, 8), 13, goods(650, sku="coffee", category="drinks")))
    return made


def one_day() -> Business:
    """Some of them twice."""
    made = shop("one-day")
    people = guests(made, 40)
    told(made, [(who, 65, goods(100 + who % 7)) for who in [*people, *people[:9]]])
    return made


def everyone_once() -> Business:
    made = shop("everyone-once")
    told(made, [(who, 3 + 9 * n, goods(500 + n)) for n, who in enumerate(guests(made, 40))])
    return made


def nobody_left() -> Business:
    """Forty who came every week to this day, for the same price."""
    made = shop("nobody-left")
    told(made, weekly(guests(made, 40), 26, goods(650)))
    return made


def all_gone() -> Business:
    """Nobody came for two years."""
    made = shop("all-gone")
    told(made, weekly(guests(made, 12), 8, goods(650), since=740))
    return made


def free() -> Business:
    made = shop("free")
    told(made, weekly(guests(made, 9), 20, goods(0, sku="water")))
    return made


def only_refunds() -> Business:
    """Everything came back, some of it months later."""
    made = shop("only-refunds")
    found = told(made, [(who, 100 + n, goods(900)) for n, who in enumerate(guests(made, 9))])
    told(
        made,
        [(one.customer, 3 + 9 * n, facts.Refund(one.event)) for n, one in enumerate(found)],
    )
    return made


def undone() -> Business:
    made = shop("undone")
    found = told(made, [(who, 100, goods(900)) for who in guests(made, 9)])
    told(made, [(one.customer, 9, facts.Undo(one.event, consequence=True)) for one in found])
    return made


def two_currencies() -> Business:
    """Tourists paid in francs, as a door to come may write it: the ledger has a column for it."""
    made = shop("two-currencies")
    people = guests(made, 12)
    told(made, weekly(people, 12, goods(650)))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE ledger_event SET currency = 'CHF',"
            ' what = (what::jsonb || \'{"currency": "CHF"}\')::json'
            " WHERE business_id = %s AND customer_id = ANY(%s)",
            [made.pk, people[:5]],
        )
        cursor.execute("ALTER TABLE ledger_event ENABLE TRIGGER USER")
    lives.recount(database.cursor(), people)
    return made


def erased() -> Business:
    made = shop("erased")
    people = guests(made, 9, name="Alice")
    told(made, weekly(people, 20, goods(650)))
    Customer.objects.filter(pk__in=people[:4]).update(name="", erased_at=TODAY)
    return made


def merged() -> Business:
    """Two become one, and two became one and are two again."""
    made = shop("merged")
    people = guests(made, 6)
    told(made, weekly(people, 20, goods(650)))
    told(made, [(people[0], 2, facts.Merge(people[1]))])
    (wrong,) = told(made, [(people[2], 2, facts.Merge(people[3]))])
    told(made, [(people[2], 1, facts.Undo(wrong.event, consequence=True))])
    told(made, [(people[1], 0.5, goods(99))])
    return made


def stamps_only() -> Business:
    made = shop("stamps-only", text=STAMPS)
    told(made, weekly(guests(made, 35), 9, facts.Visit()))
    return made


def far(slug: str, zone: str) -> Business:
    """Purchases every three hours: some fall on another day in UTC."""
    made = shop(slug, "USD", zone)
    people = guests(made, 8)
    told(made, [(people[n % 8], n / 8, goods(300 + n, "USD")) for n in range(1, 700, 3)])
    return made


def auckland() -> Business:
    return far("auckland", "Pacific/Auckland")


def new_york() -> Business:
    return far("new-york", "America/New_York")


def yen() -> Business:
    made = shop("yen", "JPY", "Asia/Tokyo")
    told(made, weekly(guests(made, 9), 20, goods(1_980, "JPY")))
    return made


def dinar() -> Business:
    made = shop("dinar", "KWD", "Asia/Kuwait")
    told(made, weekly(guests(made, 9), 20, goods(1_234, "KWD")))
    return made


def rich() -> Business:
    """As much as a line may be, and of lines, as many: 1.8 × 10^16 in all."""
    made = shop("rich")
    much = Purchase(tuple(Line(MAX_AMOUNT) for _ in range(12)), "EUR")
    told(made, weekly(guests(made, 9), 17, much))
    return made


def names() -> Business:
    """Names of products and people that are code to somebody."""
    made = shop("names")
    people = guests(made, 35, name="=1+1;<script>alert(1)</script>")
    both = Purchase(
        (Line(300, sku=NAME, category=NAME), Line(200, sku="=2+2", category="@a")), "EUR"
    )
    told(made, weekly(people[:30], 6, both))
    told(made, weekly(people, 6, goods(100, sku="tea'); DROP TABLE x", category="%s {0}")))
    return made


def categories() -> Business:
    """Every line has a product and a category that no other line has."""
    made = shop("categories")
    people = guests(made, 30)
    told(
        made,
        [
            (
                people[n],
                n + 1,
                Purchase(
                    tuple(Line(9, sku=f"p{n} {i}", category=f"c{n} {i}") for i in range(1_000)),
                    "EUR",
                ),
            )
            for n in range(30)
        ],
    )
    return made


def century() -> Business:
    """Nobody forgot the grandparents: purchases a hundred years apart."""
    made = shop("century")
    people = guests(made, 9)
    told(made, [(who, days, goods(100)) for who in people for days in (36_000, 20_000, 1)])
    return made


def answers_wild() -> Business:
    """Scales of any length, a question asked on two of them, and none of them near its end."""
    made = shop("answers")
    told(made, weekly(guests(made, 3), 3, goods(100)))
    asked = [("nps", 0, 10), ("nps", 10, 10), ("csat", 7, 7), ("csat", 1, 5), ("ces", 5, 5)]
    said = [
        answers.Answered(question, score, scale, TODAY.date() - timedelta(40), f"{n}")
        for n, (question, score, scale) in enumerate(asked)
    ]
    answers.record(made, said, source="survey")
    return made


SHOPS: Final[dict[str, Callable[[], Business]]] = {
    make.__name__: make
    for make in (
        nobody, without_program, known_only, one, today_only, eight, one_day, everyone_once,
        nobody_left, all_gone, free, only_refunds, undone, two_currencies, erased, merged,
        stamps_only, auckland, new_york, yen, dinar, rich, names, categories, century,
        answers_wild,
    )
}  # fmt: skip
