"""What follows from a shop's kind and country, so that the first run need not ask."""

from datetime import time

from babel import dates, numbers
from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.members import businesses
from habitue.metrics import benchmarks
from habitue.pages import words


class Shop(Struct, frozen=True):
    """A shop that is not opened yet: enough to write its program."""

    name: str
    kind: str
    country: str
    language: str

    @property
    def currency(self) -> str:
        return businesses.currency_of(self.country)

    @property
    def timezone(self) -> str:
        return businesses.timezone_of(self.country)


class Derived(Struct, frozen=True):
    """What the first step derived, in the reader's words. `kept`: by shops of that kind."""

    currency: str
    place: str
    quiet_from: str
    quiet_until: str
    kept: float | None


def of(kind: str, country: str) -> Derived:
    """What a kind and a country settle."""
    locale, (since, until) = words.language(), businesses.quiet_hours_of(country)
    sector = benchmarks.of(kind, "strict_retention")
    money = businesses.currency_of(country)
    zone = businesses.timezone_of(country)
    return Derived(
        currency=f"{numbers.get_currency_name(money, 2, locale)} ({money})",
        place=dates.get_timezone_location(zone, locale=locale, return_city=True),
        quiet_from=_hour(since),
        quiet_until=_hour(until),
        kept=sector.value if sector else None,
    )


def suited(kind: str) -> str:
    """The idea to begin with: counted goods, or what such shops usually do."""
    ideas = {
        "hairdresser": "template:stamp-card",
        "beauty": "template:stamp-card",
        "fitness": "template:visits",
        "shop": "template:points",
        "online": "template:cashback",
    }
    return ideas.get(kind, "promise")


def usual(kind: str, idea: str) -> dict[str, str]:
    """What stands in an idea's blanks at first where a kind of shop has better than the usual."""
    kinds = {
        ("hairdresser", "template:stamp-card"): {"count": "6", "reward": _("a haircut is free")},
        ("beauty", "template:stamp-card"): {"count": "6", "reward": _("a treatment is free")},
        ("fitness", "template:visits"): {
            "few": "10",
            "small": _("a drink"),
            "many": "40",
            "big": _("a private lesson"),
        },
    }
    return kinds.get((kind, idea), {})


def _hour(at: time) -> str:
    return str(dates.format_time(at, "short", locale=words.language()))
