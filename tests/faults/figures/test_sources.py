"""Figures of unlucky shops: every source agrees to the integer, what is too much is a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from msgspec import structs

from habitue.core import facts
from habitue.core.facts import MAX_AMOUNT, MAX_LINES, Line, Purchase
from habitue.lake import engines, snapshots
from habitue.ledger import database, lifelines
from habitue.ledger import figures as ledger_figures
from habitue.ledger import lives as kept_lives
from habitue.ledger.kept import Kept
from habitue.metrics import lives
from habitue.metrics.aggregates import NAMES, Uncountable
from habitue.metrics.asked import Asked
from habitue.metrics.lowerings.anywhere import Anywhere
from habitue.metrics.lowerings.plain import History, Plain
from habitue.metrics.lowerings.state import State
from habitue.metrics.periods import Period
from habitue.metrics.sources import Source
from habitue.metrics.tables import OrderLine
from tests.faults.figures.conftest import Town
from tests.faults.figures.shops import SHOPS, TODAY, goods, shop, told
from tests.ledger.conftest import guests, rows
from tests.metrics.loading import InDuckDB, Loading, in_postgres
from tests.metrics.test_engines import same_lives
from tests.metrics.test_state import query, tables

DAY = TODAY.date()
MONTH = Period(DAY - timedelta(31), DAY - timedelta(1))


def ask(ago: int, days: int, window: int) -> Asked:
    since = DAY - timedelta(ago)
    return Asked(period=Period(since, since + timedelta(days)), window=window)


ASKED = {
    "a month": ask(31, 30, 30),
    "W longer than history": ask(90, 90, 3_660),
    "one day, W of one": ask(65, 1, 1),
    "today": ask(0, 1, 14),
    "not over": ask(9, 30, 30),
    "before anything": ask(64_000, 365, 90),
    "a century": ask(36_500, 36_500, 60),
    "the future": ask(-700, 30, 9),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", SHOPS)
def test_all_sources_agree_to_the_integer(name: str, town: Town) -> None:
    of = town.shop(name)
    plain = Plain(tables(of), of.pk, of.currency)
    mine = [asked for n, asked in enumerate(ASKED.values()) if (n + len(name)) % 4 == 0]
    with (
        engines.duckdb(town.lake, of.pk, threads=1) as duck,
        engines.postgres(snapshots.address()) as elephant,
    ):
        found: dict[str, Source] = {
            "state": State(query, of.pk, of.currency),
            "kept": Kept(of, NAMES, now=TODAY),
            "kept, again": Kept(of, NAMES, now=TODAY),
            "duckdb": Anywhere(duck, of.pk, of.currency),
            "postgres": Anywhere(elephant, of.pk, of.currency),
        }
        for asked in [ASKED["a month"], *mine]:
            sums = {place: source.aggregates(asked) for place, source in found.items()}
            assert sums == dict.fromkeys(found, plain.aggregates(asked)), asked
        day = DAY - timedelta(len(name) % 2 * 60)
        for source in found.values():
            assert source.gaps(day) == plain.gaps(day)
            same_lives(source.lives(day), plain.lives(day))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["auckland", "new_york"])
def test_a_purchase_counts_on_the_day_of_its_shop(name: str, town: Town) -> None:
    of = town.shop(name)
    found = rows(
        """SELECT line."on", event.at FROM canonical_order_lines line
        JOIN ledger_event event ON event.customer_id = line.customer AND event.id = line."order"
        WHERE line.business = %s""",
        of.pk,
    )
    zone = ZoneInfo(of.timezone)
    assert all(on == at.astimezone(zone).date() for on, at in found)
    elsewhere = sum(on != at.astimezone(UTC).date() for on, at in found)
    assert 0.1 < elsewhere / len(found) < 0.7
    assert State(query, of.pk, of.currency).aggregates(ASKED["a month"]).counts.orders == sum(
        MONTH.since <= on < MONTH.until for on, _at in found
    )


# --- more than can be counted ------------------------------------------------------------------

HUGE = [
    OrderLine(
        business=16, customer=who, order=16, line=0, on=MONTH.since, amount=amount, currency="EUR"
    )
    for who, amount in enumerate([2**62, 2**62, 2**62])
]


@pytest.fixture
def places(postgres: None) -> Iterator[dict[str, Loading]]:
    with in_postgres() as elephant:
        yield {"duckdb": InDuckDB(), "postgres": elephant}


@pytest.mark.parametrize("engine", ["plain", "duckdb", "postgres"])
@pytest.mark.parametrize("people", ["several", "one"])
@pytest.mark.parametrize("asked", ["sums", "lives"])
def test_a_sum_beyond_64_bits_is_a_sentence(
    engine: str, people: str, asked: str, places: dict[str, Loading]
) -> None:
    alone = [structs.replace(line, customer=1) for line in HUGE]
    history = History(order_lines=alone if people == "one" else HUGE)
    source: Source = Plain(history, 16, "EUR")
    if engine != "plain":
        places[engine].load(history)
        source = Anywhere(places[engine].engine, 16, "EUR")
    questions: dict[str, Callable[[], object]] = {
        "lives": lambda: source.lives(DAY),
        "sums": lambda: source.aggregates(ASKED["a month"]),
    }
    with pytest.raises(Uncountable, match="More was sold here than can be counted"):
        questions[asked]()


def test_what_numpy_would_reckon_wrongly_is_not_reckoned() -> None:
    row = (1, MONTH.since, MONTH.since, 1, 1, lives.MOST)
    assert lives.of([row], until=DAY, currency="EUR").revenue.sum() == lives.MOST
    for rows_ in ([row, (2, *row[1:])], [(*row[:5], 2**64)]):
        with pytest.raises(Uncountable):
            lives.of(rows_, until=DAY, currency="EUR")


@pytest.mark.django_db
def test_a_till_goes_on_when_a_customer_has_bought_more_than_64_bits_hold() -> None:
    made = shop("till")
    (alice,) = guests(made, 1)
    told(made, [(alice, 40, goods(100)), (alice, 20, goods(100))])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE ledger_event SET amount = %s WHERE business_id = %s", [2**62, made.pk]
        )
        cursor.execute("ALTER TABLE ledger_event ENABLE TRIGGER USER")
    kept_lives.recount(database.cursor(), [alice])
    much = Purchase(tuple(Line(MAX_AMOUNT) for _ in range(MAX_LINES)), "EUR")
    told(made, [(alice, 10, much), (alice, 9, much)])
    told(made, [(alice, 8, facts.Visit())])
    ((amount,),) = rows("SELECT amount FROM ledger_life WHERE customer_id = %s", alice)
    assert amount == 2**63 + 2 * MAX_LINES * MAX_AMOUNT
    with pytest.raises(Uncountable):
        State(query, made.pk, "EUR").lives(DAY)
    with pytest.raises(Uncountable):
        ledger_figures.answer(made, period=ASKED["a century"].period, now=TODAY, window=9)
    spent = sum(row.revenue for row in lifelines.cohorts(made.pk, currency="EUR", until=DAY))
    assert spent == amount
    told(made, [(alice, 7, goods(100))])  # and still
