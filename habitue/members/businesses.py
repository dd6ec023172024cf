"""Creating a business: its country settles currency, time zone and language."""

import secrets
from typing import Final

from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from habitue.members.models import LANGUAGES, Business

# Countries of several zones: the one where most people live.
_MAIN_ZONE: Final = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kiev",
    "US": "America/New_York",
}


def create(
    *,
    name: str,
    kind: str,
    country: str,
    language: str = "",
    is_demo: bool = False,
    slug: str = "",
    currency: str = "",
    timezone: str = "",
) -> Business:
    """A new business; what is not given follows from the country (ISO 3166, two letters)."""
    base = slug or slugify(name)[:40] or "shop"
    for attempt in range(20):
        try:
            with transaction.atomic():
                return Business.objects.create(
                    slug=base if attempt == 0 else f"{base}-{secrets.token_hex(2)}",
                    name=name,
                    kind=kind,
                    country=country,
                    currency=currency or currency_of(country),
                    timezone=timezone or timezone_of(country),
                    language=language or language_of(country),
                    is_demo=is_demo,
                    counter_key=secrets.token_urlsafe(15),
                )
        except IntegrityError:
            if slug:
                raise
    raise RuntimeError(f"no free slug for {base!r} after 20 tries")


def currency_of(country: str) -> str:
    """The currency in use there; EUR where unknown."""
    known = get_territory_currencies(country)
    return str(known[0]) if known else "EUR"


def timezone_of(country: str) -> str:
    """The time zone of most people there; UTC where unknown."""
    zones = get_global("territory_zones").get(country, [])
    return _MAIN_ZONE.get(country) or (str(zones[0]) if zones else "UTC")


def language_of(country: str) -> str:
    """The first official language that Habitué speaks, else English."""
    return next((tag for tag in get_official_languages(country) if tag in LANGUAGES), "en")
