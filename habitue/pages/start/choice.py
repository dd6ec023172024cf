"""What an owner can begin with: the sentence of stamps, a template, one of the twelve.

Each is called by a key (`promise`, `template:points`, `known:starbucks`), has a form with its
blanks (none for the twelve) and makes a program's text. What was typed is kept as it was typed.
"""

from collections.abc import Mapping
from typing import Any, Final

from django import forms as django_forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import override

from habitue.core import templates
from habitue.pages import forms
from habitue.pages.start import blanks, deriving, ideas, known, sentence
from habitue.pages.start.deriving import Shop

PROMISE: Final = "promise"
Typed = Mapping[str, str]


def exists(key: str) -> bool:
    """Whether there is such an idea."""
    kind, _colon, name = key.partition(":")
    return (
        key == PROMISE
        or (kind == "template" and name in ideas.names())
        or (kind == "known" and name in known.NAMES)
    )


def form(key: str, shop: Shop, typed: Typed | None, *, bound: bool) -> django_forms.Form:
    """The blanks of an idea: as typed, else with what usually stands in them.

    Bound, what was typed is checked; else it only stands there.
    """
    first = {**_firsts(key, shop), **({} if bound else typed or {})}
    data = (typed or {}) if bound else None
    kind, _colon, name = key.partition(":")
    if key == PROMISE:
        if typed and not bound:
            first["head_start"] = typed.get("head_start", "") != ""
        return forms.Promise(data, initial=first)
    if kind == "template":
        return blanks.Blanks(data, ideas.template(name), shop.currency, initial=first)
    return django_forms.Form(data)


def checked(key: str, shop: Shop, typed: Typed | None) -> django_forms.Form:
    """The blanks as typed, else with the usual, looked at: `cleaned_data` is what fits."""
    usual = {name: _as_typed(value) for name, value in _firsts(key, shop).items()}
    found = form(key, shop, typed or usual, bound=True)
    found.is_valid()
    return found


def said(key: str, shop: Shop, filled: django_forms.Form) -> str:
    """The sentence, with what fits in the blanks and the usual for the rest."""
    kind, _colon, name = key.partition(":")
    if key == PROMISE:
        return promised(shop, filled).text
    if kind == "template":
        assert isinstance(filled, blanks.Blanks)
        return templates.sentence(
            ideas.template(name),
            filled.values(),
            language=shop.language,
            currency=shop.currency,
            show=blanks.shown(shop.currency),
        )
    with override(shop.language):
        return _("Our loyalty card")


def promised(shop: Shop, filled: django_forms.Form) -> sentence.Sentence:
    """The sentence of stamps, as far as it is filled in."""
    values = {**_firsts(PROMISE, shop), "head_start": False, **filled.cleaned_data}
    return sentence.Sentence(
        count=values["count"],
        item=" ".join(str(values["item"]).split()),
        head_start=values["head_start"],
        language=shop.language,
    )


def program(key: str, shop: Shop, filled: django_forms.Form) -> str:
    """The text of the program that it means; what does not fit yet is as usual."""
    kind, _colon, name = key.partition(":")
    if key == PROMISE:
        return sentence.program(promised(shop, filled), shop)
    if kind == "known":
        with override(shop.language):
            return known.adapted(name, shop)
    assert isinstance(filled, blanks.Blanks)
    text = templates.fill(
        ideas.template(name),
        filled.values(),
        language=shop.language,
        currency=shop.currency,
        timezone=shop.timezone,
        said=said(key, shop, filled),
    )
    if not isinstance(text, str):
        raise ValueError(f"what was checked does not fit {name}: {text}")
    return text


def _firsts(key: str, shop: Shop) -> dict[str, Any]:
    kind, _colon, name = key.partition(":")
    if key == PROMISE:
        return {"count": 10, "item": sentence.usual_item(shop.kind), "head_start": True}
    if kind == "template":
        usual = deriving.usual(shop.kind, key)
        return {**blanks.firsts(ideas.template(name), shop.currency, usual)}
    return {}


def _as_typed(value: Any) -> str:
    return "on" if value is True else str(formats.localize_input(value))
