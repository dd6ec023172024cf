"""Creating a business: its country settles currency, time zone and language."""

import secrets
from datetime import time
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

_QUIET: Final = {
    "CA": (time(21, 30), time(9)),
    "ES": (time(21), time(9)),
    "FR": (time(22), time(8)),
    "IN": (time(21), time(10)),
    "IT": (time(20), time(9)),
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
    quiet_from, quiet_until = quiet_hours_of(country)
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
                    quiet_from=quiet_from,
                    quiet_until=quiet_until,
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


def quiet_hours_of(country: str) -> tuple[time, time]:
    """From when until when nobody there is written to, at first: the owner may change it.

    France: no marketing by text message from 22 to 8 (charter of the AF2M). Italy: no calls from 20
    to 9 (code of conduct for telemarketing, 2023). Spain: 21 to 9 (consumer law, article 96).
    Canada: 21:30 to 9 (CRTC). India: 21 to 10 (TRAI, 2018). Elsewhere 21 to 8, as in the United
    States (47 CFR 64.1200). Rules for calls stand in where messages have none of their own.
    """
    return _QUIET.get(country, (time(21), time(8)))
