"""The program files that come with Habitué, fitted to a business before they are published."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from habitue.members.models import Business

FOLDER: Final = Path(__file__).resolve().parents[2] / "programs"


def fitted(path: Path, business: Business, *, enroll: bool) -> str:
    """A program's text with the business's currency, time zone and way of enrolling."""
    text = path.read_text(encoding="utf-8")
    wanted = {
        "currency": business.currency,
        "timezone": business.timezone,
        "enrolment": "automatic" if enroll else "on request",
    }
    for key, value in wanted.items():
        line = re.compile(rf"^{key}:.*$", re.MULTILINE)
        if line.search(text):
            text = line.sub(f"{key}: {value}", text, count=1)
        elif key != "enrolment" or enroll:
            text = f"{text.rstrip()}\n{key}: {value}\n"
    return text
