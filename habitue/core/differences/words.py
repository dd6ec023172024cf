"""What stands in a program file, in words: `{points: 2, per: 1.00}` is `2 points per 1.00`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

EVENTS: Final = {
    "purchase": "a purchase",
    "visit": "a visit",
    "enrolment": "joining",
    "birthday": "a birthday",
    "anniversary": "each year of membership",
    "date": "a day of the calendar",
    "segments": "coming into a segment",
}
_GIFTS: Final[dict[str, Callable[[str], str]]] = {
    "money_off": lambda value: f"{value} off",
    "percent_off": lambda value: f"{value} off",
    "donation": lambda value: f"{value} given",
}


def said(value: Any) -> str:
    """Anything in a file: lists with commas, mappings as their words in a row."""
    if isinstance(value, Mapping):
        return ", ".join(f"{_plain(key)} {said(each)}" for key, each in value.items())
    if isinstance(value, list):
        return joined(map(said, value))
    return str(value)


def joined(words: Iterable[str], by: str = ", ") -> str:
    """Words in a row, a comma between them."""
    return by.join(words)


def award(value: Any) -> str:
    """`2 points per 1.00`, `50 points`, `everything times 2`, `30% more miles`."""
    if isinstance(value, list):
        return joined(map(award, value), " and ")
    if "multiply" in value:
        return f"{value.get('unit', 'everything')} times {value['multiply']}"
    if "bonus" in value:
        return f"{value['bonus']} more {value['unit']}"
    given = {key: each for key, each in value.items() if key not in ("per", "step")}
    per = f" per {value['per']}" if "per" in value else ""
    share = ", shares counting" if value.get("step") == "proportional" else ""
    return f"{amounts(given)}{per}{share}"


def amounts(value: Any) -> str:
    """`100 points`, `10 nights and 4 legs`, `10 nights or 3 events`, and a plain number."""
    if not isinstance(value, Mapping):
        return str(value)
    if "any" in value:
        return joined(map(amounts, value["any"]), " or ")
    return joined((f"{each} {unit}" for unit, each in value.items()), " and ")


def gift(value: Any) -> str:
    """`a coffee`, `5.00 off`, `250 points`; of several the member chooses one."""
    if isinstance(value, list):
        return joined(map(gift, value), " or ")
    (lead, what), *rest = value.items()
    more = f" ({said(dict(rest))})" if rest else ""
    if lead in _GIFTS:
        return _GIFTS[lead](what) + more
    return (f"{what} {lead}" if _number(what) else str(what)) + more


def limit(value: Any) -> str:
    """`once per day`, `500 points per month`, `20 times in all for everybody together`."""
    if isinstance(value, list):
        return joined(map(limit, value), " and ")
    if not isinstance(value, Mapping):
        return said(value)
    rest = {key: each for key, each in value.items() if key not in ("times", "per", "total")}
    counts = [f"{value['times']} times"] if "times" in value else []
    if rest:
        counts.append(amounts(rest))
    per = f" per {value['per']}" if "per" in value else " in all"
    together = " for everybody together" if value.get("total") == "true" else ""
    return joined(counts, " and ") + per + together


def event(value: Any) -> str:
    """An event as people say it; an action by its name."""
    return EVENTS.get(str(value), f'"{value}"')


def shorter(old: str, new: str) -> str:
    """The old amount without the words that the new one ends with as well: `1`, not `1 point`."""
    before, after = old.split(), new.split()
    while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
        before.pop()
        after.pop()
    return " ".join(before)


def _number(text: Any) -> bool:
    return isinstance(text, str) and text.replace(".", "", 1).isdecimal()


def _plain(key: str) -> str:
    return str(key).replace("_", " ")
