"""A piece of advice, and numbers and program lines as advice writes them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import yaml
from msgspec import Struct

from habitue.core import document, money, program

PLACES: Final = 4


class Advice(Struct, frozen=True):
    """One thing to think over, and where it stands in the file.

    `instead`: lines of a program file that would put it right. `same`: with them, every member
    gets the same for the same money; if not, the sentence says what changes.
    """

    path: str
    sentence: str
    instead: tuple[str, ...] = ()
    same: bool = False


def plain(value: Fraction | int) -> str:
    """A number as people write it, to four decimals, without empty ones."""
    return _bare(money.written(round(Fraction(value) * 10**PLACES), PLACES))


def cash(of: program.Program, minor: Fraction | int) -> str:
    """Money with its currency: `12.50 EUR`."""
    return f"{money.written(round(minor), money.decimals(of.currency))} {of.currency}"


def percent(share: Fraction) -> str:
    """A share in percent, to two decimals: `1.25 %`."""
    return f"{_bare(money.written(round(share * 10_000), 2))} %"


def amount(of: program.Program, unit: str, fixed: int) -> Fraction:
    """An amount of a unit in whole units."""
    return Fraction(fixed, 10 ** of.units[of.unit_index(unit)].decimals)


def is_money(of: program.Program, unit: program.Unit) -> bool:
    """Whether a unit is money by another name (credit, a dividend): that everybody can read."""
    return unit.worth == 1 and unit.decimals == money.decimals(of.currency)


def lines(old: program.Program, new: program.Program) -> tuple[str, ...]:
    """What an owner pastes over a program's file to have the other one: a line per entry."""
    before, after = _entries(document.write(old)), _entries(document.write(new))
    return tuple(line for path, line in after.items() if before.get(path) != line)


def _entries(text: str) -> dict[str, str]:
    """Each entry of a file by its path: list items by number, units by name, the rest by key."""
    found: dict[str, str] = {}
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    for key, value in root.value:
        if isinstance(value, yaml.SequenceNode):
            for number, item in enumerate(value.value):
                found[f"{key.value}[{number}]"] = f"- {_line(item)}"
        elif key.value == "units":
            for name, unit in value.value:
                found[f"units.{name.value}"] = f"{name.value}: {_line(unit)}"
        else:
            found[key.value] = f"{key.value}: {_line(value)}"
    return found


def _line(node: yaml.Node) -> str:
    """A node of a file on one line."""
    for each in _below(node):
        if isinstance(each, yaml.CollectionNode):
            each.flow_style = True
    text = yaml.serialize(node, Dumper=yaml.SafeDumper, width=100_000, allow_unicode=True)
    return str(text).strip().removesuffix("\n...")


def _below(node: yaml.Node) -> Iterator[yaml.Node]:
    yield node
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _below(item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _below(key)
            yield from _below(value)


def _bare(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
