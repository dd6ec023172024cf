"""What holds for every page: policy, errors, languages, first-view weight."""

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client

from habitue.members.models import Business, Card, Customer
from habitue.pages.start import countries, sentence
from habitue.pages.templatetags import words
from tests.pages import shrink

ROOT = Path(__file__).parents[2] / "habitue" / "pages"
FONT = ROOT / "static" / "vendor" / "lora" / "habitue-serif-600.woff2"


def templates() -> list[Path]:
    return sorted(ROOT.glob("templates/**/*.html"))


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_a_template_has_no_inline_script_or_style(path: Path) -> None:
    text = re.sub(r"\{%.*?%\}", "", path.read_text())  # what a browser gets
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|hx-vals=.js", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text


@pytest.mark.django_db
def test_the_policy_allows_our_own_origin_only(client: Client, cafe: Business) -> None:
    answer = client.get(f"/j/{cafe.slug}")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("fr", "Il n’y a rien"),
        ("it", "Non c’è nulla"),
        ("en", "There is nothing"),
        ("de", "Il n’y"),
    ],
)
def test_a_missing_page_answers_in_the_readers_language(
    client: Client, language: str, word: str
) -> None:
    answer = client.get("/nowhere", headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert word in answer.content.decode()


@pytest.mark.django_db
def test_a_fragment_that_is_missing_answers_with_a_fragment(client: Client) -> None:
    answer = client.get("/c/nobody/code", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert "<html" not in answer.content.decode()


@pytest.mark.django_db
def test_a_form_from_nowhere_is_refused_with_a_page(cafe: Business) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(f"/j/{cafe.slug}", {"name": "x"})
    assert answer.status_code == 403
    assert "trop ancienne" in answer.content.decode()


@pytest.mark.django_db
def test_a_defect_answers_with_a_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("habitue.pages.access.installed", broken)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Quelque chose s’est cassé" in answer.content.decode()


@pytest.mark.django_db
def test_the_language_is_switched_by_a_button(client: Client, cafe: Business) -> None:
    back = client.post("/i18n/setlang/", {"language": "it", "next": f"/j/{cafe.slug}"})
    assert back.headers["Location"] == f"/j/{cafe.slug}"
    assert "Ricevi la mia tessera" in client.get(f"/j/{cafe.slug}").content.decode()


@pytest.mark.django_db
def test_the_first_view_of_join_and_card_is_light(client: Client, card: Card) -> None:
    shop = card.customer.business
    for path in (f"/j/{shop.slug}", f"/c/{card.token}"):
        text = client.get(path).content.decode()
        files = re.findall(r'(?:href|src)="/static/([^"]+)"', text)
        weight = len(gzip.compress(text.encode()))
        weight += sum(len(gzip.compress((ROOT / "static" / name).read_bytes())) for name in files)
        weight += FONT.stat().st_size  # the style sheet asks for it
        assert weight <= 55_000
        assert weight <= 45_000 or path.startswith("/c/")


@pytest.mark.parametrize("path", shrink.files(), ids=lambda path: path.name)
def test_what_is_packed_is_what_was_vendored(path: Path) -> None:
    assert gzip.decompress(shrink.packed(path).read_bytes()) == path.read_bytes()


@pytest.mark.parametrize("name", ["htmx", "pico", "qr", "lora"])
def test_what_is_vendored_names_version_and_licence(name: str) -> None:
    folder = ROOT / "static" / "vendor" / name
    assert re.search(r"\d+\.\d+\.\d+", (folder / "VERSION").read_text())
    assert list(folder.glob("LICENSE*"))


@pytest.mark.parametrize(
    ("language", "count", "item", "text", "reward"),
    [
        ("fr", 10, "cafés", "Après 10 cafés, le 11e est offert", "1 café offert"),
        ("fr", 4, "baguettes", "Après 4 baguettes, la 5e est offerte", "1 baguette offerte"),
        ("it", 10, "caffè", "Dopo 10 caffè, l’11º è offerto", "1 caffè in omaggio"),
        ("it", 7, "pizze", "Dopo 7 pizze, l’8ª è offerta", "1 pizza in omaggio"),
        ("it", 5, "gelati", "Dopo 5 gelati, il 6º è offerto", "1 gelato in omaggio"),
        ("en", 10, "coffees", "After 10 coffees, the 11th is free", "1 free coffee"),
        ("en", 20, "kisses", "After 20 kisses, the 21st is free", "1 free kisse"),
    ],
)
def test_the_sentence_speaks_properly(
    language: str, count: int, item: str, text: str, reward: str
) -> None:
    filled = sentence.Sentence(count=count, item=item, language=language)
    assert (filled.text, filled.reward) == (text, reward)
    assert filled.goal == count + 2


def test_money_dates_and_initials_are_the_readers() -> None:
    from django.utils.translation import override

    with override("fr"):
        assert words.money(1250, "EUR").replace("\xa0", " ").replace("\u202f", " ") == "12,50 €"
        assert words.percent(0.5).replace("\xa0", " ").replace("\u202f", " ") == "50 %"
    with override("en"):
        assert words.money(1250, "JPY") == "¥1,250"
    assert words.initials("Léa de la Tour") == "LT"
    assert words.initials("") == "·"


def test_every_country_has_a_name_and_the_usual_come_first() -> None:
    listed = countries.choices()
    assert [code for code, _name in listed[:2]] == ["FR", "IT"]
    assert len(listed) == len({code for code, _name in listed}) > 200


@pytest.mark.django_db
def test_long_names_are_carried(counter: Client, alice: Customer) -> None:
    alice.name = "M" * 80
    alice.save()
    answer = counter.get(f"/s/{alice.business.counter_key}/m/{alice.pk}")
    assert "M" * 80 in answer.content.decode()
