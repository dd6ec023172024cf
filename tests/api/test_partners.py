"""Partners and causes by the API: where they stand, statements that sum, payments once for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.ledger import Fact, payments
from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db

PAYMENT = {"direction": "in", "money": 25, "day": "2026-03-31", "reference": "bank-1"}


@pytest.fixture
def flown(cafe: world.Place) -> world.Place:
    """Alice bought for 30.00 with the airline, and for 20.00 more, and gave a tree."""
    now = datetime.now(UTC)
    for number, cents in enumerate((3000, 2000)):
        bought = facts.Purchase((facts.Line(cents),), "EUR", partner="airline")
        at = now - timedelta(minutes=9 - number)
        _post(cafe, bought, at, f"fly-{number}")
    _post(cafe, facts.Redemption("tree"), now - timedelta(minutes=1), "tree")
    return cafe


def _post(cafe: world.Place, what: facts.What, at: datetime, reference: str) -> None:
    fact = Fact(customer=cafe.alice, at=at, what=what, source="test", reference=reference)
    (answer,) = ledger.post(cafe.business.pk, [fact], now=datetime.now(UTC))
    assert answer.refused is None


def month() -> str:
    """The present one, as statements name it."""
    return f"{datetime.now(UTC):%Y-%m}"


def test_a_partner_owes_its_price_for_the_units_given_there(flown: world.Place) -> None:
    (told,) = ask("GET", "/partners", key=flown.read).json["items"]
    assert (told["id"], told["issuing"], told["account"]) == ("airline", "0.01", "post-paid")
    assert (told["owes"], told["currency"], told["left"]) == (50, "EUR", None)
    assert ask("GET", "/partners/airline", key=flown.owner).json == told


def test_a_statement_sums_to_its_movements(flown: world.Place) -> None:
    told = ask("GET", f"/partners/airline/statements/{month()}", key=flown.read).json
    (line,) = [one for one in told["units"] if one["unit"] == "points"]
    assert (line["issued"], line["issued_money"]) == ("50", 50)
    assert told["closing"] == told["opening"] + told["issued"] - told["redeemed"] - told["paid"]
    address = f"/partners/airline/statements/{month()}/movements"
    found = ask("GET", f"{address}?limit=1", key=flown.read).json
    assert [one["money"] for one in found["items"]] == [30]
    pages = [found["items"]]
    while found["next"]:
        found = ask("GET", f"{address}?limit=1&cursor={found['next']}", key=flown.read).json
        pages.append(found["items"])
    assert sum(one["money"] for page in pages for one in page) == told["issued"]
    assert len({(one["event"], one["unit"]) for page in pages for one in page}) == 2
    months = ask("GET", "/partners/airline/statements", key=flown.read).json["items"]
    assert [one["closing"] for one in months] == [told["closing"]]


def test_a_payment_is_written_down_once(flown: world.Place) -> None:
    for _ in range(2):
        told = ask("POST", "/partners/airline/payments", key=flown.owner, body=PAYMENT)
        assert (told.status, told.json["money"]) == (201, 25)
    assert ask("GET", "/partners/airline", key=flown.read).json["owes"] == 25
    other = {**PAYMENT, "money": 26}
    told = ask("POST", "/partners/airline/payments", key=flown.owner, body=other)
    assert told.status == 409
    assert len(payments.lines(flown.business.pk, "partner", "airline")) == 1


def test_a_payment_out_goes_the_other_way(flown: world.Place) -> None:
    body = {**PAYMENT, "direction": "out"}
    told = ask("POST", "/partners/airline/payments", key=flown.owner, body=body)
    assert told.json["money"] == -25
    assert ask("GET", "/partners/airline", key=flown.read).json["owes"] == 75


@pytest.mark.parametrize(
    ("name", "value"),
    [("day", "9999-12-31"), ("day", "0001-01-01"), ("money", 0), ("reference", " x")],
)
def test_a_payment_that_cannot_be_meant_is_refused(
    cafe: world.Place, name: str, value: object
) -> None:
    body = {**PAYMENT, name: value}
    told = ask("POST", "/partners/airline/payments", key=cafe.owner, body=body)
    assert told.status == 422
    assert told.json["errors"][0]["pointer"] == f"/body/{name}"


def test_a_partner_sees_its_own_part_and_no_other(db: None) -> None:
    two = world.PROGRAM.replace(
        "partners:\n", "partners:\n  - {id: hotel, title: Hotel, issuing: 0.02}\n"
    )
    cafe = world.make(program=two)
    own = ask("GET", "/partners", key=cafe.partner).json["items"]
    assert [one["id"] for one in own] == ["airline"]
    both = ask("GET", "/partners", key=cafe.read).json["items"]
    assert {one["id"] for one in both} == {"airline", "hotel"}
    for path in ("", "/statements", "/statements/2026-03", "/statements/2026-03/movements"):
        assert ask("GET", f"/partners/airline{path}", key=cafe.partner).status == 200
        assert ask("GET", f"/partners/hotel{path}", key=cafe.partner).status == 404
        assert ask("GET", f"/partners/hotel{path}", key=cafe.read).status == 200
        assert ask("GET", f"/partners/nobody{path}", key=cafe.read).status == 404
    for path in ("/partners/airline/payments", "/partners/hotel/payments"):
        assert ask("POST", path, key=cafe.partner, body=PAYMENT).status == 403


def test_another_business_has_partners_of_its_own(
    flown: world.Place, next_door: world.Place
) -> None:
    assert ask("GET", "/partners/airline", key=next_door.owner).json["owes"] == 0
    assert ask("GET", "/causes/trees", key=next_door.owner).json["given"] == 0


def test_a_month_that_is_none_is_not_found(cafe: world.Place) -> None:
    for name in ("2026-13", "2026-1", "9999-12", "0001-01"):
        assert ask("GET", f"/partners/airline/statements/{name}", key=cafe.read).status == 404


def test_a_cause_is_paid_what_it_was_given_and_no_more(flown: world.Place) -> None:
    (told,) = ask("GET", "/causes", key=flown.till).json["items"]
    assert (told["given"], told["paid"], told["outstanding"], told["givers"]) == (100, 0, 100, 1)
    body = {"money": 101, "day": "2026-03-31", "reference": "trees-1"}
    refused = ask("POST", "/causes/trees/payouts", key=flown.owner, body=body)
    assert (refused.status, refused.json["values"]) == (409, {"left": 100})
    paid = ask("POST", "/causes/trees/payouts", key=flown.owner, body={**body, "money": 60})
    assert (paid.status, paid.json["money"]) == (201, -60)
    assert ask("GET", "/causes/trees", key=flown.till).json["outstanding"] == 40
    assert ask("POST", "/causes/cats/payouts", key=flown.owner, body=body).status == 404


def test_the_report_of_a_cause_balances(flown: world.Place) -> None:
    today = datetime.now(UTC).date()
    span = f"since={today - timedelta(days=30)}&until={today + timedelta(days=2)}"
    told = ask("GET", f"/causes/trees/report?{span}", key=flown.read).json
    assert (told["opening"], told["given"], told["closing"], told["gifts"]) == (0, 100, 100, 1)
    for wrong in ("since=2026-03-02&until=2026-03-02", "since=0001-01-01&until=2026-01-01"):
        assert ask("GET", f"/causes/trees/report?{wrong}", key=flown.read).status == 422
