"""The first day of a café, walked in a real browser against the real product.

First run → join → scan by camera → tenth stamp → the reward first → given → undone.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest
import segno
import zxingcpp
from playwright.sync_api import Page, Playwright, Request, expect

from tests.browser import product as real
from tests.browser.product import Product
from tests.browser.watch import Watch

pytestmark = pytest.mark.slow


class Hand:
    """One who types at 40 ms a key. What a test does besides is neither counted nor timed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.did, self.spent = 0, 0.0

    def write(self, label: str, text: str) -> None:
        """Fill in a field."""
        with self._timed():
            field = self.page.get_by_label(label)
            field.click()
            field.press_sequentially(text, delay=40)

    def tap(self, name: str) -> None:
        """Press a button, and see what comes."""
        with self._timed():
            self.page.get_by_role("button", name=name, exact=True).click()
            self.page.wait_for_load_state()

    def asked_for_no_password(self) -> None:
        """Nothing on the way asks for one."""
        expect(self.page.locator("[type=password]")).to_have_count(0)

    def poster(self) -> str:
        """Print it; answers with where its code leads."""
        with self._timed(), self.page.expect_download() as file:
            self.page.get_by_role("button", name="Affiche (A4)").click()
        document = pypdfium2.PdfDocument(file.value.path().read_bytes())
        page = document[0]
        (found,) = zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())
        page.close()
        document.close()
        return str(found.text)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.did += 1
        self.spent += time.monotonic() - began


def first_run(page: Page, product: Product) -> tuple[Hand, str, str, str]:
    """Diego opens his shop; answers with the poster's link, the staff link and the PIN."""
    hand = Hand(page)
    page.goto(product.address)
    expect(page.locator("#derived")).to_contain_text("55 % de leurs clients")
    hand.asked_for_no_password()
    hand.write("Nom de votre commerce", "Café des Amis")
    hand.tap("Continuer")
    expect(page.locator("#phone")).to_contain_text("Après 10 cafés, le 11e est offert")
    other_ideas(page)
    page.get_by_label("Combien").fill("8")
    expect(page.locator("#phone")).to_contain_text("Après 8 cafés, le 9e est offert")
    page.get_by_role("checkbox").uncheck()
    page.get_by_label("Combien").fill("10")
    expect(page.locator("#phone svg")).to_have_attribute("aria-label", "0 sur 10 tampons")
    hand.asked_for_no_password()
    hand.tap("Continuer")
    hand.write("adresse e-mail", "diego@example.org")
    hand.asked_for_no_password()
    hand.tap("Recevoir le code")
    page.get_by_label("Code reçu").fill("12")
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator(".error")).to_be_visible()
    hand.asked_for_no_password()
    page.get_by_label("Code reçu").fill("")
    hand.write("Code reçu", product.letters.code())
    hand.tap("Continuer")
    expect(page.locator("#waiting")).to_contain_text("En attente")
    hand.asked_for_no_password()
    join = page.locator(".address a").get_attribute("href") or ""
    assert real.read_code(page.locator(".big svg")) == join
    assert hand.poster() == join
    assert hand.did <= 12
    staff = page.locator(".keys a").first.get_attribute("href") or ""
    return hand, join, staff, page.locator(".pin").inner_text()


def other_ideas(page: Page) -> None:
    """A look at the others, and back to the first: what was typed is there again."""
    page.get_by_label("Combien").fill("9")
    page.get_by_role("button", name="Autres idées").click()
    page.get_by_role("link", name="Starbucks Rewards").click()
    page.get_by_role("link", name="Autres idées").click()
    page.get_by_role("button", name="Choisir Des points par euro").click()
    page.get_by_label("Combien de points").fill("50")
    expect(page.locator("#phone")).to_contain_text("50 points donnent 5,00 € de remise")
    page.get_by_role("button", name="Autres idées").click()
    page.get_by_role("button", name="Choisir Un tampon par article").click()
    expect(page.locator("#phone")).to_contain_text("Après 9 cafés, le 10e est offert")


def first_stamp(hand: Hand) -> None:
    """From the green panel to the stamp, and back: the card is needed as it was."""
    hand.tap("Donner le premier tampon")
    hand.tap("+1")
    expect(hand.page.locator(".done")).to_have_text("+1")
    assert hand.spent < 90
    print("from nothing to the first stamp:", round(hand.spent, 1), "s in", hand.did, "steps")
    hand.page.get_by_role("button", name="Annuler").click()
    expect(hand.page.locator(".done")).to_have_text("Annulé.")


def join_as_alice(page: Page, link: str) -> Hand:
    assert weight_of(page, link) <= 60_000
    for box in page.get_by_role("checkbox").all():
        expect(box).not_to_be_checked()
    hand = Hand(page)
    hand.write("prénom", "Alice")
    hand.write("E-mail ou", "alice@example.org")
    hand.tap("Recevoir ma carte")
    expect(page.locator("svg.stamps")).to_have_attribute("aria-label", "0 sur 10 tampons")
    return hand


def weight_of(page: Page, link: str) -> int:
    """Bytes that a phone loads for a first view, as they come over the wire."""
    loaded: list[Request] = []

    def keep(request: Request) -> None:
        loaded.append(request)

    page.on("requestfinished", keep)
    page.goto(link, wait_until="networkidle")
    weight = sum(request.sizes()["responseBodySize"] for request in loaded)
    print(link.rpartition("/")[0], weight, "bytes in", len(loaded), "answers")
    return weight


def sign_in_at_counter(page: Page, link: str, pin: str) -> None:
    page.goto(link)
    page.get_by_label("Code PIN").fill(pin)
    page.get_by_role("button", name="Commencer").click()
    expect(page.get_by_role("heading", name="Scannez la carte")).to_be_visible()


def stamp_until_the_reward(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Alice")
    page.context.set_offline(True)
    page.get_by_role("button", name="+1").click()
    expect(page.get_by_role("alert")).to_contain_text("pas répondu")
    expect(page.locator(".done")).to_have_count(0)
    page.context.set_offline(False)
    page.get_by_role("button", name="+1").click()
    expect(page.locator(".done")).to_have_text("+1")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("svg.stamps")).to_have_attribute("aria-label", "1 sur 10 tampons")
    page.get_by_label("Plusieurs").fill("9")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.locator("svg.stamps")).to_have_attribute("aria-label", "10 sur 10 tampons")
    expect(page.locator("h1, h2, h3").first).to_have_text("Récompense prête : 1 café offert")


def give_and_undo(page: Page, watch: Watch) -> None:
    page.get_by_role("button", name="Donner la récompense").click()
    expect(page.locator(".done")).to_have_text("Récompense donnée.")
    expect(page.locator("svg.stamps")).to_have_attribute("aria-label", "0 sur 10 tampons")
    watch.glance(page, "sheet: given", "light")
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator(".done")).to_have_text("Annulé.")
    expect(page.locator("svg.stamps")).to_have_attribute("aria-label", "10 sur 10 tampons")
    expect(page.get_by_role("button", name="Annuler")).to_have_count(0)


def next_code(card: Page, before: str) -> str:
    """What the card shows once its code has changed by itself, without a reload."""
    expect(card.locator(".code")).to_be_visible()
    until = time.monotonic() + real.PATIENCE
    while (shown := real.read_code(card.locator("svg.qr"))) == before:
        assert time.monotonic() < until
        card.wait_for_timeout(500)
    return shown


def test_the_first_day_of_a_cafe(product: Product, playwright: Playwright, tmp_path: Path) -> None:
    watch, browser = Watch(product.address), real.launch(playwright)
    owner, alice = watch.phone(browser), watch.phone(browser)
    hand, join, staff, pin = first_run(owner, product)
    joined = join_as_alice(alice, join)
    expect(owner.locator("#waiting")).to_contain_text("Alice a sa carte")
    watch.glance(owner, "first run: first customer", "dark")
    hand.spent += joined.spent
    first_stamp(hand)

    assert weight_of(watch.phone(browser), alice.url) <= 60_000
    alice.reload()
    shown = real.read_code(alice.locator("svg.qr"))
    shot = real.launch(playwright, film=real.film(shown, tmp_path / "camera.y4m"))
    counter = watch.phone(shot)
    sign_in_at_counter(counter, staff, pin)
    began = time.monotonic()
    counter.wait_for_url("**/m/*")
    took = time.monotonic() - began
    print("from the counter to the sheet:", round(took, 1), "s")
    assert took < max(5, 10 * real.opening(counter))
    stamp_until_the_reward(counter)
    alice.reload()
    expect(alice.get_by_role("heading", name="Votre récompense est prête")).to_be_visible()
    give_and_undo(counter, watch)
    shot.close()

    # The same code again, typed by hand at another counter: refused with a sentence.
    second = watch.phone(browser)
    sign_in_at_counter(second, staff, pin)
    second.get_by_label("N° de carte").fill(shown)
    second.get_by_role("button", name="Ouvrir").click()
    refused = re.compile("déjà servi|expiré")  # by now its minute may be over as well
    expect(second.get_by_role("alert")).to_contain_text(refused)
    photo = tmp_path / "photo.png"
    segno.make(next_code(alice, shown)).save(str(photo), scale=7, border=6)
    second.get_by_label("Photo du code").set_input_files(photo)
    second.wait_for_url("**/m/*")
    second.goto(staff)
    second.get_by_label("Chercher par nom").fill("ali")
    second.get_by_role("link", name="Alice").click()
    expect(second.get_by_role("heading", level=1).first).to_contain_text("Récompense prête")
    browser.close()
    watch.all_well()
