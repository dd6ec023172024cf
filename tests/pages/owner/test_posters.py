"""What is printed: every sheet's code opens the join page, whatever the name and the printer."""

import io
import re

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from PIL import Image, ImageFilter

from habitue.members.models import Business, JournalLine
from habitue.pages.owner import sheets
from tests.pages.conftest import make_shop

CODES = {"a4": 1, "a5": 1, "tent": 2, "stickers": 24, "sticker": 1}
FRENCH = sheets.words("fr", "Après 10 cafés, le 11e est offert")
ENGLISH = sheets.words("en", "After 10 coffees, the 11th is free")
DOTS = 150 / 72


def content(shop: str = "Café des Amis", *said: sheets.Words) -> sheets.Content:
    return sheets.Content(shop, said or (FRENCH,), "https://cafe.example.org/j/cafe-des-amis")


def picture(pdf: bytes, scale: float = DOTS) -> Image.Image:
    """The first page as a printer at 150 dpi would show it."""
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    page = document[0]
    image: Image.Image = page.render(scale=scale).to_pil()
    page.close()
    document.close()
    return image


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    words = page.get_textpage()
    text = str(words.get_text_range())
    words.close()
    page.close()
    document.close()
    return " ".join(text.split())


def photographed(image: Image.Image) -> Image.Image:
    """As a phone sees it: aslant, small, blurred, in poor light, with noise, as a JPEG."""
    seen = image.convert("L").rotate(7, expand=True, fillcolor=200).resize((900, 900))
    seen = seen.filter(ImageFilter.GaussianBlur(1.2)).point(lambda light: 60 + light // 2)
    noise = np.random.default_rng(11).normal(0, 9, (900, 900))
    noisy = np.clip(np.asarray(seen, dtype=float) + noise, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noisy).save(file, "JPEG", quality=45)
    return Image.open(file)


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize("said", [(FRENCH,), (FRENCH, ENGLISH)], ids=["one", "two"])
def test_every_code_of_every_sheet_reads(name: str, said: tuple[sheets.Words, ...]) -> None:
    image = picture(sheets.draw(name, content("Café des Amis", *said)).content())
    found = zxingcpp.read_barcodes(image)
    assert len(found) == CODES[name]
    assert {one.text for one in found} == {"https://cafe.example.org/j/cafe-des-amis"}


@pytest.mark.parametrize("name", ["a4", "a5", "sticker"])
def test_a_phone_reads_it_in_poor_light(name: str) -> None:
    image = photographed(picture(sheets.draw(name, content()).content()))
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == content().address


@pytest.mark.parametrize(
    ("name", "shop"),
    [
        *[(name, "W" * 60) for name in CODES],
        *[("a4", shop) for shop in ("é", "Łódź Kavárna Żabka", "東京 Кафе ☕", "<b>&")],
    ],
)
def test_any_name_can_be_printed_and_stays_on_the_page(name: str, shop: str) -> None:
    long = sheets.words("fr", "des mots " * 17)
    sheet = sheets.draw(name, content(shop, long, ENGLISH))
    assert sheet.content().startswith(b"%PDF")
    drawn = sheet.svg("x")
    for x, y, size in re.findall(r'<text x="([\d.]+)" y="([\d.]+)" font-size="([\d.]+)"', drawn):
        assert 0 < float(x) < sheet.width
        assert float(size) < float(y) < sheet.height
    assert "<b>" not in drawn


def test_fonts_are_embedded_and_the_tent_reads_from_both_sides() -> None:
    pdf = sheets.draw("tent", content()).content()
    assert b"FontFile2" in pdf
    assert text_of(pdf).count("Scannez avec votre téléphone") == 2
    above, below = (np.asarray(one.convert("L"), dtype=float) for one in _halves(picture(pdf)))
    assert np.abs(above - below).mean() < 2
    assert below.std() > 20


def _halves(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Both sides upright, small enough that the raster's edges do not matter."""
    width, height = image.size
    below = image.crop((0, height // 2, width, height)).resize((60, 42))
    above = image.rotate(180).crop((0, height // 2, width, height)).resize((60, 42))
    return above, below


@pytest.mark.django_db
def test_the_posters_code_opens_the_join_page(owner: Client, cafe: Business) -> None:
    answer = owner.get("/poster.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    (found,) = zxingcpp.read_barcodes(picture(answer.content, 1.5))
    assert found.text == f"http://testserver/j/{cafe.slug}"
    assert Client().get(found.text.removeprefix("http://testserver")).status_code == 200
    text = text_of(answer.content)
    assert "Café des Amis" in text
    assert "Après 10 cafés, le 11e est offert" in text


@pytest.mark.django_db
def test_the_page_shows_what_will_be_printed(owner: Client) -> None:
    page = owner.get("/posters").content.decode()
    assert 'viewBox="0 0 210.0 297.0"' in page
    assert "Après 10 cafés, le 11e est offert" in page
    assert 'value="Our loyalty card"' in page  # what it would say in a language it has no title in
    wanted = {
        "format": "a5",
        "languages": ["fr", "it"],
        "headline_fr": "Bonjour",
        "headline_it": "Ciao",
    }
    part = owner.get("/posters", wanted, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert part.index("Bonjour") < part.index("Ciao")
    assert "Scansiona" in part


@pytest.mark.django_db
def test_printing_answers_with_the_file_and_the_journal_knows(
    owner: Client, cafe: Business
) -> None:
    assert owner.get("/posters", {"format": "a4"}).headers["Content-Type"].startswith("text/html")
    assert not JournalLine.objects.exists()  # looking changes nothing
    answer = owner.post("/posters", {"format": "a4", "languages": "en", "headline_en": "Hi"})
    assert answer.headers["Content-Disposition"].endswith(f'filename="{cafe.slug}-a4.pdf"')
    assert "Hi" in text_of(answer.content)
    line = JournalLine.objects.get()
    assert (line.kind, line.what, line.staff is not None) == ("print", {"sheet": "a4"}, True)


@pytest.mark.django_db
def test_a_place_stands_in_the_code_and_the_page_opens_all_the_same(owner: Client) -> None:
    answer = owner.post("/posters", {"format": "sticker", "at": "table n° 4 & 5"})
    (found,) = zxingcpp.read_barcodes(picture(answer.content))
    assert found.text.endswith("?at=table%20n%C2%B0%204%20%26%205")
    assert Client().get(found.text.removeprefix("http://testserver")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "a0"},
        {"format": "a4", "headline_fr": "x" * 161},
        {"format": "a4", "languages": "de"},
    ],
)
def test_what_cannot_be_printed_is_said(owner: Client, wrong: dict[str, str]) -> None:
    answer = owner.post("/posters", wrong)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()


@pytest.mark.django_db
def test_posters_are_the_owners_and_of_their_own_shop(owner: Client, counter: Client) -> None:
    make_shop("Bar")
    assert counter.get("/posters").headers["Location"] == "/sign-in"
    assert "/j/bar" not in owner.get("/posters").content.decode()
