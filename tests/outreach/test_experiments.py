"""Experiments: declared before they start, drawn for ever, compared as they were drawn."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from habitue.core import facts
from habitue.members import survivors
from habitue.members.models import Business, Customer
from habitue.metrics.experiments import judging, sums
from habitue.metrics.experiments.judging import Verdict
from habitue.metrics.experiments.measures import MEASURES
from habitue.outreach import audiences, experiments, gathering
from habitue.outreach.audiences import OfSegment
from habitue.outreach.gathering import Span
from habitue.outreach.models import Experiment
from tests.ledger.conftest import bought, does, guests, make_cafe, post
from tests.outreach.conftest import NOW, came, weekly

SEED = "0123456789abcdef"
SPAN = Span(since=date(2026, 2, 1), until=date(2026, 3, 1), before=date(2026, 1, 4))


def begun(cafe: Business, **given: Any) -> Experiment:
    return experiments.start(cafe, **{"name": "gift", "seed": SEED, "now": NOW, **given})


def at(day: date) -> datetime:
    return NOW.replace(year=day.year, month=day.month, day=day.day)


def spent(cafe: Business, customer: int) -> dict[str, int]:
    (found,) = gathering.sums(cafe, SPAN, customers=[customer]).values()
    return found.sums


def test_a_customer_s_sums_by_hand(cafe: Business) -> None:
    (alice,) = guests(cafe, 1)
    days = [date(2026, 1, 3), date(2026, 1, 4), date(2026, 1, 31), date(2026, 2, 1)]
    for cents, day in enumerate([*days, date(2026, 2, 28), date(2026, 3, 1)], 1):
        post(cafe, bought(alice, cents * 100, at=at(day)), now=at(day))
    assert spent(cafe, alice) == {
        "revenue": 4_00 + 5_00,
        "orders": 2,
        "buyers": 1,
        "revenue_before": 2_00 + 3_00,
        "orders_before": 2,
        "buyers_before": 1,
    }
    one = gathering.sums(cafe, SPAN, customers=[alice])[False]
    assert one == sums.of([one.sums])


def test_refunds_count_on_their_day_and_what_was_undone_not_at_all(cafe: Business) -> None:
    (alice,) = guests(cafe, 1)
    first, second = at(date(2026, 1, 20)), at(date(2026, 2, 10))
    (early,) = post(cafe, bought(alice, 50_00, at=first), now=first)
    (wrong,) = post(cafe, bought(alice, 7_00, at=second), now=second)
    later = second + timedelta(days=1)
    post(
        cafe,
        does(alice, facts.Refund(early.event, amount=20_00), at=later),
        does(alice, facts.Undo(wrong.event), at=later),
        now=later,
    )
    found = spent(cafe, alice)
    assert (found["revenue_before"], found["revenue"]) == (50_00, -20_00)
    assert (found["orders_before"], found["orders"]) == (1, 0)


def test_who_went_over_is_one_person_under_the_other_s_number(cafe: Business) -> None:
    alice, card = guests(cafe, 2)
    day = at(date(2026, 2, 3))
    for who in (alice, card):
        post(cafe, bought(who, 10_00, at=day), now=day)
    survivors.merge(card, alice)
    everybody = gathering.sums(cafe, SPAN, known=date(2026, 3, 1))[False]
    assert (everybody.count, everybody.sums["revenue"]) == (1, 20_00)
    made = begun(cafe)
    assert experiments.arm_of(made, card) == experiments.arm_of(made, alice)


def test_those_who_take_part_were_known_before_the_start(cafe: Business) -> None:
    alice, bruno, chiara = guests(cafe, 3)
    for who, day in ((alice, 31), (bruno, 31), (chiara, 32)):
        moment = at(date(2026, 1, 1) + timedelta(days=day - 1))
        post(cafe, bought(who, 10_00, at=moment), now=moment)
    other = make_cafe(name="Bar Sport")
    (stranger,) = guests(other, 1)
    post(other, bought(stranger, 10_00, at=at(date(2026, 1, 5))), now=at(date(2026, 1, 5)))
    assert gathering.sums(cafe, SPAN)[False].count == 2


def test_the_groups_are_those_that_arm_of_says(cafe: Business) -> None:
    customers = guests(cafe, 60)
    came(cafe, {who: [20] for who in customers})
    made = begun(cafe, share=3_000)
    drawn = (made.seed, made.share)
    groups = gathering.sums(cafe, SPAN, customers=customers, drawn=drawn)
    held_out = [one for one in customers if experiments.arm_of(made, one) == "control"]
    assert (groups[True].count, groups[False].count) == (len(held_out), 60 - len(held_out))
    assert 8 <= len(held_out) <= 28


def test_an_experiment_without_a_difference_is_not_decided(cafe: Business) -> None:
    customers = guests(cafe, 90)
    came(cafe, {who: weekly(1 + place % 9, 14) for place, who in enumerate(customers)})
    begin = NOW - timedelta(days=40)
    made = begun(cafe, now=begin, share=5_000, days=40, figures=list(MEASURES))
    found = experiments.result(made, now=NOW)
    assert (found.control + found.treated, found.days) == (90, 40)
    assert found.withheld is None
    assert [one.measure.id for one in found.figures] == list(MEASURES)
    ways = {one.decided for one in found.figures if isinstance(one, Verdict)}
    assert ways == {"undecided"}


def test_what_the_treated_do_more_is_found(cafe: Business) -> None:
    customers = guests(cafe, 90)
    begin = NOW - timedelta(days=30)
    came(cafe, {who: [60 + place % 7, 40 + place % 5] for place, who in enumerate(customers)})
    made = begun(cafe, now=begin, share=5_000, days=30)
    for place, who in enumerate(customers):
        times = 2 + place % 2 if experiments.arm_of(made, who) == "treated" else 1 + place % 2
        came(cafe, {who: [3 + 4 * time for time in range(times)]})
    (found,) = experiments.result(made, now=NOW).figures
    assert isinstance(found, Verdict)
    assert found.decided == "more"
    assert found.treated - found.control == pytest.approx(found.difference)


def test_results_end_with_the_experiment(cafe: Business) -> None:
    customers = guests(cafe, 70)
    came(cafe, {who: [50] for who in customers})
    made = begun(cafe, now=NOW - timedelta(days=30), share=5_000)
    experiments.end(made, now=NOW - timedelta(days=10))
    experiments.end(made, now=NOW)
    assert made.ended_on == (NOW - timedelta(days=10)).date()
    came(cafe, {who: [5] for who in customers})
    found = experiments.result(made, now=NOW)
    assert found.days == 20
    assert not [one for one in found.figures if isinstance(one, Verdict)]


def test_on_the_first_day_nothing_is_told(cafe: Business) -> None:
    came(cafe, {who: [5] for who in guests(cafe, 70)})
    found = experiments.result(begun(cafe, share=5_000), now=NOW)
    assert found.withheld is not None
    assert found.withheld["en"] == "No whole day has passed yet."


def test_an_odd_sample_withholds_the_results(
    cafe: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the treated had lost most of their customers on the way to the table."""
    customers = guests(cafe, 120)
    came(cafe, {who: [60, 5] for who in customers})
    made = begun(cafe, now=NOW - timedelta(days=30), share=5_000)
    treated = [one for one in customers if experiments.arm_of(made, one) == "treated"]
    for one in treated[8:]:
        survivors.merge(one, treated[0])
    found = experiments.result(made, now=NOW)
    assert found.odds is not None
    assert found.odds < judging.ODD
    assert found.withheld is not None
    assert found.withheld["fr"].startswith("Résultats retenus")


def test_a_live_audience_is_frozen_at_the_start(cafe: Business, people: dict[str, int]) -> None:
    live = audiences.make(cafe, "Away", OfSegment(segment="slipping"), now=NOW)
    made = begun(cafe, audience=live, share=5_000)
    assert made.audience is not None
    assert (made.audience.kind, made.audience.name) == ("frozen", "Away (gift)")
    assert list(made.audience.frozen.values_list("customer_id", flat=True)) == [people["bruno"]]
    frozen = gathering.sums(cafe, SPAN, audience=made.audience)
    assert {held: group.count for held, group in frozen.items()} == {False: 1}


def test_an_erased_customer_still_counts_in_the_group_that_was_drawn(
    cafe: Business, people: dict[str, int]
) -> None:
    chosen = OfSegment(segment="slipping")
    frozen = audiences.make(cafe, "Away", chosen, now=NOW, frozen=True)
    Customer.objects.filter(pk=people["bruno"]).update(erased_at=NOW)
    assert gathering.sums(cafe, SPAN, audience=frozen)[False].count == 1


def test_two_of_an_audience_who_are_one_person_count_once(
    cafe: Business, people: dict[str, int]
) -> None:
    chosen = OfSegment(segment="slipping")
    frozen = audiences.make(cafe, "Away", chosen, now=NOW, frozen=True)
    (card,) = guests(cafe, 1)
    survivors.merge(people["bruno"], card)
    assert gathering.sums(cafe, SPAN, audience=frozen)[False].count == 1
    came(cafe, {card: [10]})
    found = gathering.sums(cafe, SPAN, audience=frozen)[False]
    assert found.sums["revenue"] >= 10_00  # what the person buys under the number that goes on
    assert found.sums["buyers"] == 1


def test_what_was_declared_stays(cafe: Business) -> None:
    made = begun(cafe)
    for changed in ({"seed": SEED + "x"}, {"share": 5}, {"figures": ["orders"]}, {"days": 5}):
        with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
            Experiment.objects.filter(pk=made.pk).update(**changed)
    experiments.end(made, now=NOW)
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        Experiment.objects.filter(pk=made.pk).update(ended_on=None)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"share": 0}, "more than 0 %"),
        ({"share": 10_000}, "less than 100 %"),
        ({"days": 0}, "1 to 730 days"),
        ({"days": 731}, "1 to 730 days"),
        ({"figures": []}, "is about revenue, orders, buyers, order_value"),
        ({"figures": ["mood"]}, "not 'mood'"),
        ({"figures": ["orders", "orders"]}, "declared once"),
        ({"seed": "short"}, "drawn by chance"),
        ({"name": "No spaces!"}, "small letters, digits and hyphens"),
    ],
)
def test_what_cannot_be_an_experiment_says_why(
    cafe: Business, given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        begun(cafe, **given)
    assert experiments.every(cafe) == {}


def test_a_name_is_taken_once(cafe: Business) -> None:
    begun(cafe)
    with pytest.raises(ValueError, match="There is an experiment 'gift' already"):
        begun(cafe)
    begun(make_cafe(name="Bar Sport"))


def test_what_could_be_seen_is_said_before(cafe: Business) -> None:
    customers = guests(cafe, 80)
    came(cafe, {who: weekly(1 + place % 9, 5) for place, who in enumerate(customers)})
    one, two = experiments.foresee(
        cafe, now=NOW, share=5_000, days=20, figures=["orders", "buyers"]
    )
    assert (one.members, one.measure.id) == (80, "orders")
    assert one.share is not None
    assert one.words["en"].startswith("With your 80 members you would see differences of")
    assert two.measure.id == "buyers"
    (none,) = experiments.foresee(cafe, now=NOW, share=1_000, days=20)
    assert none.difference is None
