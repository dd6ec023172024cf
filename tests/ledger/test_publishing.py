"""A version is previewed over all members before it holds, and never changes lots that exist."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from habitue import ledger
from habitue.ledger import publishing
from habitue.members.models import Business
from tests.ledger.conftest import (
    NOW,
    PROGRAM,
    bought,
    guests,
    has,
    make_cafe,
    post,
    rows,
    sound,
    takes,
)

pytestmark = pytest.mark.django_db

APRIL = date(2026, 4, 1)
EXPIRIES = {
    "never": "{}",
    "a year": "{expiry: 1 year}",
    "end of the quarter": "{expiry: {after: 3 months, end_of: quarter}}",
    "fixed dates": "{expiry: {dates: [30 June, 31 December]}}",
    "idle": "{expiry: {inactivity: 6 months}}",
    "moved by activity": "{expiry: {redated: 4 months, cap: 2 years}}",
}


def program(expiry: str) -> str:
    return (
        "program: p\ntitle: P\ncurrency: EUR\ntimezone: Europe/Paris\nenrolment: automatic\n"
        f"units: {{points: {EXPIRIES[expiry]}}}\n"
        "earn: [{id: base, when: purchase, award: {points: 1, per: 1.00}}]\n"
    )


def lots(customer: int) -> list[tuple[int, date, date, date]]:
    return rows(
        "SELECT remaining, earned_on, active_on, expires_on FROM ledger_lot"
        " WHERE customer_id = %s ORDER BY id",
        customer,
    )


@pytest.mark.parametrize(("before", "after"), list(permutations(EXPIRIES, 2)))
def test_a_new_version_never_changes_lots_that_exist(before: str, after: str) -> None:
    """Two shops live the same days; only one of them publishes a version with another expiry."""
    shops = [make_cafe(program(before), name=name) for name in ("Changed", "As it was")]
    alices = [guests(shop, 1)[0] for shop in shops]
    for shop, alice in zip(shops, alices, strict=True):
        post(shop, bought(alice, 1_000))
    assert ledger.publish(shops[0].pk, program(after), since=APRIL).problems == ()
    for day in ("2026-04-01", "2026-05-01", "2026-09-10", "2026-11-03", "2027-03-05"):
        now = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
        for shop, alice in zip(shops, alices, strict=True):
            ledger.sweep(shop.pk, now=now)
            if day == "2026-05-01":
                post(shop, bought(alice, 500, at=now), now=now)
            sound(shop)
        assert lots(alices[0])[0] == lots(alices[1])[0], day


CHANGED = (
    PROGRAM.replace("{id: gold, from: 100}", "{id: gold, from: 50}")
    .replace("{id: coffee, cost: {points: 10}", "{id: coffee, cost: {points: 20}")
    .replace("rewards:\n", "rewards:\n  - {id: tea, cost: {points: 5}, gives: {product: tea}}\n")
)  # fmt: skip


def people(cafe: Business) -> list[int]:
    alice, bruno, chiara, diego = guests(cafe, 4)
    post(cafe, bought(alice, 12_000), bought(bruno, 6_000), bought(chiara, 1_500))
    post(cafe, bought(diego, 300))
    return [alice, bruno, chiara, diego]


def test_a_preview_says_what_changes_for_whom(cafe: Business) -> None:
    alice, bruno, chiara, diego = people(cafe)
    guests(cafe, 2)  # who never bought is no member
    done: list[int] = []
    seen = publishing.preview(cafe.pk, CHANGED, since=APRIL, progress=done.append)
    assert seen.problems == ()
    assert (seen.members, seen.changed, sum(done)) == (4, 3, 4)
    assert seen.tiers == {("gold", "gold"): 1, ("basic", "gold"): 1, ("basic", "basic"): 2}
    assert seen.rewards == {"coffee": (0, 1), "tea": (3, 0)}
    assert seen.usable == {}
    by_customer = {change.customer: change for change in seen.examples}
    assert by_customer.keys() == {alice, bruno, chiara}
    assert diego not in by_customer
    change = by_customer[chiara]
    assert (change.before.rewards, change.after.rewards) == (("coffee",), ("tea",))
    assert change.before.usable["points"] == change.after.usable["points"] == 15
    assert (by_customer[bruno].before.tier, by_customer[bruno].after.tier) == ("basic", "gold")


def test_a_preview_counts_what_is_due_by_then_on_both_sides(cafe: Business) -> None:
    people(cafe)
    seen = publishing.preview(cafe.pk, CHANGED, since=date(2027, 3, 3))
    assert seen.rewards == {}  # the points are gone by then, with either version
    assert seen.members == 4


def test_a_preview_shows_a_unit_that_comes_to_be_usable_or_not(cafe: Business) -> None:
    people(cafe)
    seen = publishing.preview(cafe.pk, PROGRAM, since=APRIL)
    assert (seen.changed, seen.examples) == (0, ())


def test_a_preview_changes_nothing(cafe: Business) -> None:
    people(cafe)
    state = "SELECT (SELECT json_agg(a) FROM ledger_account a)::text, (SELECT json_agg(l) FROM" \
        " ledger_lot l)::text, (SELECT count(*) FROM ledger_version)"  # fmt: skip
    before = rows(state)
    publishing.preview(cafe.pk, CHANGED, since=date(2028, 1, 1))
    assert rows(state) == before
    assert ledger.publish(cafe.pk, CHANGED, since=APRIL).problems == ()
    (taken,) = post(cafe, takes(guests(cafe, 1)[0], "tea"))
    assert taken.refused is not None  # not before April
    sound(cafe)


def test_what_could_not_be_published_is_not_previewed(cafe: Business) -> None:
    people(cafe)
    wrong = publishing.preview(cafe.pk, "program: [", since=APRIL)
    early = publishing.preview(cafe.pk, CHANGED, since=NOW.date())
    other = publishing.preview(cafe.pk, CHANGED.replace("EUR", "CHF"), since=APRIL)
    for seen, words in [(wrong, ""), (early, "2026-03-02"), (other, "write `currency: EUR`")]:
        assert seen.problems
        assert words in seen.problems[0]
        assert seen.members == 0


def test_versions_are_listed_newest_first(cafe: Business) -> None:
    people(cafe)
    assert [version.since for version in publishing.versions(cafe.pk)] == [None]
    ledger.publish(cafe.pk, CHANGED, since=APRIL)
    newest, oldest = publishing.versions(cafe.pk)
    assert (newest.number, newest.since, newest.text) == (2, APRIL, CHANGED)
    assert (oldest.number, oldest.text) == (1, PROGRAM)
    assert newest.published_at >= oldest.published_at
    later = NOW + timedelta(days=40)
    assert has(cafe, guests(cafe, 1)[0], now=later) == 0
