"""All figures on one page: from nothing, over the worker's progress, to the values."""

from __future__ import annotations

from django.test import Client

from habitue.members.models import Business
from habitue.pages.measures import groups, reports
from habitue.pages.models import Study
from habitue.site import studying
from tests.ledger.conftest import guests
from tests.pages.measures.conftest import bring, work_out
from tests.pages.program.test_overview import body


def test_a_shop_without_purchases_is_told_what_to_do(shop: Business, owner: Client) -> None:
    text = body(owner, "/measures")
    assert "premiers achats" in text
    assert 'href="/start/ready"' in text
    assert "/measures/anew" not in text


def test_until_the_first_night_they_may_be_worked_out_at_once(
    people: dict[str, list[int]], owner: Client
) -> None:
    assert "/measures/anew" in body(owner, "/measures")
    assert owner.post("/measures/anew").headers["Location"] == "/measures"
    waiting = body(owner, "/measures")
    assert "every 1s" in waiting
    assert owner.post("/measures/anew").status_code == 302  # asked twice, worked out once
    (study,) = Study.objects.filter(kind=Study.Kind.MEASURES)
    fragment = owner.get("/measures", headers={"HX-Request": "true"})
    assert b"<progress" in fragment.content
    assert b"<h1" not in fragment.content
    studying.run(study.pk)
    done = owner.get("/measures", headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"
    assert "every 1s" not in body(owner, "/measures")


def test_the_repeat_purchase_rate_comes_first_with_its_interval_and_trend(
    reported: dict[str, list[int]], owner: Client
) -> None:
    text = body(owner, "/measures")
    assert text.index("Taux de réachat") < text.index("Taux de rétention strict")
    assert "entre" in text
    assert text.count('class="spark"') > 5
    for group in groups.every():
        assert f'id="{group.id}"' in text


def test_few_people_are_counted_instead_of_a_percentage(
    reported: dict[str, list[int]], owner: Client
) -> None:
    hero = body(owner, "/measures").split('class="hero"')[1].split("</a>")[0]
    assert " sur " in hero
    assert "%" not in hero


def test_quarters_may_be_looked_at_instead(reported: dict[str, list[int]], owner: Client) -> None:
    text = body(owner, "/measures", by="quarter")
    assert 'aria-current="true">Trimestre</a>' in text
    assert "by=quarter" in text


def test_figures_without_data_wait_in_a_place_of_their_own(
    reported: dict[str, list[int]], owner: Client
) -> None:
    text = body(owner, "/measures")
    waiting = text.split("<details>")[1].split("</details>")[0]
    assert "pas encore assez de données" in waiting


def test_a_first_month_that_is_not_over_has_no_figures_but_a_day(
    shop: Business, owner: Client
) -> None:
    (alice,) = guests(shop, 1)
    bring(shop, {alice: [0]})
    work_out(shop)
    text = body(owner, "/measures")
    assert "Aucun mois" in text
    assert 'class="hero"' not in text


def test_a_report_that_fails_is_said_to_have(
    people: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    owner.post("/measures/anew")
    Study.objects.update(failed=True)
    text = body(owner, "/measures")
    assert "n’ont pas pu être calculées" in text
    assert reports.making(shop) is None


def test_a_report_of_another_version_is_not_read(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    import msgspec

    study = Study.objects.get(kind=Study.Kind.MEASURES)
    assert study.found is not None
    old = msgspec.msgpack.decode(bytes(study.found)) | {"version": 0}
    study.found = msgspec.msgpack.encode(old)
    study.save()
    assert reports.latest(shop) is None
    assert "/measures/anew" in body(owner, "/measures")


def test_the_newest_report_stays_while_the_next_is_worked_out(
    reported: dict[str, list[int]], owner: Client
) -> None:
    owner.post("/measures/anew")
    text = body(owner, "/measures")
    assert "every 1s" in text
    assert 'class="hero"' in text


def test_an_earlier_month_may_be_looked_at(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    kept = reports.latest(shop)
    assert kept is not None
    months = [answers.period for answers in kept.report.trends["month"]]
    text = body(owner, "/measures", until=months[-3].until.isoformat())
    assert f'value="{months[-3].until}" selected' in text
    assert f"until={months[-3].until}" in text.split('class="hero"')[1][:80]
    assert text.count("<option") == len(months)
    assert "dernier" not in text.split('class="lead"')[1][:80]
    newest = f'value="{months[-1].until}" selected'
    assert newest in body(owner, "/measures")
    assert newest in body(owner, "/measures", until="nonsense")


def test_a_shop_that_stopped_is_seen_as_it_was_in_its_last_month(
    shop: Business, owner: Client
) -> None:
    alice, bruno = guests(shop, 2)
    bring(shop, {alice: [900, 880, 870], bruno: [875]})
    work_out(shop)
    kept = reports.latest(shop)
    assert kept is not None
    assert kept.report.still
    last = kept.report.trends["month"][-1]
    assert last.period.until == kept.report.on
    assert last.aggregates.counts.buyers > 0
    text = body(owner, "/measures")
    assert "Plus rien n’a été vendu" in text
    assert " sur " in text.split('class="hero"')[1].split("</a>")[0]
    for path in ("cohorts", "leaks", "segments", "segments/lost", "staying", "worth"):
        assert "Plus rien n’a été vendu" in body(owner, f"/measures/{path}")


def test_a_shop_that_sells_is_told_nothing_of_standing_still(
    reported: dict[str, list[int]], owner: Client
) -> None:
    assert "Plus rien n’a été vendu" not in body(owner, "/measures")


def test_asking_anew_takes_a_post(owner: Client) -> None:
    assert owner.get("/measures/anew").status_code == 405


def test_more_leads_to_what_has_no_place_in_a_phones_bar(owner: Client) -> None:
    text = body(owner, "/more")
    assert 'href="/measures"' in text
    assert 'href="/settings"' in text
