"""Every idea can be begun with: each template by its sentence, each of the twelve or why not."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from habitue import ledger
from habitue.core import document
from habitue.core.program import Program
from habitue.members.models import Business
from habitue.pages.start import choice, deriving, ideas, known, likeness
from habitue.pages.start.deriving import Shop
from tests.pages.start.test_first_run import code_in_mail

pytestmark = pytest.mark.django_db
LEA = Shop("Chez Léa", "cafe", "FR", "fr")
KINDS = {
    "cafe": "Après",
    "hairdresser": "Toutes les",
    "fitness": "Après",
    "shop": "1 point par",
    "online": "de vos achats reviennent",
}


def begin(client: Client, kind: str = "cafe", country: str = "FR") -> None:
    client.post("/start", {"name": "Chez Léa", "kind": kind, "country": country})


def take(client: Client, key: str) -> str:
    client.post("/start/ideas/take", {"idea": key})
    return client.get("/start/sentence").content.decode()


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>|&nbsp;|\xa0|\u202f", " ", page).split())


@pytest.mark.parametrize(("kind", "said"), KINDS.items())
def test_each_kind_of_shop_begins_with_what_suits_it(client: Client, kind: str, said: str) -> None:
    begin(client, kind)
    assert said in words_of(client.get("/start/sentence").content.decode())


PLACES = [("fr", "FR"), ("it", "IT"), ("en", "JP")]


@pytest.mark.parametrize(
    ("name", "language", "country"),
    [(name, *PLACES[at % len(PLACES)]) for at, name in enumerate(ideas.names())],
)
def test_a_template_shows_its_own_blanks_and_becomes_a_program(
    client: Client, name: str, language: str, country: str
) -> None:
    client.post("/i18n/setlang/", {"language": language})
    begin(client, "shop", country)
    page = take(client, f"template:{name}")
    fields = dict(re.findall(r'<input type="text" name="(\w+)" value="([^"]*)"', page))
    assert set(fields) == set(ideas.template(name).blanks)
    assert client.post("/start/sentence", fields).headers["Location"] == "/start/save"
    client.post("/start/save", {"email": "lea@example.org"})
    assert client.post("/start/code", {"code": code_in_mail()}).status_code == 302
    program = ledger.program(Business.objects.get().pk)
    assert program is not None
    assert program.title[language]


def test_a_bad_value_is_said_and_what_was_typed_stays(client: Client) -> None:
    begin(client, "shop")
    sent = {"per": "2,50", "price": "9", "off": "5,00", "welcome": "20"}
    answer = client.post("/start/sentence", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "entre 10 et 2 000" in words_of(page)
    assert 'value="2,50"' in page
    assert 'value="9"' in page


def test_typing_is_kept_on_the_way_to_other_ideas_and_back(client: Client) -> None:
    begin(client)
    sent = {"count": "7", "item": "pizzas", "then": "start-ideas"}
    assert client.post("/start/sentence", sent).headers["Location"] == "/start/ideas"
    take(client, "template:points")
    page = take(client, choice.PROMISE)
    assert 'value="7"' in page
    assert 'value="pizzas"' in page
    assert "checked" not in page  # the head start was taken off
    assert "Après 7 pizzas, la 8e est offerte" in page  # and the phone shows it
    assert 'value="Chez Léa"' in client.get("/start").content.decode()


def test_without_a_script_the_preview_is_shown_by_a_button(client: Client) -> None:
    begin(client)
    sent = {"count": "7", "item": "pizzas", "then": "show"}
    answer = client.post("/start/sentence", sent)
    assert answer.status_code == 200
    assert "Après 7 pizzas, la 8e est offerte" in answer.content.decode()


def test_all_ideas_are_listed_each_with_its_sentence(client: Client) -> None:
    begin(client)
    page = words_of(client.get("/start/ideas").content.decode())
    assert "Après 10 cafés, le 11e est offert" in page
    assert "1 point par 1,00 € dépensés ; 100 points donnent 5,00 € de remise." in page
    for title in known.NAMES.values():
        assert title in page


@pytest.mark.parametrize("name", known.NAMES)
def test_each_of_the_twelve_is_told_and_taken_or_refused_with_the_nearest(
    client: Client, name: str
) -> None:
    begin(client)
    page = client.get(f"/start/ideas/{name}").content.decode()
    assert known.NAMES[name] in page
    assert page.count("<li>") > 1
    answer = client.post("/start/ideas/take", {"idea": f"known:{name}"})
    if name in ("swarm", "united", "virgin-atlantic"):  # they live on what no counter sees
        assert answer.headers["Location"] == f"/start/ideas/{name}"
        assert "ne voit pas" in page
        assert 'value="template:' in page
        return
    assert client.get("/start/sentence").status_code == 200
    assert client.post("/start/sentence", {}).headers["Location"] == "/start/save"
    client.post("/start/save", {"email": "lea@example.org"})
    assert client.post("/start/code", {"code": code_in_mail()}).status_code == 302
    program = ledger.program(Business.objects.get().pk)
    assert program is not None
    assert (program.currency, program.timezone) == ("EUR", "Europe/Paris")
    assert program.title == {"fr": "Notre carte de fidélité"}


def test_prices_with_cents_do_not_fit_money_without(client: Client) -> None:
    begin(client, "cafe", "JP")
    page = client.get("/start/ideas/starbucks").content.decode()
    assert "centimes" in page
    client.post("/start/ideas/take", {"idea": "known:starbucks"})
    assert "Starbucks" not in client.get("/start/sentence").content.decode()


def test_what_is_not_an_idea_is_not_there(client: Client) -> None:
    begin(client)
    assert client.get("/start/ideas/nobody").status_code == 404
    assert client.post("/start/ideas/take", {"idea": "template:nobody"}).status_code == 404
    assert client.get("/start/ideas/take").status_code == 405


def test_the_card_on_the_phone_is_what_the_engine_gives(client: Client) -> None:
    filled = choice.checked("template:points", LEA, None)
    program = document.read(choice.program("template:points", LEA, filled))
    assert isinstance(program, Program)
    shown = likeness.of(program, timezone.now())
    assert shown.label == "20 sur 100 points"
    assert not mail.outbox


def test_what_follows_is_said_and_follows_the_country(client: Client) -> None:
    page = words_of(client.get("/start").content.decode())
    assert "heure de Paris, qui ne changeront plus ; aucun message de 22:00 à 08:00" in page
    assert "gardent environ 55 % de leurs clients" in page
    chosen = {"kind": "shop", "country": "IT"}
    part = words_of(client.get("/start/derived", chosen).content.decode())
    assert "heure de Rome, qui ne changeront plus ; aucun message de 20:00 à 09:00" in part
    assert "63 %" in part
    nowhere = client.get("/start/derived", {"kind": "shop", "country": "XX"})
    assert nowhere.status_code == 200


def test_a_new_shop_keeps_the_quiet_hours_of_its_country() -> None:
    from habitue.members import businesses

    shop = businesses.create(name="Da Bruno", kind="cafe", country="IT")
    assert (shop.quiet_from.hour, shop.quiet_until.hour) == (20, 9)
    assert deriving.of("cafe", "IT").quiet_from == "20:00"
