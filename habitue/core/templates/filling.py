"""Fills a template: the text of a program file, or what does not fit in its blanks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

import yaml

from habitue.core import facts, money
from habitue.core.document import page, phrases
from habitue.core.templates import blanks
from habitue.core.templates.blanks import Blank, Misfit, Value, Values
from habitue.core.templates.reading import HOLE, Template

_SUM: Final = re.compile(r"\{ *([a-z0-9_]+) *(?:([-+*/]) *([a-z0-9_]+) *)?\}")
_SUMS: Final[Mapping[str, Callable[[Fraction, Fraction], Fraction]]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other,
}
Show = Callable[[Blank, Value], str]
"""How a door writes what stands in a blank: 1.234,50 € where that is the custom."""

ONLY_IF: Final = "if"
"""An entry of a list with this key stays only if the blank that it names is above 0."""


def fill(
    of: Template,
    values: Values,
    *,
    language: str,
    currency: str,
    timezone: str,
    said: str | None = None,
) -> str | list[Misfit]:
    """The program that a template means with its blanks filled: YAML text, ready to publish.

    A blank that is not in `values` keeps what it starts with. `said` is the sentence where a door
    says it better than the template can (with the grammar of a language).
    """
    given = starts(of, language, currency) | dict(values)
    wrong = blanks.misfits(of.blanks, given, currency)
    if wrong:
        return wrong
    words = {
        "language": language,
        "currency": currency,
        "timezone": timezone,
        "sentence": _short(of, said or _said(of, given, language, currency), language),
        "decimals": str(money.decimals(currency)),
    }
    filled = _Filled(of.blanks, given, currency, words)
    root = page.peek(yaml.compose(of.text, Loader=yaml.SafeLoader), "program")
    assert root is not None
    filled.node(root)
    return str(yaml.serialize(root, Dumper=yaml.SafeDumper, allow_unicode=True, width=100))


def _short(of: Template, said: str, language: str) -> str:
    """The sentence as a program's title; one too long for that gives way to the template's."""
    return said if len(said) <= facts.MAX_TEXT else of.title[language]


def sentence(
    of: Template, values: Values, *, language: str, currency: str, show: Show | None = None
) -> str:
    """The sentence with its blanks filled, as far as values are given and fit.

    `show` writes a value as the reader does; by default it stands as in a program file.
    """
    fits = {
        name: value
        for name, value in values.items()
        if not any(wrong.blank == name for wrong in blanks.misfits(of.blanks, values, currency))
    }
    return _said(of, starts(of, language, currency) | fits, language, currency, show)


def starts(of: Template, language: str, currency: str) -> dict[str, Value]:
    """What every blank starts with."""
    return {name: blank.first(language, currency) for name, blank in of.blanks.items()}


def _said(
    of: Template, values: Values, language: str, currency: str, show: Show | None = None
) -> str:
    def filled(hole: re.Match[str]) -> str:
        blank, value = of.blanks[hole[1]], values[hole[1]]
        return show(blank, value) if show else blanks.shown(blank, value, currency)

    return HOLE.sub(filled, of.says[language])


class _Filled:
    """The nodes of a program, changed in place: holes filled, optional entries dropped."""

    def __init__(
        self, of: Mapping[str, Blank], values: Values, currency: str, words: Mapping[str, str]
    ) -> None:
        self.blanks = of
        self.values = values
        self.currency = currency
        self.words = words

    def node(self, node: yaml.Node) -> None:
        if isinstance(node, yaml.ScalarNode):
            self._scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            node.value = [item for item in node.value if self._stays(item)]
            for item in node.value:
                self.node(item)
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self.node(key)
                self.node(value)

    def _stays(self, item: yaml.Node) -> bool:
        """Whether an entry of a list is wanted; the key that says so goes."""
        if not isinstance(item, yaml.MappingNode):
            return True
        asked = [value.value for key, value in item.value if key.value == ONLY_IF]
        item.value = [(key, value) for key, value in item.value if key.value != ONLY_IF]
        return all(self._number(name) > 0 for name in asked)

    def _scalar(self, node: yaml.ScalarNode) -> None:
        """A text with holes. Words that were filled in are quoted where YAML asks for it."""
        names = [hole[1] for hole in _SUM.finditer(node.value)]
        if not names:
            return
        node.value = _SUM.sub(self._hole, node.value)
        node.style = None
        worded = any(map(self._is_text, names)) or not re.fullmatch(phrases.NUMBER, node.value)
        number = "int" if node.value.isdecimal() else "float"
        node.tag = f"tag:yaml.org,2002:{'str' if worded else number}"

    def _is_text(self, name: str) -> bool:
        blank = self.blanks.get(name)
        return blank.kind == "text" if blank else name in ("language", "sentence")

    def _hole(self, hole: re.Match[str]) -> str:
        name, sign, other = hole.groups()
        if sign:
            return str(phrases.show_exact(_SUMS[sign](self._number(name), self._number(other))))
        if name in self.words:
            return self.words[name]
        return blanks.shown(self.blanks[name], self.values[name], self.currency)

    def _number(self, name: str) -> Fraction:
        if name.isdecimal():
            return Fraction(name)
        return Fraction(self.values[name])
