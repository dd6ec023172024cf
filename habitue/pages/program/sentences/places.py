"""Where things stand in a program: on which shelf, of which name, and which of several."""

from collections.abc import Callable
from typing import Any, Final

from django.utils.text import slugify
from msgspec import Struct, structs

from habitue.core import program as rules
from habitue.core.program import Level, Program

FEE: Final = "fee"
LONGEST: Final = 50
_BASE: Final = {"fr": "Membre", "it": "Membro", "en": "Member"}


class Place(Struct, frozen=True):
    """A thing of a program; of several rules of one name (at other dates), `turn` counts from 0."""

    shelf: str
    name: str
    turn: int = 0


def _levels(of: Program) -> tuple[Any, ...]:
    return of.tiers.levels if of.tiers else ()


def _with_levels(of: Program, levels: tuple[Level, ...]) -> Program:
    """With these levels; the first needs nothing, and one alone is none."""
    if not levels or (len(levels) == 1 and not levels[0].needs):
        return structs.replace(of, tiers=None)
    if of.tiers is not None:
        return structs.replace(of, tiers=structs.replace(of.tiers, levels=levels))
    return structs.replace(of, tiers=rules.Ladder((Level("member", title=_BASE), *levels)))


_SHELVES: Final[
    dict[
        str,
        tuple[Callable[[Program], tuple[Any, ...]], Callable[[Program, tuple[Any, ...]], Program]],
    ]
] = {
    "rules": (lambda of: of.rules, lambda of, things: structs.replace(of, rules=things)),
    "rewards": (lambda of: of.rewards, lambda of, things: structs.replace(of, rewards=things)),
    "draws": (lambda of: of.draws, lambda of, things: structs.replace(of, draws=things)),
    "units": (lambda of: of.units, lambda of, things: structs.replace(of, units=things)),
    "levels": (_levels, _with_levels),
    FEE: (
        lambda of: (of.fee,) if of.fee else (),
        lambda of, things: structs.replace(of, fee=things[0] if things else None),
    ),
}
SHELVES: Final = tuple(_SHELVES)
IN_FILE: Final = {"rules": "earn", "levels": "tiers.levels"}
"""What a shelf is called in the program file, where that is another name."""


def things(of: Program, shelf: str) -> tuple[Any, ...]:
    """What stands on a shelf."""
    return _SHELVES[shelf][0](of)


def named(shelf: str, thing: Any) -> str:
    """A thing's name on its shelf."""
    return FEE if shelf == FEE else str(thing.id)


def every(of: Program, shelf: str) -> list[tuple[Place, Any]]:
    """All things of a shelf with their places."""
    names = [named(shelf, one) for one in things(of, shelf)]
    return [
        (Place(shelf, name, names[:at].count(name)), one)
        for at, (name, one) in enumerate(zip(names, things(of, shelf), strict=True))
    ]


def find(of: Program, place: Place) -> Any | None:
    """The thing at a place, or None."""
    return next((one for at, one in every(of, place.shelf) if at == place), None)


def replaced(of: Program, place: Place, thing: Any | None) -> Program:
    """The program with another thing at a place, or with none."""
    kept = [thing if at == place else one for at, one in every(of, place.shelf)]
    return _SHELVES[place.shelf][1](of, tuple(one for one in kept if one is not None))


def added(of: Program, shelf: str, *new: Any) -> Program:
    """The program with more on a shelf: levels where they rise to, all else at its end."""
    stand = (*things(of, shelf), *new)
    if shelf == "levels":
        stand = tuple(sorted(stand, key=_height))
    return _SHELVES[shelf][1](of, stand)


def in_file(of: Program, place: Place) -> str:
    """Where the thing stands in the program file: `earn[2]`, `units.points`."""
    if place.shelf == FEE:
        return FEE
    if place.shelf == "units":
        return f"units.{place.name}"
    at = [one for one, _thing in every(of, place.shelf)].index(place)
    return f"{IN_FILE.get(place.shelf, place.shelf)}[{at}]"


def free_name(words: str, otherwise: str, taken: set[str]) -> str:
    """A name for a new thing that nothing has, or had in an earlier version."""
    plain = slugify(words)[:LONGEST].strip("-_") or otherwise
    stem = plain if plain[0].isalpha() else f"{otherwise}-{plain}"
    numbers = ["", *(f"-{number}" for number in range(2, len(taken) + 3))]
    return next(stem + number for number in numbers if stem + number not in taken)


def taken_names(of: Program) -> set[str]:
    """Every name that things of a program have."""
    return {named(shelf, one) for shelf in SHELVES for one in things(of, shelf)}


def _height(level: Level) -> int:
    return max((amount for way in level.needs for _unit, amount in way), default=-1)
