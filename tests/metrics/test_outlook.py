"""The part of a report that looks at everybody: segments, leaks, worth, staying, the holdout."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from habitue.metrics import outlook, report
from habitue.metrics.lowerings.plain import History, Plain
from habitue.metrics.segments import finding, population
from habitue.metrics.tables import OrderLine

TODAY = date(2026, 11, 1)
BUSINESS = 16


def bought(customer: int, ago: int, amount: int = 500) -> OrderLine:
    on = TODAY - timedelta(ago)
    order = customer * 1000 + ago
    return OrderLine(
        business=BUSINESS,
        customer=customer,
        order=order,
        line=0,
        on=on,
        amount=amount,
        currency="EUR",
    )


def source(lines: list[OrderLine]) -> Plain:
    return Plain(History(order_lines=lines), BUSINESS, "EUR")


def crowd() -> list[OrderLine]:
    """Eighty customers over more than a year, of different rhythms, some of whom left."""
    chance = np.random.default_rng(7)
    lines = []
    for who in range(1, 81):
        rhythm, start = int(chance.integers(4, 40)), int(chance.integers(60, 400))
        end = 0 if who % 3 else int(chance.integers(0, start))
        on = start
        while on > end:
            lines.append(bought(who, on, int(chance.integers(200, 2000))))
            on -= max(1, round(chance.exponential(rhythm)))
    return lines


@pytest.fixture(scope="module")
def seen() -> outlook.Outlook:
    return outlook.of(source(crowd()), TODAY)


def test_crowds_are_the_segments_with_those_who_brought_most_first(seen: outlook.Outlook) -> None:
    everybody = population.read(source(crowd()), TODAY)
    assert seen.people is not None
    revenue = dict(
        zip(everybody.lives.customer.tolist(), everybody.lives.revenue.tolist(), strict=True)
    )
    for one in seen.people.crowds:
        members = finding.members(everybody, one.id).tolist()
        assert sorted(one.first) == members
        assert one.customers == len(members)
        brought = [revenue[who] for who in one.first]
        assert brought == sorted(brought, reverse=True)
        assert sum(brought) == one.revenue
    assert sum(map(sum, seen.people.grid)) == seen.people.customers == 80


def test_the_grid_adds_up_to_the_groups_of_recency_and_frequency(seen: outlook.Outlook) -> None:
    assert seen.people is not None
    champions = next(one for one in seen.people.crowds if one.id == "champions")
    assert sum(seen.people.grid[4][3:]) == champions.customers


def test_leaks_are_told_the_dearest_first_and_added_up(seen: outlook.Outlook) -> None:
    assert seen.people is not None
    at_risk = [one.at_risk for one in seen.people.leaks]
    assert at_risk
    assert at_risk == sorted(at_risk, reverse=True)
    assert sum(at_risk) == seen.people.at_risk
    assert all(one.alive is not None and 0 <= one.alive <= 1 for one in seen.people.leaks)


def test_what_customers_are_worth_is_all_in_the_bins(seen: outlook.Outlook) -> None:
    worth = seen.worth
    assert worth is not None
    assert worth.total is not None
    assert worth.best is not None
    assert worth.mean == pytest.approx(worth.total / 80, abs=1)
    assert worth.total / 10 < worth.best < worth.total
    assert sum(one.customers for one in worth.bins) == 80
    assert worth.bins[-1].high is None
    for one, after in zip(worth.bins, worth.bins[1:], strict=False):
        assert one.high == after.low
    assert [one.name for one in worth.models] == ["MBG/NBD", "Gamma-Gamma"]
    assert all(one.refused is None for one in worth.models)


def test_a_model_that_refuses_says_why_in_words() -> None:
    once = [bought(who, 10) for who in range(1, 9)]
    worth = outlook.of(source(once), TODAY).worth
    assert worth is not None
    assert worth.total is None
    assert worth.models[0].refused is not None
    assert "8" in worth.models[0].refused["en"]


def test_the_share_still_there_falls_with_time(seen: outlook.Outlook) -> None:
    survival = seen.survival
    assert survival is not None
    assert survival.customers == 80
    shares = [one.share for one in survival.points]
    assert shares == sorted(shares, reverse=True)
    assert 0 < shares[-1] < 1
    at_risk = [one.at_risk for one in survival.points]
    assert at_risk[0] == 80
    assert at_risk == sorted(at_risk, reverse=True)


def test_the_model_is_held_against_days_that_it_does_not_know(seen: outlook.Outlook) -> None:
    found = seen.holdout
    assert found is not None
    assert (found.since, found.until) == (TODAY - timedelta(90), TODAY)
    lately = {(line.customer, line.on) for line in crowd() if line.on >= found.since}
    known = {line.customer for line in crowd() if line.on < found.since}
    assert found.actual == sum(who in known for who, _on in lately)
    assert found.expected == pytest.approx(found.actual, rel=0.35)
    assert sum(one.customers for one in found.rows) == found.customers == len(known)
    assert found.track[-1].until == TODAY


def test_a_short_history_is_not_held_against_anything() -> None:
    short = [bought(who, ago) for who in range(1, 60) for ago in (10, 40, 80)]
    assert outlook.of(source(short), TODAY).holdout is None


def test_without_purchases_there_is_nothing_to_tell() -> None:
    assert outlook.of(source([]), TODAY) == outlook.NOTHING


def test_a_report_names_only_so_many_of_a_segment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlook, "FIRST", 3)
    seen = outlook.of(source(crowd()), TODAY)
    assert seen.people is not None
    assert max(len(one.first) for one in seen.people.crowds) == 3
    assert report.FIRST > 3
