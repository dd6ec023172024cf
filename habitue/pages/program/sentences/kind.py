"""What a kind of sentence declares: where its things stand, its parts, what begins a new one."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal

from django.utils.translation import gettext_lazy

from habitue.core.program import Program
from habitue.pages.program.sentences.blank import Blank, Label, Values

Section = Literal["earn", "promotions", "rewards", "tiers", "units", "fee", "draws"]
HOLE: Final = re.compile(r"\{([a-z_]+)\}")


class Beyond(Enum):
    """What a part reads where the thing says more than its blanks can: it is shown, and stays."""

    WORDS = 0


KEPT: Final = Beyond.WORDS
Said = Values | None | Beyond
"""What a part reads of a thing: its blanks, None where the thing does not say it, or KEPT."""


def _fine(_values: Values) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Part:
    """One sentence of a thing. Optional parts may stay empty: the thing then does not say it.

    `write` gives the thing with these values, or without them. `leads` are the blanks that, all
    empty, leave the part out. `keys` are the keys of the program file it fills, for what the
    reader of program files refuses. `check` names blanks that do not fit together.
    """

    name: str
    says: Label
    blanks: Mapping[str, Blank]
    read: Callable[[Any], Said]
    write: Callable[[Any, Values | None], Any]
    keys: tuple[str, ...] = ()
    optional: bool = True
    leads: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    check: Callable[[Values], Mapping[str, str]] = _fine

    @property
    def leading(self) -> tuple[str, ...]:
        """The blanks that say whether the part is there."""
        return self.leads or tuple(self.blanks)[:1]

    def pieces(self) -> Iterator[tuple[str, str]]:
        """The sentence as words and blanks, in their order: each pair has one of them."""
        text, at = str(self.says), 0
        for hole in HOLE.finditer(text):
            yield text[at : hole.start()], ""
            yield "", hole[1]
            at = hole.end()
        yield text[at:], ""


@dataclass(frozen=True)
class Shop:
    """What sentences know of a shop beside its program: what it sells."""

    categories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()


def _same(of: Program, _thing: Any) -> Program:
    return of


@dataclass(frozen=True)
class Kind:
    """A kind of sentence. `shelf` is where its things stand (`places`); of several kinds that fit
    a thing, the one of the smallest `turn` says it.

    `begins` makes a new thing of a name (None: nothing of the kind can be added). `completes` is
    what else a program needs once the thing is in it: a level needs a unit that counts.
    """

    title: Label
    section: Section
    shelf: str
    fits: Callable[[Program, Any], bool]
    parts: Callable[[Program, Any, Shop], tuple[Part, ...]]
    begins: Callable[[Program, str], Any | None] | None = None
    completes: Callable[[Program, Any], Program] = _same
    turn: int = 5
    hint: Label = ""


TITLES: Final = {
    "fr": gettext_lazy("in French"),
    "it": gettext_lazy("in Italian"),
    "en": gettext_lazy("in English"),
}
