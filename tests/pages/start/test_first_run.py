"""From nothing to a living card: four steps, eight fields, no password."""

import re

import pytest
from django.core import mail
from django.test import Client

from habitue import ledger
from habitue.members.models import Business, Staff

pytestmark = pytest.mark.django_db
SHOP = {"name": "Chez Léa", "kind": "cafe", "country": "FR"}
PROMISE = {"count": "10", "item": "cafés", "head_start": "on"}


def code_in_mail() -> str:
    found = re.search(r"\b\d{6}\b", str(mail.outbox[-1].body))
    assert found
    return found[0]


def until_code(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/start"
    assert client.post("/start", SHOP).headers["Location"] == "/start/sentence"
    assert client.post("/start/sentence", PROMISE).headers["Location"] == "/start/save"
    answer = client.post("/start/save", {"email": "Lea@Example.org"})
    assert answer.headers["Location"] == "/start/code"


def test_four_steps_make_a_living_card(client: Client) -> None:
    until_code(client)
    assert not Business.objects.exists()  # the account, and all else, comes last
    answer = client.post("/start/code", {"code": code_in_mail()}, follow=True)
    assert answer.redirect_chain == [("/start/ready", 302)]
    shop = Business.objects.get()
    assert (shop.name, shop.currency, shop.timezone, shop.language) == (
        "Chez Léa",
        "EUR",
        "Europe/Paris",
        "fr",
    )
    program = ledger.program(shop.pk)
    assert program is not None
    assert program.title["fr"] == "Après 10 cafés, le 11e est offert"
    assert program.rewards[0].cost == ("stamps", 12)  # two of them are given
    assert {one.role for one in Staff.objects.filter(business=shop)} == {"owner", "cashier"}
    text = answer.content.decode()
    assert f"/j/{shop.slug}" in text
    assert re.search(r'class="pin">\d{4}<', text)


def test_there_are_at_most_twelve_fields_and_no_password(client: Client) -> None:
    fields = 0
    client.post("/start", SHOP)
    client.post("/start/sentence", PROMISE)
    client.post("/start/save", {"email": "lea@example.org"})
    for path in ("/start", "/start/sentence", "/start/save", "/start/code"):
        text = client.get(path).content.decode()
        assert 'type="password"' not in text
        fields += len(re.findall(r'<(?:input(?! type="hidden")|select)\b', text))
    assert fields <= 12


def test_steps_cannot_be_skipped(client: Client) -> None:
    for path in ("/start/sentence", "/start/save", "/start/code"):
        assert client.get(path).headers["Location"] == "/start"


def test_a_wrong_code_says_so_and_five_end_it(client: Client) -> None:
    until_code(client)
    wrong = "000000" if code_in_mail() != "000000" else "000001"
    for _ in range(5):
        answer = client.post("/start/code", {"code": wrong})
        assert answer.status_code == 422
    assert client.post("/start/code", {"code": code_in_mail()}).status_code == 422
    assert not Business.objects.exists()


def test_an_address_gets_five_codes_an_hour(client: Client) -> None:
    until_code(client)
    for _ in range(4):
        assert client.post("/start/save", {"email": "lea@example.org"}).status_code == 302
    assert client.post("/start/save", {"email": "lea@example.org"}).status_code == 422
    assert len(mail.outbox) == 5


def test_a_code_is_good_once_and_in_its_own_browser(client: Client) -> None:
    until_code(client)
    code = code_in_mail()
    stranger = Client()
    assert stranger.post("/sign-in/code", {"code": code}).headers["Location"] == "/sign-in"
    assert client.post("/start/code", {"code": code}).status_code == 302
    again = client.post("/sign-in/code", {"code": code})
    assert again.headers["Location"] == "/sign-in"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/start", {**SHOP, "name": ""}),
        ("/start", {**SHOP, "name": "a\x00b"}),
        ("/start", {**SHOP, "country": "XX"}),
        ("/start", {**SHOP, "name": "x" * 61}),
        ("/start/sentence", {**PROMISE, "count": "2"}),
        ("/start/sentence", {**PROMISE, "count": "1e9"}),
        ("/start/sentence", {**PROMISE, "item": ""}),
        ("/start/save", {"email": "nobody"}),
    ],
)
def test_bad_input_is_answered_beside_its_field(
    client: Client, path: str, fields: dict[str, str]
) -> None:
    client.post("/start", SHOP)
    client.post("/start/sentence", PROMISE)
    answer = client.post(path, fields)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()


@pytest.mark.parametrize(
    ("count", "item", "text"),
    [
        ("10", "cafés", "Après 10 cafés, le 11e est offert"),
        ("9", "pizzas", "Après 9 pizzas, la 10e est offerte"),
        ("x", "", "Après 10 cafés, le 11e est offert"),
    ],
)
def test_the_preview_follows_what_is_typed(
    client: Client, count: str, item: str, text: str
) -> None:
    client.post("/start", SHOP)
    answer = client.get("/start/preview", {"count": count, "item": item, "head_start": "on"})
    assert answer.status_code == 200
    assert text in answer.content.decode()


@pytest.mark.parametrize(
    "item", ['x: #1 "y"', "- yes", "null", "12", "☕️", "l’été & <b>", "{a: 1}", "%(nth)s %s", "s"]
)
def test_any_words_make_a_program(client: Client, item: str) -> None:
    client.post("/start", SHOP)
    client.post("/start/sentence", {**PROMISE, "item": item})
    client.post("/start/save", {"email": "lea@example.org"})
    answer = client.post("/start/code", {"code": code_in_mail()})
    assert answer.headers["Location"] == "/start/ready"
    program = ledger.program(Business.objects.get().pk)
    assert program is not None
    assert item in program.title["fr"]


def test_without_a_mail_server_the_page_says_where_the_code_is(client: Client) -> None:
    until_code(client)
    assert "outbox" in client.get("/start/code").content.decode()


def test_the_waiting_panel_turns_green(owner: Client, cafe: Business) -> None:
    from tests.pages.conftest import make_member

    assert "every 2s" in owner.get("/start/waiting").content.decode()
    make_member(cafe, "Alice", "a@example.org")
    text = owner.get("/start/waiting").content.decode()
    assert "every 2s" not in text
    assert "Alice" in text
