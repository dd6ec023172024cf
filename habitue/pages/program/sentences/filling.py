"""The form of one thing: its sentences with blanks, what is in them, and the thing they make."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.pages.program.sentences.blank import Blank, is_empty
from habitue.pages.program.sentences.kind import KEPT, Part, Said


class Sentence(Struct, frozen=True):
    """A part on the page: words and bound fields in their order, and what is wrong in it."""

    name: str
    optional: bool
    pieces: tuple[tuple[str, Any], ...]
    faults: tuple[str, ...]
    empty: bool


class Filling(forms.Form):
    """The blanks of all parts of a thing that they can say."""

    def __init__(self, parts: tuple[Part, ...], thing: Any, data: Any = None) -> None:
        super().__init__(data)
        self.before = thing
        self.said = {part.name: said(part, thing) for part in parts}
        self.parts = [part for part in parts if self.said[part.name] is not KEPT]
        self.kept = [part for part in parts if self.said[part.name] is KEPT]
        self.values: dict[str, dict[str, Any] | None] = {}
        self.refused: dict[str, list[str]] = {}
        for part in self.parts:
            for name, blank in part.blanks.items():
                self.fields[_named(part, name)] = self._field(part, name, blank)

    def clean(self) -> dict[str, Any]:
        for part in self.parts:
            names = [_named(part, name) for name in part.blanks]
            if not any(name in self.errors for name in names):
                self._read(part)
        return self.cleaned_data

    def thing(self) -> Any:
        """The thing with what was filled in; what was not touched is as it was."""
        made = self.before
        for part in self.parts:
            values = self.values.get(part.name)
            if not _alike(values, self.said[part.name]):
                made = part.write(made, values)
        return made

    def sentences(self) -> Iterator[Sentence]:
        """The parts, ready to be drawn."""
        colon = _(":")
        for part in self.parts:
            pieces = tuple(
                (words, self[_named(part, name)] if name else None)
                for words, name in part.pieces()
                if words or name
            )
            faults = [
                f"{self[_named(part, name)].label}{colon} {fault}"
                for name in part.blanks
                for fault in self[_named(part, name)].errors
            ]
            values = [self[_named(part, name)].value() for name in part.leading]
            yield Sentence(
                part.name,
                part.optional,
                pieces,
                (*faults, *self.refused.get(part.name, ())),
                all(map(is_empty, values)),
            )

    def suggestions(self) -> list[tuple[str, tuple[str, ...]]]:
        """What is offered while somebody types, by the list's name on the page."""
        return [
            (_listed(part, name), blank.suggests)
            for part in self.parts
            for name, blank in part.blanks.items()
            if blank.suggests
        ]

    def refuse(self, part: str, sentence: str) -> None:
        """Note what the whole program has against a part."""
        self.refused.setdefault(part, []).append(sentence)

    def _field(self, part: Part, name: str, blank: Blank) -> forms.Field:
        field = blank.field()
        field.required = False
        value = self.said[part.name]
        if isinstance(value, dict) and not is_empty(value.get(name)):
            field.initial = blank.shown(value[name])
        if blank.suggests:
            field.widget.attrs["list"] = _listed(part, name)
        return field

    def _read(self, part: Part) -> None:
        given = {
            name: None
            if is_empty(self.cleaned_data.get(_named(part, name)))
            else blank.meant(self.cleaned_data[_named(part, name)])
            for name, blank in part.blanks.items()
        }
        if all(given[name] is None for name in part.leading):
            self.values[part.name] = None
            if not part.optional:
                for name in part.leading:
                    self.add_error(_named(part, name), _("Please fill this in."))
            return
        for name, value in given.items():
            if value is None and name not in part.free:
                self.add_error(_named(part, name), _("Please fill this in."))
                return
        for name, fault in part.check(given).items():
            self.add_error(_named(part, name), fault)
        self.values[part.name] = given


def said(part: Part, thing: Any) -> Said:
    """What a part reads of a thing; KEPT as well where a blank could not give it back exactly."""
    found = part.read(thing)
    if not isinstance(found, dict):
        return found
    whole = {name: found.get(name) for name in part.blanks}
    fits = all(
        is_empty(value) or _returns(part.blanks[name], value) for name, value in whole.items()
    )
    return whole if fits else KEPT


def _returns(blank: Blank, value: Any) -> bool:
    shown = blank.shown(value)
    if shown is None:
        return False
    try:
        cleaned = blank.field().clean(shown)
    except forms.ValidationError:
        return False
    return _same(blank.meant(cleaned), value)


def _alike(one: Any, other: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return one is None and other is None
    return all(_same(one[name], other.get(name)) for name in one)


def _same(one: Any, other: Any) -> bool:
    if is_empty(one) or is_empty(other):
        return is_empty(one) and is_empty(other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return frozenset(one) == frozenset(other)
    return bool(one == other)


def _named(part: Part, name: str) -> str:
    return f"{part.name}-{name}"


def _listed(part: Part, name: str) -> str:
    return f"list-{part.name}-{name}"
