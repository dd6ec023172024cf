"""`habitue program start`: the programs to start from; one, with its blanks filled, as a file."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from habitue.core import money, templates
from habitue.core.document import places
from habitue.core.templates import Template, Values
from habitue.pages.start import ideas
from habitue.site import opened
from habitue.site.usage import misuse


def start(
    template: Annotated[
        str | None, typer.Argument(help="Which one; without it, all are listed.")
    ] = None,
    fill: Annotated[
        list[str] | None, typer.Option(help="What stands in a blank, e.g. count=12.")
    ] = None,
    language: Annotated[str, typer.Option(help="en, fr or it.")] = "en",
    currency: Annotated[str, typer.Option(help="The shop's currency.")] = "EUR",
    timezone: Annotated[str, typer.Option(help="Where its days begin.")] = "Europe/Paris",
) -> None:
    """List the programs to start from, or print one with its blanks filled."""
    _check(language, currency, timezone)
    if template is None:
        for name in ideas.names():
            found = ideas.template(name)
            said = templates.sentence(found, {}, language=language, currency=currency)
            print(f"{name}: {said}")
        return
    if template not in ideas.names():
        misuse(f"There is no template {template!r}; there is {', '.join(ideas.names())}.")
    found = ideas.template(template)
    text = templates.fill(
        found,
        _values(found, fill or []),
        language=language,
        currency=currency,
        timezone=timezone,
    )
    if not isinstance(text, str):
        opened.refuse([wrong.sentence for wrong in text])
    print(text, end="")


def _check(language: str, currency: str, timezone: str) -> None:
    if language not in templates.blanks.LANGUAGES:
        misuse(f"--language: one of {', '.join(templates.blanks.LANGUAGES)}.")
    if currency not in places.CURRENCIES:
        misuse(f"--currency: {currency!r} is not a currency of ISO 4217 such as EUR.")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        misuse(f"--timezone: {timezone!r} is unknown; write it like Europe/Paris.")


def _values(of: Template, given: list[str]) -> Values:
    """What was typed, typed as its blank asks; what is no number is left for `fill` to refuse."""
    values: dict[str, int | Fraction | str] = {}
    for each in given:
        name, found, text = each.partition("=")
        if not found:
            misuse(f"--fill: write it like count=12, not {each!r}.")
        blank = of.blanks.get(name)
        try:
            number = blank is not None and blank.kind != "text"
            values[name] = Fraction(money.fixed(text, 12), 10**12) if number else text
        except ValueError:
            values[name] = text
    return values
