"""What an owner may try: their own program changed, one of the templates, one of the twelve."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habitue.core import document, templates
from habitue.core.document import Problem
from habitue.core.program import Program
from habitue.members.models import LANGUAGES, Business
from habitue.pages import holdings
from habitue.pages import words as phrases
from habitue.pages.start import ideas

FOLDER: Final = ideas.FOLDER.parent
TEXT: Final = "text"
MOST: Final = 262_144
"""Characters of a program file, as many as the reader takes."""


STRETCHES: Final = [
    ("90 days", gettext_lazy("The last 90 days")),
    ("year", gettext_lazy("The last 365 days")),
    ("everything", gettext_lazy("Everything")),
]


class Try(forms.Form):
    """Which program, over which stretch, and how rewards are taken."""

    program = forms.ChoiceField(label=gettext_lazy("Which program?"), initial=TEXT)
    text = forms.CharField(
        label=gettext_lazy("The text below"),
        required=False,
        max_length=MOST,
        strip=False,
        widget=forms.Textarea({"rows": 14, "spellcheck": "false", "class": "file"}),
    )
    stretch = forms.ChoiceField(
        label=gettext_lazy("Over which stretch of your history?"),
        choices=STRETCHES,
    )
    choice = forms.ChoiceField(
        label=gettext_lazy("How are rewards taken?"),
        choices=[
            ("soonest", gettext_lazy("The cheapest, as soon as there is enough")),
            ("dearest", gettext_lazy("The dearest there is enough for")),
            ("as posted", gettext_lazy("As it happened (only rewards of the same name)")),
            ("never", gettext_lazy("Never")),
        ],
    )
    chance = forms.IntegerField(
        label=gettext_lazy("On how many of 100 days with enough is one taken?"),
        min_value=1,
        max_value=100,
        initial=100,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )

    worth = forms.DecimalField(
        label=gettext_lazy("What is one stamp or point worth, where the program does not say?"),
        help_text=gettext_lazy("What the goods for it cost you, divided by its price in units."),
        required=False,
        min_value=0,
        max_value=100_000,
        max_digits=12,
        decimal_places=6,
        localize=True,
    )

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business
        field = self.fields["program"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices())


def choices() -> Iterator[tuple[str, str | list[tuple[str, str]]]]:
    """Everything that can be tried, in groups."""
    yield TEXT, _("The text below")
    language = phrases.language()
    yield (
        _("Templates"),
        [(f"template:{name}", ideas.template(name).title[language]) for name in ideas.names()],
    )
    yield (
        _("Known programs"),
        [(f"known:{name}", title(found, name)) for name, found in known().items()],
    )


def title(of: Program, otherwise: str) -> str:
    """What a program is called; the name of its file where that is all there is."""
    return holdings.words(of.title, otherwise)


@cache
def known() -> dict[str, Program]:
    """The programs of the folder `programs`; our own files are well written."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        if ".story." not in path.name:
            read = document.read(path.read_text(encoding="utf-8"))
            if isinstance(read, Program):
                found[path.stem] = read
    return found


def text_of(choice: str, pasted: str, business: Business) -> tuple[str, str]:
    """The program that was chosen, as title and text, in the business's money and time zone."""
    kind, _colon, name = choice.partition(":")
    if kind == "template":
        return _template(name, business)
    if kind == "known":
        return title(known()[name], name), in_money(document.write(known()[name]), business)
    return "", pasted


def problems(text: str, business: Business) -> list[Problem]:
    """What is wrong in a text, with the money it counts in."""
    found = document.read(text)
    if isinstance(found, list):
        return found
    if found.currency != business.currency:
        sentence = _("The program counts in %(its)s, your shop in %(yours)s.") % {
            "its": found.currency,
            "yours": business.currency,
        }
        line = next(
            (number for number, one in enumerate(text.splitlines(), 1) if "currency" in one), 1
        )
        return [Problem(line, 1, "currency", sentence)]
    return []


def in_money(text: str, business: Business) -> str:
    """A program's text with the currency and the time zone of a business."""
    text = re.sub(r"(?m)^currency: .*$", f"currency: {business.currency}", text, count=1)
    return re.sub(r"(?m)^timezone: .*$", f"timezone: {business.timezone}", text, count=1)


def _template(name: str, business: Business) -> tuple[str, str]:
    template = ideas.template(name)
    language = business.language if business.language in LANGUAGES else "fr"
    filled = templates.fill(
        template, {}, language=language, currency=business.currency, timezone=business.timezone
    )
    if not isinstance(filled, str):
        raise ValueError(f"the template {name} does not fit what it starts with: {filled}")
    return template.title[phrases.language()], filled
