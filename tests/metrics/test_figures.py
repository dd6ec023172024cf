"""Every figure computes its examples, reads only what it declares, speaks three tongues."""

from datetime import date
from fractions import Fraction
from math import prod
from typing import TypeVar

import pytest
from msgspec import structs

from habitue import metrics
from habitue.metrics import figure as figures
from habitue.metrics import intervals, wording
from habitue.metrics.aggregates import NAMES, Aggregates, Counts, Money, Units
from habitue.metrics.figure import LIFESPAN, Figure, Sums
from habitue.metrics.periods import Period

EVERY = list(metrics.every().values())
QUARTER = Period(date(1998, 1, 1), date(1998, 4, 1))
AFTER = date(1998, 4, 1)

Kind = TypeVar("Kind", Counts, Money, Units)

each = pytest.mark.parametrize("figure", EVERY, ids=lambda figure: figure.id)


@each
def test_worked_examples(figure: Figure) -> None:
    assert figure.examples
    for example in figure.examples:
        divided = figures.divide(figure, example.sums)
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
        "csat": Fraction(9, 10),
        "liability": Fraction(156_68),
    }
    for name, value in wanted.items():
        assert metrics.every()[name].examples[0].value == value


@each
def test_a_figure_is_the_sum_or_the_product_of_its_components(figure: Figure) -> None:
    for example in figure.examples if figure.components else ():
        values = [
            Fraction(*figures.divide(one, example.sums)) * one.weight for one in figure.components
        ]
        assert example.value == (sum(values) if figure.joined == "sum" else prod(values))


@each
def test_three_languages_a_source_and_caveats(figure: Figure) -> None:
    for words in (figure.title, figure.help, figure.formula, figure.caveats):
        assert set(words) == {"fr", "it", "en"}
        assert all(words.values())
    assert figure.source
    for component in figure.components:
        assert set(component.title) == {"fr", "it", "en"}
        assert all(component.title.values())


@each
def test_every_sum_that_a_formula_names_matters_to_it(figure: Figure) -> None:
    assert set(figure.needs) <= NAMES
    plain = Sums(_sevens(Counts), _sevens(Money), _sevens(Units))
    before = _told(figure, plain)
    for name in NAMES:
        assert (_told(figure, _with(plain, name)) != before) == (name in figure.needs)


def _told(figure: Figure, sums: Sums) -> object:
    divided = figures.divide(figure, sums)
    return divided, figures.interval(figure, sums, divided)


def _sevens(kind: type[Kind]) -> Kind:
    """Sums that are all different, so that none cancels another."""
    return kind(**{name: 7 + place**2 for place, name in enumerate(kind.__struct_fields__)})


def _with(sums: Sums, name: str) -> Sums:
    kind, _, of = name.rpartition(".")
    found = getattr(sums, kind or "counts")
    return sums._replace(
        **{kind or "counts": structs.replace(found, **{of: getattr(found, of) + 1})}
    )


@each
def test_nothing_to_divide_by_is_not_enough_data_yet(figure: Figure) -> None:
    divided = figures.divide(figure, Sums(Counts()))
    assert figures.value(figure, divided) is None
    assert figures.interval(figure, Sums(Counts()), divided) is None


@each
def test_a_formula_is_told_with_its_own_numbers(figure: Figure) -> None:
    for example in figure.examples:
        parts = figures.parts(figure, example.sums)
        worked = wording.worked(figure, parts)
        told = [
            prod(sum(step.weight * step.value for step in steps) for steps in factors)
            for factors in worked
        ]
        assert tuple(told) == figures.divide(figure, example.sums)


@pytest.mark.parametrize("name", [*sorted(NAMES), *LIFESPAN])
def test_every_sum_has_a_name_in_three_languages(name: str) -> None:
    label = wording.label(name)
    assert set(label) == {"fr", "it", "en"}
    assert all(label.values())


@each
def test_what_is_declared_fits_together(figure: Figure) -> None:
    assert figure.group in wording.GROUPS
    assert (figure.unit == "mean") == (figure.scale is not None)
    assert (figure.interval == "mean") == bool(figure.squares)
    if figure.interval == "wilson":
        assert figure.unit == "share"
    if figure.unit == "share" and figure.grain not in ("money", "unit"):
        assert figure.interval == "wilson"
    if set(figure.needs) & {"start", "end", "new", "kept", "dormant", "complainers", "contented"}:
        assert "window" in figure.parameters
    for quoted in figure.quoted:
        assert set(quoted.text) == {"fr", "it", "en"}
        assert quoted.source


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


def test_the_interval_of_a_mean_is_kept_within_its_scale() -> None:
    # Scores 7, 6, 5, 6: mean 6, variance 2/3, so 6 ± 1.959964 · √(1/6).
    found = intervals.mean(24, 146, 4, (1, 7))
    assert found == pytest.approx((5.199848, 6.800152), abs=5e-7)
    assert intervals.mean(20, 134, 3, (1, 7)) == pytest.approx((6.013345, 7.0), abs=5e-7)
    assert intervals.mean(7, 49, 1, (1, 7)) is None


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
    units = {"points": Units(issued=10, redeemed=5, lapsed=5)}
    by_id = {one.id: one for one in metrics.results(Aggregates(units=units), QUARTER, AFTER)}
    assert not by_id["burn_rate"].few


def test_currencies_answer_side_by_side_never_summed() -> None:
    money = {
        "EUR": Money(revenue=100_00, orders=10, buyers=5, base=80_00, expansion=20_00),
        "JPY": Money(revenue=9_000, orders=3, buyers=3),
    }
    results = metrics.results(Aggregates(money=money), QUARTER, AFTER, currency="EUR")
    orders = [(r.currency, r.value) for r in results if r.id == "average_order_value"]
    assert orders == [("EUR", 1000.0), ("JPY", 3000.0)]
    net = [(r.currency, r.value) for r in results if r.id == "net_revenue_retention"]
    assert net == [("EUR", 1.25), ("JPY", None)]


def test_units_of_the_program_answer_each_for_itself() -> None:
    units = {
        "points": Units(redeemed=600, issued=1_000, liability=156_68, worth_known=1, decimals=2),
        "stamps": Units(redeemed=9, issued=10),
    }
    results = metrics.results(Aggregates(units=units), QUARTER, AFTER, currency="EUR")
    burnt = [(r.program_unit, r.value, r.decimals) for r in results if r.id == "burn_rate"]
    assert burnt == [("points", 0.6, 2), ("stamps", 0.9, 0)]
    owed = [(r.program_unit, r.value, r.currency) for r in results if r.id == "liability"]
    assert owed == [("points", 156_68, "EUR"), ("stamps", None, "EUR")]
    none = metrics.results(Aggregates(), QUARTER, AFTER, currency="EUR", figures=["burn_rate"])
    assert [(one.program_unit, one.value) for one in none] == [("", None)]


def test_a_result_holds_the_sums_and_components_it_was_computed_from() -> None:
    sums = Aggregates(
        counts=Counts(start=100, end=105, new=15, lost=50),
        money={"EUR": Money(revenue=700_00, orders=100, buyers=1)},
    )
    by_id = {r.id: r for r in metrics.results(sums, QUARTER, AFTER, currency="EUR")}
    assert by_id["retention"].parts == {"end": 105, "new": 15, "start": 100}
    value = by_id["customer_lifetime_value"]
    assert value.parts == {"money.revenue": 700_00, "start": 100, "money.buyers": 1, "lost": 50}
    assert value.components == {"order": 7_00, "frequency": 100, "lifespan": 2}
    (given,) = metrics.results(
        sums, QUARTER, AFTER, currency="EUR", figures=[value.id], lifespan=Fraction(5, 2)
    )
    assert given.parts["lifespan.periods"] == 5
    assert given.value == 1_750_00


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


def test_a_formula_in_words_has_its_strokes_and_brackets() -> None:
    def told(name: str, language: str, sums: Sums) -> str:
        figure = metrics.every()[name]
        worked = wording.worked(figure, figures.parts(figure, sums))
        return wording.written(worked, language, lambda value, measure: f"{value:,}")

    counts = Counts(start=100, end=105, new=15, lost=10)
    assert told("retention", "en", Sums(counts)) == (
        "(105 customers at the end − 15 new customers) / 100 customers at the start"
    )
    assert told("churn", "it", Sums(counts)) == "10 clienti persi / 100 clienti all'inizio"
    money = Money(revenue=700, buyers=4, first_revenue=100, first_buyers=1)
    assert told("customer_lifetime_value", "fr", Sums(counts, money)) == (
        "(700 chiffre d'affaires × 100 clients au début)"
        " / (4 clients ayant acheté × 10 clients perdus)"
    )
    assert told("spend_advantage", "en", Sums(counts, money)) == (
        "((700 revenue − 100 revenue from first-time customers) × 1 first-time customers)"
        " / (100 revenue from first-time customers"
        " × (4 customers who bought − 1 first-time customers))"
    )
    owed = Units(liability=166, worth_known=1)
    assert told("liability", "en", Sums(counts, units=owed)) == "166 owed at the end"
