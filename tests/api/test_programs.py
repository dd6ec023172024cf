"""The program by the API: what it says, what would change, another version published."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from habitue.ledger import books
from habitue.members import businesses, keys
from habitue.members.models import ApiKey, JournalLine
from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db

DEARER = world.PROGRAM.replace("cost: {points: 10}", "cost: {points: 35}")


@pytest.fixture
def bare(db: None) -> str:
    """The owner's key of a business that has no program yet."""
    business = businesses.create(name="Chez Chiara", kind="cafe", country="FR")
    made = keys.make(
        business, name="owner", scope=ApiKey.Scope.OWNER, by=None, at=datetime.now(UTC)
    )
    return made[1]


def tomorrow() -> str:
    """The day after today in Paris."""
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Paris")).date()
    return (today + timedelta(days=1)).isoformat()


def test_the_program_is_told_thing_by_thing_and_as_its_file(cafe: world.Place) -> None:
    told = ask("GET", "/programs/current", key=cafe.read).json
    assert told["version"]["number"] == 1
    assert told["version"]["state"] == "in force"
    assert told["version"]["since"] is None
    assert told["earn"][0]["says"] == "A purchase earns 1 points per 1.00."
    assert [one["id"] for one in told["units"]] == ["points", "stars", "spend"]
    assert told["units"][0]["worth"] == "0.05"
    assert [one["id"] for one in told["levels"]] == ["basic", "gold"]
    assert told["levels"][1]["needs"] == [[{"unit": "spend", "amount": "100"}]]
    assert told["partners"][0] == {
        "id": "airline",
        "title": {"en": "Air Aosta"},
        "account": "post-paid",
    }
    assert told["file"]["pay_with"] == {"unit": "points", "most": "50%"}


def test_the_text_is_the_one_that_was_published(cafe: world.Place) -> None:
    told = ask("GET", "/programs/1/text", key=cafe.read)
    assert told.headers["Content-Type"] == "application/yaml"
    assert told.raw.decode() == world.PROGRAM
    assert ask("GET", "/programs/2/text", key=cafe.read).status == 404
    assert ask("GET", "/programs/newest/text", key=cafe.read).status == 404


def test_a_check_says_every_problem_with_its_line(cafe: world.Place) -> None:
    wrong = world.PROGRAM.replace("when: visit", "whan: visit").replace("most: 50%", "most: x")
    told = ask("POST", "/programs/check", key=cafe.owner, body={"text": wrong}).json
    lines = [1 + wrong[: wrong.index(word)].count("\n") for word in ("whan", "most: x")]
    assert {one["line"] for one in told["problems"]} == set(lines)
    assert 'did you mean "when"?' in told["problems"][1]["detail"]
    assert told["preview"] is None


def test_a_check_says_what_would_differ_for_members_and_writes_nothing(cafe: world.Place) -> None:
    body = {"text": DEARER, "since": tomorrow()}
    told = ask("POST", "/programs/check", key=cafe.owner, body=body).json
    assert told["problems"] == []
    assert told["since"] == tomorrow()
    assert told["changes"] == [
        "The reward coffee costs 35 points instead of 10; points that members hold stay."
    ]
    # Alice has 30 points left: a coffee at 35 is too dear for her from then on.
    assert told["preview"]["members"] == 2
    assert told["preview"]["changed"] == 1
    assert told["preview"]["rewards"] == [{"reward": "coffee", "gain": 0, "lose": 1}]
    assert books.latest(cafe.business.pk) == 1


def test_a_check_names_what_keeps_a_sound_text_from_being_published(cafe: world.Place) -> None:
    other = world.PROGRAM.replace("stars: {worth: 0.10, decimals: 1}", "stars: {decimals: 2}")
    told = ask("POST", "/programs/check", key=cafe.owner, body={"text": other}).json
    assert "The unit stars must stay number 2" in told["problems"][0]["detail"]
    assert ask("POST", "/programs", key=cafe.owner, body={"text": other}).status == 422


def test_a_version_is_published_from_a_day_on_and_journaled(cafe: world.Place) -> None:
    body = {"text": DEARER, "since": tomorrow(), "after": 1}
    told = ask("POST", "/programs", key=cafe.owner, body=body, once="v2")
    assert told.status == 201
    assert (told.json["number"], told.json["since"]) == (2, tomorrow())
    assert told.json["state"] == "to come"
    again = ask("POST", "/programs", key=cafe.owner, body=body, once="v2")
    assert (again.status, again.raw) == (201, told.raw)
    line = JournalLine.objects.get(business=cafe.business, kind="publish")
    assert line.what["through"] == "owner"
    assert "costs 35 points" in line.what["said"]
    states = {
        one["number"]: one["state"] for one in ask("GET", "/programs", key=cafe.read).json["items"]
    }
    assert states == {1: "in force", 2: "to come"}
    assert ask("GET", "/programs/current", key=cafe.read).json["version"]["number"] == 1


def test_another_version_in_between_is_noticed(cafe: world.Place) -> None:
    assert ask("POST", "/programs", key=cafe.owner, body={"text": DEARER}).status == 201
    told = ask("POST", "/programs", key=cafe.owner, body={"text": DEARER, "after": 1})
    assert (told.status, told.json["code"]) == (409, "newer")
    assert books.latest(cafe.business.pk) == 2


def test_no_version_holds_for_what_has_happened(cafe: world.Place) -> None:
    for path in ("/programs", "/programs/check"):
        told = ask("POST", path, key=cafe.owner, body={"text": DEARER, "since": "2020-01-01"})
        assert told.status == 422
        assert told.json["errors"][0]["pointer"] == "/body/since"


def test_only_an_owner_publishes_and_partners_read_no_terms(cafe: world.Place) -> None:
    for key in (cafe.till, cafe.read, cafe.partner, cafe.member):
        assert ask("POST", "/programs", key=key, body={"text": DEARER}).status == 403
        assert ask("POST", "/programs/check", key=key, body={"text": DEARER}).status == 403
    for key in (cafe.partner, cafe.member):
        assert ask("GET", "/programs/current", key=key).status == 403


def test_a_business_without_a_program_has_none(bare: str) -> None:
    assert ask("GET", "/programs", key=bare).json == {"items": []}
    assert ask("GET", "/programs/current", key=bare).status == 404
    assert ask("GET", "/rewards", key=bare).json == {"items": []}
    assert ask("GET", "/tiers", key=bare).json["levels"] == []
    told = ask("POST", "/programs", key=bare, body={"text": world.PROGRAM})
    assert (told.status, told.json["since"], told.json["state"]) == (201, None, "in force")


def test_rewards_say_their_cost_and_what_is_left(cafe: world.Place) -> None:
    told = ask("GET", "/rewards", key=cafe.member).json["items"]
    coffee, five, tree = told
    assert coffee["cost"] == {"unit": "points", "amount": "10"}
    assert coffee["gifts"][0]["name"] == "coffee"
    assert (five["gifts"][0]["money"], tree["gifts"][0]["to"]) == (500, "trees")
    assert coffee["says"] == "Coffee for 10 points."
    assert (coffee["stock"], coffee["left"]) == (None, None)
    assert ask("GET", "/rewards/coffee", key=cafe.till).json == coffee
    assert ask("GET", "/rewards/tea", key=cafe.till).status == 404


def test_of_a_limited_reward_so_many_are_left(db: None) -> None:
    limited = world.PROGRAM.replace("valid_for: 1 month", "valid_for: 1 month, stock: 5")
    told = ask("GET", "/rewards/coffee", key=world.make(program=limited).read).json
    assert (told["stock"], told["left"]) == (5, 4)


def test_the_ladder_is_told_lowest_first(cafe: world.Place) -> None:
    told = ask("GET", "/tiers", key=cafe.member).json
    assert [one["id"] for one in told["levels"]] == ["basic", "gold"]
    assert (told["window"], told["kept"]) == ("calendar year", "rest of this and next year")
