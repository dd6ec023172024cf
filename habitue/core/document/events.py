"""What a program file may say happens: the events we know, and actions by a name of their own."""

from __future__ import annotations

import re
from typing import Final

from habitue.core import facts
from habitue.core.document import page, phrases
from habitue.core.document.forms import Phrase
from habitue.core.document.page import Sheet

_LIVED: Final = ("purchase", "visit", "enrolment", "birthday", "anniversary", "date")
EARNED_ON: Final = (*_LIVED, "segments")
RESTARTS: Final = (
    *_LIVED, "redemption", "payment", "voucher_use", "benefit_use", "refund",
)  # fmt: skip
KINDS: Final = tuple(kind for kind in facts.KINDS.values() if kind != "action")
APPROVAL: Final = "approval"
THRESHOLD: Final = "threshold"
LIKELY_TYPO: Final = 0.8
_ACTION: Final = "the name of an action"


def trigger(text: str, sheet: Sheet) -> str:
    """An event on which something is earned, or the name of an action."""
    if text in KINDS and text not in EARNED_ON:
        raise ValueError(f'nothing is earned on "{text}"')
    near = page.nearest(text, EARNED_ON)
    if text not in EARNED_ON and near and _mistyped(text, near):
        raise ValueError(f'unknown event "{text[:40]}"')
    return phrases.name(text, sheet)


def _mistyped(text: str, near: str) -> bool:
    """Whether a name is a known one with a slip; `pet-birthday` is a name of its own."""
    return near not in re.split("[-_]", text) and page.alike(text, near) >= LIKELY_TYPO


def _automatic(text: str, sheet: Sheet) -> str:
    return text if text == THRESHOLD else trigger(text, sheet)


def _activity(text: str, sheet: Sheet) -> str:
    known = page.nearest(text, RESTARTS)
    if text in RESTARTS or (known is None and text not in KINDS):
        return phrases.name(text, sheet)
    raise ValueError(f'unknown event "{text[:40]}"')


def _awaited(text: str, sheet: Sheet) -> str:
    return text if text == APPROVAL else trigger(text, sheet)


WHEN: Final = Phrase(
    "an event such as purchase, or the name of an action",
    trigger,
    described=phrases.ID.schema(),
    allowed=(*EARNED_ON, _ACTION),
)
AUTOMATIC: Final = Phrase(
    "an event such as birthday, the name of an action, or threshold",
    _automatic,
    described=phrases.ID.schema(),
    allowed=(THRESHOLD, *EARNED_ON, _ACTION),
)
AWAITED: Final = Phrase(
    "an event, the name of an action such as delivery, or approval",
    _awaited,
    described=phrases.ID.schema(),
    allowed=(APPROVAL, *EARNED_ON, _ACTION),
)
ACTIVITY: Final = Phrase(
    "the name of an event", _activity, described=phrases.ID.schema(), allowed=RESTARTS
)
