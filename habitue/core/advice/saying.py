"""A piece of advice, and numbers and program lines as advice writes them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final, Literal

import yaml
from msgspec import Struct

from habitue.core import document, money, program

PLACES: Final = 4

SENTENCES: Final = {
    "head start": (
        "nothing is given on joining; a head start brings more people to the first reward "
        "(34 % against 19 %, Nunes and Drèze 2006)"
    ),
    "many units": (
        "{count} things to collect at once ({units}) is a lot to follow; {unit} could go: {why}"
    ),
    "unused": "nothing can be had for it",
    "little used": "only {rewards} and {rules} need it",
    "one reward": "1 reward",
    "rewards": "{count} rewards",
    "one rule": "1 rule",
    "rules": "{count} rules",
    "decimals": "a balance with decimals is harder to read than a whole number",
    "rate": "{amount} {unit} per {per}",
    "sum": "{rate} is a sum nobody does at the counter",
    "sum or prices": (
        "{rate} is a sum nobody does at the counter; with prices in multiples of {amount}, "
        "1 {unit} would do"
    ),
    "shorter": "{rate} can be said shorter",
    "same": "{sentence}; {rates}, comes to the same",
    "same with prices": "{sentence}; {rates}, with {prices}, comes to the same",
    "price": "{reward} for {cost}",
    "odd price": "{cost} {unit} is not a round price",
    "odd price, more": "{cost} {unit} is not a round price; {near} is, and gives {share} more back",
    "odd price, less": "{cost} {unit} is not a round price; {near} is, and gives {share} less back",
    "worth": "{cost} {unit} are worth {worth} by `worth`, yet give {given}",
    "step": (
        "a purchase of {basket} earns nothing: the step is {per}; `carry: true` on {unit} keeps "
        "the rest for the next time"
    ),
    "lapses first": (
        '"{reward}" takes {time} to earn for a typical customer, and {unit} lapse before that'
    ),
    "too long": '"{reward}" takes more than {time} to earn for a typical customer',
    "far tier": (
        '"{tier}" is out of reach even for somebody who spends {times} times as much as a typical '
        "customer"
    ),
    "empty tier": 'nothing depends on the tier "{tier}": it gives its holders nothing',
    "beaten": ('nobody should take "{reward}": "{better}" gives as much or more for {cost} {unit}'),
    "beaten by several": (
        'nobody should take "{reward}": "{better}" taken {times} times gives as much or more for '
        "{cost} {unit}"
    ),
}
"""What advice says. A page translates by the English sentence, and writes the values itself."""


class Cash(Struct, frozen=True):
    """Money in minor units; `bare`: the currency goes without saying."""

    minor: int
    currency: str
    bare: bool = False


class Share(Struct, frozen=True):
    """A part of 1."""

    of_one: Fraction


class Name(Struct, frozen=True):
    """Something of the program by its id, for whoever would rather say its title."""

    kind: Literal["unit", "reward", "tier"]
    id: str


class Said(Struct, frozen=True):
    """A sentence or a part of one: its key in `SENTENCES`, and what is filled in."""

    key: str
    values: dict[str, Value] = {}


Value = int | Fraction | Cash | Share | Name | program.Period | Said | tuple[Said | Name, ...]


class Advice(Struct, frozen=True):
    """One thing to think over, and where it stands in the file.

    `instead`: lines of a program file that would put it right. `same`: with them, every member
    gets the same for the same money; if not, the sentence says what changes.
    """

    path: str
    said: Said
    instead: tuple[str, ...] = ()
    same: bool = False

    @property
    def sentence(self) -> str:
        """What is said, in English."""
        return english(self.said)


def english(value: Value) -> str:
    """A value in words."""
    match value:
        case Said(key, values):
            return SENTENCES[key].format(**{name: english(one) for name, one in values.items()})
        case tuple():
            return ", ".join(map(english, value))
        case Cash(minor, currency, bare):
            text = money.written(minor, money.decimals(currency))
            return text if bare else f"{text} {currency}"
        case Share(of_one):
            return percent(of_one)
        case Name(_, name):
            return name
        case program.Period(count, unit):
            return f"{count} {unit}{'' if count == 1 else 's'}"
        case _:
            return plain(value)


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
    """Whether a unit is money by another name, which everybody can read: what is held as credit,
    or what was spent.
    """
    places = money.decimals(of.currency)
    given = {
        (award.amount, award.per, award.step)
        for rule in of.rules
        for award in rule.awards
        if isinstance(award, program.PerMoney) and award.unit == unit.id
    }
    spent = given == {(Fraction(1), 10**places, "proportional")}
    return unit.decimals == places and (unit.worth == 1 or spent)


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
