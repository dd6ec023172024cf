"""Where an owner can go: the bar of a phone, the rail of a wide screen, More, and the commands."""

from __future__ import annotations

import functools
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

BAR: Final = ("today", "counter", "customers", "program")
"""What stands in the bar of a phone, before More; the rail has whatever says `rail`."""


class Place(Struct, frozen=True):
    """A page to go to: its address by name, its title, what it is for, its picture's lines."""

    id: str
    title: str | Promise
    about: str | Promise
    picture: str
    rail: bool = True


EVERY: Final = (
    Place(
        "today",
        gettext_lazy("Today"),
        gettext_lazy("How it goes, and what to do."),
        "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
    ),
    Place(
        "counter",
        gettext_lazy("Scan"),
        gettext_lazy("The counter: stamp, and give rewards."),
        "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M7 12h10",
    ),
    Place(
        "customers",
        gettext_lazy("Customers"),
        gettext_lazy("Everybody whom you know."),
        "M12 4a4 4 0 1 0 .01 0M4 20c1-5 4-6 8-6s7 1 8 6",
    ),
    Place(
        "program",
        gettext_lazy("Program"),
        gettext_lazy("Your rules and rewards as sentences."),
        "M12 4l2.4 5 5.6.7-4.1 3.8 1 5.5-4.9-2.7-4.9 2.7 1-5.5L4 9.7 9.6 9z",
    ),
    Place(
        "measures",
        gettext_lazy("Measures"),
        gettext_lazy("How many customers come back, what they spend, what they say."),
        "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
    ),
    Place(
        "import",
        gettext_lazy("Import"),
        gettext_lazy("Customers and purchases from a file of your till."),
        "M12 4v10M8 10l4 4 4-4M4 16v4h16v-4",
    ),
    Place(
        "posters",
        gettext_lazy("Posters"),
        gettext_lazy("To print: the code by which customers join."),
        "M6 4h12v16H6zM9 8h6v5H9zM9 16h6",
    ),
    Place(
        "journal",
        gettext_lazy("Journal"),
        gettext_lazy("Who did what, and when."),
        "M6 4h12v16H6zM9 8h6M9 12h6M9 16h3",
    ),
    Place(
        "settings",
        gettext_lazy("Settings"),
        gettext_lazy("The shop, who works there, the language, signing out."),
        "M4 7h9M17 7h3M4 17h3M11 17h9M15 5a2 2 0 1 0 .01 0M9 15a2 2 0 1 0 .01 0",
    ),
    Place(
        "measures-leaks",
        gettext_lazy("Leaks"),
        gettext_lazy("Who is late by their own rhythm."),
        "M4 20V4M4 20h16M8 8l4 5 6 2",
        rail=False,
    ),
    Place(
        "measures-segments",
        gettext_lazy("Segments"),
        gettext_lazy("Where your customers stand."),
        "M12 4v8h8M12 4a8 8 0 1 0 8 8",
        rail=False,
    ),
    Place(
        "measures-audiences",
        gettext_lazy("Audiences"),
        gettext_lazy("Customers who are meant together, under a name."),
        "M9 6a3 3 0 1 0 .01 0M3 18c1-4 3-5 6-5s5 1 6 5M17 8v6M14 11h6",
        rail=False,
    ),
    Place(
        "measures-satisfaction",
        gettext_lazy("What customers say"),
        gettext_lazy("Recommendation, satisfaction and ease."),
        "M4 5h16v11h-8l-5 4v-4H4z",
        rail=False,
    ),
    Place(
        "program-what-if",
        gettext_lazy("What-if"),
        gettext_lazy("Your own history under other rules."),
        "M4 18l5-6 4 3 7-9M15 6h5v5",
        rail=False,
    ),
)


class Way(Struct, frozen=True):
    """A place with its address."""

    place: Place
    address: str


@functools.cache
def ways(counter: str) -> tuple[Way, ...]:
    """Every place of a business; `counter` is the secret part of its staff link."""
    return tuple(
        Way(place, reverse(place.id, args=[counter] if place.id == "counter" else []))
        for place in EVERY
    )


@functools.lru_cache(maxsize=2_000)
def navigation(counter: str, here: str, language: str) -> SafeString:
    """The bar and the rail in one; kept, because every page has it and it never changes."""
    rail = [way for way in ways(counter) if way.place.rail]
    drawn = [_drawn(way, here) for way in rail]
    dots = "M5 12h.01M12 12h.01M19 12h.01"
    drawn.append(_link(reverse("more"), dots, _("More"), "slim", here not in BAR))
    return format_html(
        '<nav class="places" aria-label="{}">{}</nav>',
        _("Places"),
        format_html_join("", "{}", ((one,) for one in drawn)),
    )


def _drawn(way: Way, here: str) -> SafeString:
    look = "" if way.place.id in BAR else "wide"
    return _link(way.address, way.place.picture, way.place.title, look, way.place.id == here)


def _link(address: str, picture: str, title: str | Promise, look: str, current: bool) -> SafeString:
    return format_html(
        '<a href="{}"{}{}><svg viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>{}</a>',
        address,
        format_html(' class="{}"', look) if look else "",
        SafeString(' aria-current="page"') if current else "",
        picture,
        title,
    )
