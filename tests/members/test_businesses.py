"""A country settles what a shop owner should not have to look up."""

import pytest
from django.db import IntegrityError

from habitue.members import businesses


@pytest.mark.parametrize(
    ("country", "currency", "timezone", "language"),
    [
        ("FR", "EUR", "Europe/Paris", "fr"),
        ("IT", "EUR", "Europe/Rome", "it"),
        ("GB", "GBP", "Europe/London", "en"),
        ("CH", "CHF", "Europe/Zurich", "fr"),
        ("US", "USD", "America/New_York", "en"),
        ("JP", "JPY", "Asia/Tokyo", "en"),
        ("QQ", "EUR", "UTC", "en"),
    ],
)
def test_a_country_settles_money_time_and_language(
    country: str, currency: str, timezone: str, language: str
) -> None:
    assert businesses.currency_of(country) == currency
    assert businesses.timezone_of(country) == timezone
    assert businesses.language_of(country) == language


@pytest.mark.django_db
def test_two_shops_of_one_name_have_two_addresses() -> None:
    first = businesses.create(name="Café des Amis", kind="cafe", country="FR")
    second = businesses.create(name="Café des Amis", kind="cafe", country="FR")
    assert first.slug == "cafe-des-amis"
    assert second.slug.startswith("cafe-des-amis-")
    assert first.counter_key != second.counter_key
    with pytest.raises(IntegrityError):
        businesses.create(name="X", kind="cafe", country="FR", slug="cafe-des-amis")


@pytest.mark.django_db
def test_a_name_without_latin_letters_still_gets_an_address() -> None:
    assert businesses.create(name="☕", kind="cafe", country="FR").slug == "shop"
