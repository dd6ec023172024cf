"""The decoder's words as sentences that say what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, get_args

from habitue.api import values

Said = re.Match[str]

_PLACE: Final = re.compile(r" - at `(?:key in )?\$(.*)`$", re.DOTALL)
_TYPES: Final = {
    "int": "a whole number",
    "str": "a text",
    "float": "a number with a fraction",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
INSTANT: Final = "Write an instant with its offset, as 2026-03-02T12:00:00+01:00."


def parted(message: str) -> tuple[str, str]:
    """What the decoder says, and the place of which it says so (`.lines[0].amount`)."""
    place = _PLACE.search(message)
    return (message[: place.start()], place[1]) if place else (message, "")


def sentence(said: str) -> str:
    """What a person can do about what the decoder says."""
    for pattern, told in _SENTENCES:
        found = pattern.fullmatch(said)
        if found is not None:
            return told(found)
    return said.replace("`", "'") + "."


def _type(said: Said) -> str:
    wanted = [_TYPES.get(word, word) for word in said[1].split(" | ") if word != "null"]
    return f"This must be {' or '.join(wanted)}, not {_TYPES.get(said[2], said[2])}."


def _length(said: Said) -> str:
    many = int(said[3])
    what = "character" if said[1] == "str" else "entry"
    most = said[2] == "<="
    if not most and many == 1:
        return "This must not be empty."
    several = {"character": "characters", "entry": "entries"}[what]
    return f"This has {many} {what if many == 1 else several} {'at most' if most else 'at least'}."


def _written(said: Said) -> str:
    return _WRITTEN.get(said[1]) or f"This must be written as the pattern {said[1]} says."


def _pattern(text: Any) -> str:
    """The pattern of one of our types of text, as the decoder repeats it."""
    return repr(get_args(text)[1].pattern)


_WRITTEN: Final = {
    _pattern(text): told
    for text, told in (
        (values.Id, 'Write a number of ours as text: "8231".'),
        (
            values.CustomerReference,
            "Name a customer by our number, or as external:, email:, phone:, number: or code:"
            " with what it is.",
        ),
        (
            values.EventReference,
            "Name an event by our number, or as reference:SOURCE:REFERENCE.",
        ),
        (values.Source, "A source has 1 to 40 letters, digits and signs of these: . - _"),
        (values.Amount, 'Write an amount as text, with digits and a point: "28.7".'),
        (values.Currency, "Write a currency as three capital letters: EUR."),
    )
}

_SENTENCES: Final[tuple[tuple[re.Pattern[str], Callable[[Said], str]], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), told)
    for pattern, told in (
        (
            "Object contains unknown field `(.*)`",
            lambda said: (
                f"There is no field {said[1]!r} here. Leave it out, or see the documentation."
            ),
        ),
        (
            "Object missing required field `(.*)`",
            lambda said: f"The field {said[1]!r} is missing.",
        ),
        (r"Expected `([\w |]+)`, got `(\w+)`", _type),
        (
            r"Expected `\w+` (<=|>=) (-?\d+)",
            lambda said: f"This must be {said[2]} or {'less' if said[1] == '<=' else 'more'}.",
        ),
        (r"Expected `(\w+)` of length (<=|>=) (\d+)", _length),
        ("Expected `str` matching regex (.*)", _written),
        ("Invalid RFC3339 encoded datetime", lambda _: INSTANT),
        ("Expected `datetime` with a timezone component", lambda _: INSTANT),
        ("Invalid RFC3339 encoded date", lambda _: "Write a day that there is, as 2026-03-02."),
        (
            "Invalid (?:enum )?value '?(.*?)'?",
            lambda said: f"There is no {said[1]!r} here. See the documentation for what there is.",
        ),
        ("Number out of range", lambda _: "This number is too large."),
    )
)
