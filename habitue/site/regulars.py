"""The people of the demo café and the days on which they come: invented, the same every time.

Nothing here reads the clock or the database. Each person has a rhythm, favourite hours and a day
after which they stay away; the café has a quiet August and a busy December.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

SEED: Final = "Café des Amis"
PEOPLE: Final = 300
DAYS: Final = 365
ZONE: Final = ZoneInfo("Europe/Paris")

_FIRST_NAMES: Final = (
    "Adèle Agathe Aldo Amélie Anna Antoine Aurélie Basile Bianca Camille Carla Cécile Claire"
    " Clément Dario David Elena Élise Émile Enzo Fanny Federico Félix Florence Franca Gaël Gaspard"
    " Giulia Hélène Hugo Inès Irène Jeanne Jules Karim Laura Léa Léon Lina Louis Lucia Manon Marco"
    " Margot Mathis Mehdi Mia Nadia Nicolas Nina Noé Olivia Oscar Paola Pauline Pierre Quentin"
    " Rachel Raphaël Rita Romain Rosa Samira Sandro Sarah Simone Sofia Théo Thomas Valentina"
    " Victor Viola Yasmine Yves Zoé"
)
_NAMES: Final = _FIRST_NAMES.split()
_INITIALS: Final = "ABCDEFGHILMNOPRSTV"
# Share of a usual day's guests, Monday first; the café is closed on Monday.
_WEEKDAYS: Final = (0.0, 0.9, 1.0, 1.0, 1.2, 1.5, 1.1)
_MONTHS: Final = (0.9, 0.95, 1.0, 1.0, 1.05, 1.0, 0.85, 0.5, 1.05, 1.05, 1.05, 1.3)


class Item(Struct, frozen=True):
    """Something on the menu; the price in cents."""

    sku: str
    category: str
    price: int


ESPRESSO: Final = Item("espresso", "drink", 220)
_DRINKS: Final = (
    ESPRESSO,
    Item("cappuccino", "drink", 420),
    Item("tea", "drink", 380),
    Item("hot chocolate", "drink", 450),
)
_FOOD: Final = (
    Item("croissant", "food", 190),
    Item("tart", "food", 520),
    Item("lunch", "food", 1350),
)


class Person(Struct, frozen=True, kw_only=True):
    """One guest. `since` and `until` are days from the start of the year told here."""

    number: int
    name: str
    gap: float  # usual days between visits
    since: int
    until: int
    hour: int  # favourite hour
    enrols: bool
    birthday: tuple[int, int]

    @property
    def key(self) -> str:
        """Their number at the till."""
        return f"demo-{self.number:03d}"


class Visit(Struct, frozen=True):
    """One purchase. `slip`: what went wrong at the counter, if anything."""

    person: Person
    at: datetime
    items: tuple[tuple[Item, int], ...]
    slip: str = ""


ALICE: Final = Person(
    number=1, name="Alice", gap=2.5, since=0, until=DAYS, hour=8, enrols=True, birthday=(5, 14)
)
BRUNO: Final = Person(
    number=2, name="Bruno", gap=5, since=0, until=DAYS - 75, hour=9, enrols=True, birthday=(2, 29)
)
CHIARA: Final = Person(
    number=3, name="Chiara", gap=6, since=20, until=DAYS, hour=15, enrols=False, birthday=(9, 3)
)


def people() -> list[Person]:
    """Alice who comes back, Bruno who lapses, Chiara who never enrols, and everybody else."""
    others = [_person(number) for number in range(4, PEOPLE + 1)]
    return [ALICE, BRUNO, CHIARA, *others]


def visits(person: Person, today: date) -> Iterator[Visit]:
    """The purchases of one person in the year that ends with `today`."""
    chance = random.Random(f"{SEED} {person.number}")
    first = today - timedelta(days=DAYS)
    for day in range(person.since, person.until + 1):
        on = first + timedelta(days=day)
        usual = _WEEKDAYS[on.weekday()] * _MONTHS[on.month - 1] / person.gap
        if chance.random() < usual or (day == person.since and on.weekday() != 0):
            yield _visit(person, on, chance)


def _person(number: int) -> Person:
    chance = random.Random(f"{SEED} person {number}")
    gap = chance.choice((2, 4, 7, 7, 10, 14, 14, 21, 30, 45))
    since = 0 if chance.random() < 0.35 else chance.randrange(DAYS - 7)
    stays = chance.expovariate(1 / 220)  # days until they move house, or prefer another café
    once = chance.random() < 0.18
    return Person(
        number=number,
        name=f"{chance.choice(_NAMES)} {chance.choice(_INITIALS)}.",
        gap=400 if once else gap,
        since=since,
        until=min(DAYS, since + int(stays) + gap),
        hour=chance.choice((8, 8, 9, 10, 12, 13, 15, 16, 17)),
        enrols=chance.random() < 0.8,
        birthday=(chance.randint(1, 12), chance.randint(1, 28)),
    )


def _visit(person: Person, on: date, chance: random.Random) -> Visit:
    minute = 60 * person.hour + int(chance.gauss(20, 25))
    clock = time(max(7, min(18, minute // 60)), minute % 60, chance.randrange(60))
    drink = chance.choice(_DRINKS) if chance.random() < 0.6 else ESPRESSO
    items = [(drink, 2 if chance.random() < 0.15 else 1)]
    if 12 <= person.hour <= 13 and chance.random() < 0.5:
        items.append((_FOOD[2], 1))
    elif chance.random() < 0.4:
        items.append((chance.choice(_FOOD[:2]), 1))
    slip = chance.random()
    return Visit(
        person=person,
        at=datetime.combine(on, clock, ZONE),
        items=tuple(items),
        slip="undo" if slip < 0.006 else "refund" if slip < 0.012 else "",
    )
