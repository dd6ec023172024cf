"""A passkey in a real browser, on a device that Chromium plays: made in Settings, then it opens."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import product as real
from tests.browser.product import Product
from tests.browser.watch import Watch

pytestmark = pytest.mark.slow
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def open_a_shop(product: Product) -> None:
    """As the command line does it: a shop from an import, with Diego as its owner."""
    home = {**os.environ, "HABITUE_HOME": str(product.home)}
    make = (
        "from habitue.members import businesses;"
        "businesses.create(name='Café des Amis', kind='cafe', country='FR', slug='cafe')"
    )
    for command in (
        ["django", "shell", "--no-imports", "-c", make],
        ["owner", "diego@example.org", "--business", "cafe"],
    ):
        subprocess.run([sys.executable, "-m", "habitue", *command], env=home, check=True)


def sign_in(page: Page, product: Product) -> None:
    page.goto(product.address + "/sign-in")
    page.get_by_label("adresse e-mail").fill("diego@example.org")
    page.get_by_role("button", name="Recevoir le code").click()
    page.get_by_label("Code reçu").fill(product.letters.code())
    page.get_by_role("button", name="Continuer").click()


def test_a_passkey_signs_in_without_a_mail(product: Product, playwright: Playwright) -> None:
    watch, browser = Watch(product.address), real.launch(playwright)
    page = watch.phone(browser)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    key = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    open_a_shop(product)
    sign_in(page, product)
    page.goto(product.address + "/settings/account")
    page.locator("#passkey").click()
    expect(page.locator(".crew form[action*=passkeys]")).to_have_count(1)
    watch.glance(page, "settings: a passkey", "light")

    page.context.clear_cookies()
    page.goto(product.address + "/sign-in")
    watch.glance(page, "sign in: with a passkey", "light")
    before = len(product.letters.kept)
    page.locator("#passkey").click()
    page.wait_for_url(product.address + "/")
    assert len(product.letters.kept) == before

    # Somebody else's finger: nothing opens, and a sentence says what to do.
    page.context.clear_cookies()
    device.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.goto(product.address + "/sign-in")
    page.locator("#passkey").click()
    expect(page.locator("#passkey-failed")).to_be_visible()
    watch.glance(page, "sign in: no passkey", "light")
    browser.close()
    watch.all_well()
