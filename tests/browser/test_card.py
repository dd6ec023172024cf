"""The customer's pages in a browser: all of it without scripts, a reward with them, every page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from pytest_django.live_server_helper import LiveServer

from habitue.core import facts
from habitue.members import consents, staff
from habitue.members.models import Business, Customer
from tests.browser import product as real
from tests.browser.watch import PHONE, Watch
from tests.pages.card.conftest import Letters, letters, link
from tests.pages.program import town as made

__all__ = ["letters"]  # a fixture
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FEE = "fee: {every: year, price: 49.00}\n"
LONG = "Marie-Antoinette-Josèphe de Habsbourg-Lorraine-Desrousseaux"


@pytest.fixture
def town(live_server: LiveServer) -> Business:
    """The neighbourhood, with someone at the counter."""
    shop = made.make_town("Le Quartier", made.TOWN + FEE)
    staff.add_cashier(shop, name="Diego", pin="4711")
    return shop


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = real.launch(playwright)
    yield launched
    launched.close()


def pays_and_buys(shop: Business, who: Customer, cents: int) -> None:
    """A year is paid; something was used of it, so nothing is given back."""
    made.post(shop, who, facts.FeePaid(4_900, "EUR"), at=timezone.now())
    made.buys(shop, who, cents)


def plain(browser: Browser) -> Page:
    """A phone whose browser runs no scripts."""
    context: BrowserContext = browser.new_context(
        viewport=PHONE, locale="fr-FR", java_script_enabled=False
    )
    context.set_default_timeout(real.PATIENCE * 1000)
    return context.new_page()


def test_everything_works_without_scripts(
    live_server: LiveServer, town: Business, browser: Browser, letters: Letters
) -> None:
    page = plain(browser)
    page.goto(f"{live_server.url}/j/{town.slug}?at=Vitrine")
    page.get_by_label("prénom").fill("Alice")
    page.get_by_label("E-mail ou").fill("alice@example.org")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Recevoir ma carte").click()
    expect(page.locator("svg.qr")).to_be_visible()
    card, alice = page.url.partition("?")[0], Customer.objects.get()
    pays_and_buys(town, alice, 6_000)

    page.goto(live_server.url + link(letters()[0]))  # the mailed link
    page.get_by_role("button", name="Oui, c’est moi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est confirmé")
    assert consents.granted(alice, purpose="marketing", channel="email")

    page.goto(card)
    page.get_by_role("link", name="Récompenses", exact=True).click()
    page.get_by_role("button", name=re.compile("Utiliser maintenant")).first.click()
    expect(page.get_by_role("timer")).to_have_text(re.compile("4:[0-9]{2}"))
    page.get_by_role("button", name="Pas maintenant").click()
    page.get_by_role("button", name=re.compile("Donner.*Un arbre")).click()
    page.get_by_role("button", name="Donner").click()
    expect(page.get_by_role("link", name=re.compile("Attestation"))).to_be_visible()

    page.get_by_role("link", name="Moi", exact=True).click()
    page.get_by_label(re.compile("anniversaire par SMS")).check()
    page.get_by_role("button", name="Enregistrer mon choix").click()
    expect(page.get_by_role("status")).to_contain_text("Enregistré")
    assert consents.granted(alice, purpose="birthday", channel="sms")

    page.get_by_role("link", name="Adhésion payante").click()  # the third click ends it
    page.get_by_role("button", name="Résilier l’adhésion").click()
    expect(page.locator("main")).to_contain_text("Votre adhésion est résiliée")

    page.goto(f"{live_server.url}/j/{town.slug}/find")
    page.get_by_label("E-mail ou").fill("alice@example.org")
    page.get_by_role("button", name="Retrouver ma carte").click()
    expect(page.get_by_role("status")).to_contain_text("en route")
    assert card.removeprefix(live_server.url) == link(letters()[-1])


def test_a_reward_is_held_ready_given_and_the_card_deleted(
    live_server: LiveServer, town: Business, browser: Browser
) -> None:
    watch = Watch(live_server.url)
    alice = made.make_neighbor(town, "Alice")
    Customer.objects.filter(pk=alice.pk).update(name=LONG)
    pays_and_buys(town, alice, 6_000)
    phone, counter = watch.phone(browser), watch.phone(browser)
    card = f"{live_server.url}/c/{alice.cards.get().token}"
    phone.goto(f"{card}/rewards")
    phone.get_by_role("button", name=re.compile("Utiliser maintenant")).first.click()
    first = phone.locator(".count").inner_text()
    expect(phone.locator(".count")).not_to_have_text(first)  # it moves

    counter.goto(f"{live_server.url}/s/{town.counter_key}/in")
    counter.get_by_label("Code PIN").fill("4711")
    counter.get_by_role("button", name="Commencer").click()
    counter.get_by_label("N° de carte").fill(alice.member.number)
    counter.get_by_role("button", name="Ouvrir").click()
    expect(counter.get_by_role("heading", level=1)).to_contain_text("demande")
    watch.glance(counter, "sheet: a member asks", "light")
    counter.get_by_role("button", name="Donner la récompense").first.click()
    expect(counter.locator(".done")).to_have_text("Récompense donnée.")
    expect(phone.locator(".done")).to_contain_text("Profitez-en")  # by itself
    watch.glance(phone, "reward given", "dark")

    phone.goto(card)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.context.set_offline(True)
    phone.goto(f"{card}/rewards")
    number = alice.member.number
    expect(phone.locator("[data-kept=number]")).to_have_text(f"{number[:4]} {number[4:]}")
    expect(phone.locator("[data-kept=state]")).to_have_text("50 sur 20 points")
    phone.context.set_offline(False)

    phone.goto(f"{card}/me")
    with phone.expect_download() as got:
        phone.get_by_role("button", name="Télécharger mes données").click()
    assert got.value.suggested_filename.endswith(".zip")
    phone.get_by_role("link", name="Effacer ma carte et mes données").click()
    phone.get_by_role("checkbox").check()
    phone.get_by_role("button", name="Effacer pour toujours").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Tout est effacé")
    assert phone.evaluate("Object.keys(localStorage).length") == 0  # nothing stays on the phone
    phone.goto(card)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Cette carte n’existe plus")
    watch.all_well()
