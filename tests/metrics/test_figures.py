"""Every figure computes its examples, reads only what it declares, speaks three tongues."""

from datetime import date
from fractions import Fraction

import pytest
from msgspec import structs

from habitue import metrics
from habitue.metrics import figure as figures
from habitue.metrics import intervals
from habitue.metrics.aggregates import NAMES, Aggregates, Counts, Money
from habitue.metrics.figure import Figure, Sums
from habitue.metrics.periods import Period

EVERY = list(metrics.every().values())
QUARTER = Period(date(1998, 1, 1), date(1998, 4, 1))
AFTER = date(1998, 4, 1)

each = pytest.mark.parametrize("figure", EVERY, ids=lambda figure: figure.id)


@each
def test_worked_examples(figure: Figure) -> None:
    assert figure.examples
    for example in figure.examples:
        sums = Sums(example.counts, example.money, example.lifespan)
        divided = figure.divide(sums)
        scale = 100 if figure.unit == "points" else 1
        assert scale * Fraction(*divided) == example.value
        assert figures.value(figure, divided) == pytest.approx(float(example.value))


def test_the_articles_numbers_are_among_the_examples() -> None:
    wanted = {
        "retention": Fraction(9, 10),
        "churn": Fraction(1, 10),
        "repeat_purchase_rate": Fraction(3, 10),
        "average_order_value": Fraction(7_00),
        "customer_lifetime_value": Fraction(2_100_00),
        "nps": Fraction(45),
        "strict_retention": Fraction(9, 10),
    }
    for name, value in wanted.items():
        assert metrics.every()[name].examples[0].value == value


@each
def test_three_languages_a_source_and_caveats(figure: Figure) -> None:
    for words in (figure.title, figure.help, figure.formula, figure.caveats):
        assert set(words) == {"fr", "it", "en"}
        assert all(words.values())
    assert figure.source


@each
def test_a_formula_reads_only_the_aggregates_it_names(figure: Figure) -> None:
    assert set(figure.needs) <= NAMES
    counts = Counts(**dict.fromkeys(Counts.__struct_fields__, 7))
    money = Money(revenue=70, orders=7, buyers=7)
    plain = figure.divide(Sums(counts, money))
    for name in set(Counts.__struct_fields__) - set(figure.needs):
        assert figure.divide(Sums(structs.replace(counts, **{name: 1000}), money)) == plain
    changed = [figure.divide(_with(counts, money, name)) != plain for name in figure.needs]
    assert all(changed)


def _with(counts: Counts, money: Money, name: str) -> Sums:
    if hasattr(counts, name):
        counts = structs.replace(counts, **{name: 1001})
    if hasattr(money, name):
        money = structs.replace(money, **{name: 1001})
    return Sums(counts, money)


@each
def test_nothing_to_divide_by_is_not_enough_data_yet(figure: Figure) -> None:
    divided = figure.divide(Sums(Counts()))
    assert figures.value(figure, divided) is None
    assert figures.interval(figure, Sums(Counts()), divided) is None


def test_the_essential_figures_come_first() -> None:
    assert tuple(metrics.every())[: len(metrics.ESSENTIAL)] == metrics.ESSENTIAL


def test_wilson_against_published_values() -> None:
    # Newcombe 1998, table I: 81/263, 15/148, 0/20, 1/29 by the score method.
    for successes, trials, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        found = intervals.wilson(successes, trials)
        assert found == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_an_nps_is_clamped_and_holds_its_value() -> None:
    everybody = intervals.net_promoters(3, 0, 0)
    assert everybody is not None
    assert everybody.high == 100
    found = intervals.net_promoters(60, 25, 15)
    assert found is not None
    assert -100 <= found.low < 45 < found.high <= 100
    assert found == pytest.approx((29.34, 58.04), abs=0.01)


def test_retention_over_100_percent_has_no_interval() -> None:
    sums = Aggregates(counts=Counts(start=10, end=14, new=2))
    result = metrics.results(sums, QUARTER, AFTER)[0]
    assert (result.value, result.low, result.high) == (1.2, None, None)


def test_a_period_that_is_not_over_has_no_value_but_a_day_on_which_it_ripens() -> None:
    sums = Aggregates(counts=Counts(start=10, end=9, kept=9, lost=1))
    running = metrics.results(sums, QUARTER, date(1998, 3, 31))
    assert {result.value for result in running} == {None}
    assert {result.ripens_on for result in running} == {date(1998, 4, 1)}
    assert metrics.results(sums, QUARTER, AFTER)[0].value == 0.9


def test_few_people_are_counted_not_percented() -> None:
    sums = Aggregates(counts=Counts(start=29, kept=20, known=400, dormant=100))
    by_id = {result.id: result for result in metrics.results(sums, QUARTER, AFTER)}
    assert by_id["strict_retention"].few
    assert not by_id["dormant"].few
    assert not by_id["nps"].few


def test_currencies_answer_side_by_side_never_summed() -> None:
    money = {
        "EUR": Money(revenue=100_00, orders=10, buyers=5),
        "JPY": Money(revenue=9_000, orders=3, buyers=3),
    }
    results = metrics.results(Aggregates(money=money), QUARTER, AFTER, currency="EUR")
    orders = [(r.currency, r.value) for r in results if r.id == "average_order_value"]
    assert orders == [("EUR", 1000.0), ("JPY", 3000.0)]


@pytest.mark.parametrize(
    "text", ["1998", "1998-01-01", "1998-13-01..1999-01-01", "1998-04-01..1998-01-01", "a..b", ".."]
)
def test_a_bad_period_is_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"[.]$"):
        metrics.periods.parse(text)


def test_a_period_is_half_open() -> None:
    period = metrics.periods.parse("1998-01-01..1998-04-01")
    assert period.days == 90
    assert not period.over(date(1998, 3, 31))
    assert period.over(date(1998, 4, 1))
