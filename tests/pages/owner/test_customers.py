"""Customers: searched, in groups, in an order, by pages; what is done with several at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from habitue import ledger
from habitue.members import bin as recycle_bin
from habitue.members import consents, customers, staff, survivors
from habitue.members.models import Business, Customer, JournalLine, Staff
from habitue.outreach import audiences, stages
from habitue.outreach.models import Audience, Stage
from habitue.pages.owner import glance, listing, selection
from habitue.pages.owner.listing import View
from tests.ledger.conftest import guests
from tests.pages.conftest import make_member, make_shop, unit_of
from tests.pages.measures.conftest import bring

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def names(
    shop: Business, *, q: str = "", group: str = "", sort: listing.Sort = "newest"
) -> list[str]:
    """Who is on the first page of a view."""
    view = listing.View(q=q, group=group, sort=sort)
    return [one.name for one in listing.page(shop, view, 1, now=datetime.now(UTC)).people]


@pytest.fixture
def bruno(cafe: Business, alice: Customer) -> Customer:
    return make_member(cafe, "Bruno Bianchi", "bruno@example.org")


@pytest.mark.parametrize(
    "text", ["alice martin", "ALICE", "Alice@Example.org", "06 12 34 56 78", "+33612345678", "K-7"]
)
def test_a_customer_is_found_by_name_mail_phone_and_other_number(
    cafe: Business, alice: Customer, bruno: Customer, text: str
) -> None:
    customers.add_identity(alice, "phone", "+33612345678")
    customers.add_identity(alice, "external", "K-7")
    assert names(cafe, q=text) == ["Alice Martin"]
    assert names(cafe, q=alice.member.number.lower()) == ["Alice Martin"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "' OR 1=1", "\x00", "nobody@example.org"])
def test_signs_of_the_database_are_letters_like_others(
    owner: Client, cafe: Business, alice: Customer, text: str
) -> None:
    answer = owner.get("/customers", {"q": text})
    assert answer.status_code == 200
    if text != "\x00":
        assert "Alice Martin" not in answer.content.decode()


def test_whoever_is_in_the_bin_erased_or_merged_is_in_no_list(
    cafe: Business, alice: Customer, bruno: Customer
) -> None:
    chiara = make_member(cafe, "Chiara Conti", "chiara@example.org")
    recycle_bin.put(cafe, [alice.pk], at=NOW)
    Customer.objects.filter(pk=bruno.pk).update(erased_at=NOW)
    assert names(cafe) == ["Chiara Conti"]
    assert names(cafe, q="alice@example.org") == []
    recycle_bin.restore(cafe, [alice.pk], at=NOW)
    survivors.merge(chiara.pk, alice.pk)
    assert names(cafe) == ["Alice Martin"]
    assert names(cafe, q="chiara@example.org") == ["Alice Martin"], "the same person"


def test_orders(cafe: Business, alice: Customer, bruno: Customer) -> None:
    chiara = make_member(cafe, "", "chiara@example.org")
    bring(cafe, {alice.pk: (30, 20, 10), bruno.pk: (5,)})
    number = chiara.member.number
    assert names(cafe, sort="newest") == [number, "Bruno Bianchi", "Alice Martin"]
    assert names(cafe, sort="visit") == ["Bruno Bianchi", "Alice Martin", number]
    assert names(cafe, sort="visits") == ["Alice Martin", "Bruno Bianchi", number]
    assert names(cafe, sort="name") == ["Alice Martin", "Bruno Bianchi", number]


def test_groups_say_who_is_in_them(cafe: Business, alice: Customer, bruno: Customer) -> None:
    (stranger,) = guests(cafe, 1, name="Diego Diaz")
    soon = glance.today(cafe, NOW) + timedelta(listing.SOON)
    Customer.objects.filter(pk=bruno.pk).update(birth_month=soon.month, birth_day=soon.day)
    later = soon + timedelta(1)
    Customer.objects.filter(pk=stranger).update(birth_month=later.month, birth_day=later.day)
    consents.record(
        alice, purpose="marketing", channel="sms", granted=True, wording="w", source="s", at=NOW
    )
    assert names(cafe, group="birthday") == ["Bruno Bianchi"]
    assert names(cafe, group="strangers") == ["Diego Diaz"]
    assert names(cafe, group="silent") == ["Diego Diaz", "Bruno Bianchi"]
    consents.record(
        alice, purpose="marketing", channel="sms", granted=False, wording="w", source="s",
        at=NOW + timedelta(seconds=1),
    )  # fmt: skip
    assert "Alice Martin" in names(cafe, group="silent")


def test_stages_are_those_of_the_night(
    cafe: Business, owner: Client, alice: Customer, bruno: Customer
) -> None:
    bring(cafe, {alice.pk: range(1, 200, 7), bruno.pk: (3,)})
    stages.keep(cafe, now=NOW)
    glance.morning(cafe, NOW, anew=True)
    assert names(cafe, group="regular") == ["Alice Martin"]
    assert names(cafe, group="new") == ["Bruno Bianchi"]
    assert names(cafe, group="vip") == ["Alice Martin"]
    page = owner.get("/customers").content.decode()
    assert 'Réguliers <span class="count">1</span>' in page
    survivors.merge(bruno.pk, alice.pk)
    with_nobody = stages.keep(cafe, now=NOW)
    assert with_nobody == Stage.objects.filter(business=cafe).count()


def test_the_next_page_goes_on_where_the_first_ends(cafe: Business, owner: Client) -> None:
    keys = guests(cafe, listing.PAGE + 3, name="Guest")
    first = owner.get("/customers").content.decode()
    second = owner.get("/customers?page=2").content.decode()
    assert "page=2" in first
    assert "page=3" not in second
    assert first.count('name="who"') == listing.PAGE
    assert [key in keys[:3] and f'value="{key}"' in second for key in keys[:3]] == [True] * 3
    assert "n’a plus personne" in owner.get("/customers?page=9").content.decode()


def test_typing_fetches_the_list_alone_and_another_shops_are_in_none(
    owner: Client, alice: Customer
) -> None:
    bar = make_shop("Bar")
    make_member(bar, "Alice of the bar", "other@example.org")
    part = owner.get("/customers", {"q": "alice"}, headers={"HX-Request": "true"})
    text = part.content.decode()
    assert "<html" not in text
    assert "Alice Martin" in text
    assert "of the bar" not in text


def ask(owner: Client, action: str, **given: object) -> str:
    answer = owner.post("/customers/selection", {"action": action, **given})
    assert answer.status_code == 200
    return answer.content.decode()


def test_those_ticked_become_an_audience_of_their_own(
    cafe: Business, owner: Client, alice: Customer, bruno: Customer
) -> None:
    assert "2 clients" in ask(owner, "audience", who=[alice.pk, bruno.pk])
    given = {"who": [alice.pk, bruno.pk], "name": "Les deux"}
    assert owner.post("/customers/selection/audience", given).status_code == 302
    made = Audience.objects.get(business=cafe)
    assert audiences.members(made, now=NOW) == sorted([alice.pk, bruno.pk])
    assert owner.post("/customers/selection/audience", given).status_code == 422
    assert "Les deux" in owner.get("/measures/audiences").content.decode()


def test_everybody_of_a_view_goes_to_the_bin_and_the_journal_knows(
    cafe: Business, owner: Client, alice: Customer, bruno: Customer
) -> None:
    assert "1 client" in ask(owner, "bin", q="bruno", whole="yes")
    assert Customer.objects.filter(binned_at=None).count() == 2, "asking moves nobody"
    given = {"q": "bruno", "whole": "yes"}
    assert owner.post("/customers/selection/bin", given).status_code == 302
    assert names(cafe) == ["Alice Martin"]
    line = JournalLine.objects.get(business=cafe, kind="bin")
    assert line.customer_id == bruno.pk
    assert line.staff is not None


def test_a_surprise_says_what_it_costs_and_is_given_once(
    cafe: Business, owner: Client, alice: Customer, bruno: Customer
) -> None:
    both = [alice.pk, bruno.pk]
    page = ask(owner, "gift", who=both)
    once = page.partition('name="once" value="')[2].partition('"')[0]
    unit = unit_of(cafe)
    given = {"who": both, "unit": unit, "amount": "2", "reason": "Merci !", "once": once}
    asked = owner.post("/customers/selection/gift", given)
    assert asked.status_code == 200
    assert "4 en tout" in asked.content.decode()
    before = held(cafe, alice, unit)
    for _ in range(2):  # pressed twice
        done = owner.post("/customers/selection/gift", {**given, "sure": "yes"})
        assert done.status_code == 302
    assert held(cafe, alice, unit) == before + 2
    assert held(cafe, bruno, unit) == before + 2


def held(shop: Business, customer: Customer, unit: str) -> int:
    standing = ledger.standing(shop.pk, customer.pk, now=datetime.now(UTC))
    assert standing is not None
    return standing.balances[unit]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": "0"}, "vérifiez"),
        ({"amount": "1.5"}, "vérifiez"),
        ({"amount": "-3"}, "error"),
        ({"reason": ""}, "error"),
        ({"unit": "gold"}, "error"),
        ({"once": "forged"}, "recommencer"),
    ],
)
def test_a_surprise_that_is_none_is_told_and_nothing_is_given(
    cafe: Business, owner: Client, alice: Customer, wrong: dict[str, str], said: str
) -> None:
    unit = unit_of(cafe)
    before = held(cafe, alice, unit)
    given = {"who": alice.pk, "unit": unit, "amount": "1", "reason": "Merci", "sure": "yes"}
    answer = owner.post("/customers/selection/gift", {**given, **wrong})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert held(cafe, alice, unit) == before


def test_too_many_at_once_are_refused_with_the_limit(
    cafe: Business, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    guests(cafe, 3)
    monkeypatch.setitem(selection.MOST, "bin", 2)
    assert "2" in ask(owner, "bin", whole="yes")
    answer = owner.post("/customers/selection/bin", {"whole": "yes"})
    assert answer.status_code == 422
    assert not Customer.objects.filter(binned_at__isnull=False).exists()


def test_nobody_ticked_is_said_and_others_customers_cannot_be_ticked(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    stranger = make_member(make_shop("Bar"), "Nino Rota", "nino@example.org")
    for who in ([], [stranger.pk], ["x", 2**63]):
        assert "Personne n’est coché" in ask(owner, "bin", who=who)
    owner.post("/customers/selection/bin", {"who": [stranger.pk]})
    assert not Customer.objects.filter(binned_at__isnull=False).exists()
    assert owner.post("/customers/selection", {"action": "burn"}).status_code == 404
    assert owner.get("/customers/selection").status_code == 405


def test_a_cashier_selects_nobody(cafe: Business, client: Client, alice: Customer) -> None:
    user = User.objects.create_user("eva")
    Staff.objects.create(business=cafe, user=user, name="Eva", role="cashier")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/customers/selection/bin", {"whole": "yes"}).status_code == 403
    assert client.get("/customers.csv").status_code == 403
    assert staff.owned(user) == []
    assert View().group == ""
