"""`habitue experiment`: declared, listed, compared and ended from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner, Result

from habitue.members.models import Business
from habitue.metrics.segments import catalogue
from habitue.outreach import audiences, experiments
from habitue.outreach.audiences import OfSegment
from habitue.outreach.models import Experiment
from habitue.site import cli
from tests.ledger.conftest import bought, guests, make_cafe, post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("running")]


@pytest.fixture
def cafe(db: None) -> Business:
    made = make_cafe()
    made.slug = "cafe"
    made.save(update_fields=["slug"])
    now = datetime.now(UTC)
    facts = [
        bought(
            who,
            5_00 + place * 7 + place * days % 11 * 100,
            at=now - timedelta(days=days),
            reference=f"{who}-{days}",
        )
        for place, who in enumerate(guests(made, 80))
        for days in (50, 30 + place % 9, 3 + place % 5)
    ]
    for fact in sorted(facts, key=lambda fact: fact.at):
        post(made, fact, now=fact.at)
    return made


def typed(*words: str) -> Result:
    return CliRunner().invoke(cli.app, ["experiment", *words])


def test_an_experiment_from_start_to_end(cafe: Business) -> None:
    begun = typed("start", "gift", "--business", "cafe", "--share", "50", "--days", "20")
    assert begun.exit_code == 0, begun.output
    assert "With your 80 members you would see differences of" in begun.output
    made = Experiment.objects.get()
    assert (made.share, made.days, made.figures, len(made.seed)) == (5_000, 20, ["revenue"], 32)
    listed = typed("status", "--business", "cafe").output
    assert "gift: from" in listed
    assert "50 % held out of everybody known before; revenue" in listed
    assert "No whole day has passed yet." in typed("result", "gift", "--business", "cafe").output
    assert "gift ended before" in typed("end", "gift", "--business", "cafe").output
    assert Experiment.objects.get().ended_on is not None


def test_two_experiments_draw_different_lots(cafe: Business) -> None:
    for name in ("one", "two"):
        typed("start", name, "--business", "cafe")
    one, two = Experiment.objects.order_by("name")
    assert one.seed != two.seed


def test_results_on_the_screen_and_for_machines(cafe: Business) -> None:
    experiments.start(
        cafe,
        "gift",
        seed="0123456789abcdef",
        now=datetime.now(UTC) - timedelta(days=20),
        share=5_000,
        days=20,
        figures=["revenue", "buyers", "orders", "order_value"],
    )
    shown = typed("result", "gift", "--business", "cafe").output
    assert "after 20 of 20 days" in shown
    assert "Not yet decided" in shown
    assert "Share of customers who bought: Not enough purchases" in shown  # everybody did
    found = json.loads(typed("result", "gift", "--business", "cafe", "--json").output)
    assert found["control"] + found["treated"] == 80
    assert found["figures"][0]["decided"] == "undecided"
    assert found["figures"][0]["low"] < 0 < found["figures"][0]["high"]


def test_only_an_audience(cafe: Business) -> None:
    segment = next(iter(catalogue.every()))
    audiences.make(cafe, "Those", OfSegment(segment=segment), now=datetime.now(UTC))
    done = typed("start", "gift", "--business", "cafe", "--audience", "Those")
    assert done.exit_code == 0, done.output
    audience = Experiment.objects.get().audience
    assert audience is not None
    assert audience.kind == "frozen"


def test_what_could_be_seen_begins_nothing(cafe: Business) -> None:
    shown = typed("foresee", "--business", "cafe", "--share", "50", "--days", "20")
    assert "With your 80 members" in shown.output
    assert not Experiment.objects.exists()
    assert "No experiment yet" in typed("status", "--business", "cafe").output


def test_members_are_put_beside_others_or_it_is_said_why_not(cafe: Business) -> None:
    day = (datetime.now(UTC) - timedelta(days=20)).date().isoformat()
    shown = typed("members", "--business", "cafe", "--since", day)
    assert "80 members have somebody like them among the 0 others" in shown.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["start", "gift", "--business", "bar"], "There is no business 'bar'"),
        (["start", "Gift!", "--business", "cafe"], "small letters"),
        (["start", "gift", "--business", "cafe", "--share", "100"], "less than 100 %"),
        (["start", "gift", "--business", "cafe", "--share", "nan"], "less than 100 %"),
        (["start", "gift", "--business", "cafe", "--figures", "mood"], "not 'mood'"),
        (["start", "gift", "--business", "cafe", "--audience", "x"], "There is no audience 'x'"),
        (["foresee", "--business", "cafe", "--days", "0"], "1 to 730 days"),
        (["result", "gift", "--business", "cafe"], "There is no experiment 'gift'"),
        (["members", "--business", "cafe", "--since", "soon"], "not a date"),
        (["members", "--business", "cafe", "--since", "2999-01-01"], "before today"),
    ],
)
def test_wrong_uses_say_so(cafe: Business, words: list[str], sentence: str) -> None:
    shown = typed(*words)
    assert shown.exit_code == 2, shown.output
    assert sentence in shown.output
    assert not Experiment.objects.exists()
