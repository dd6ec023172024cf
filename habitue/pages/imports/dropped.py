"""What is written beside the files of a drop folder, in the language of the shop."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from habitue.connectors import running
from habitue.connectors.models import Import
from habitue.pages.imports import reasons


def sentence(reason: str) -> str:
    """Why a file is unclear."""
    return reasons.say(reason)


def result(one: Import) -> str:
    """What became of the rows."""
    if one.state != Import.State.FINISHED:
        return _("This import was undone: nothing of it is there any more.") + "\n"
    counts = running.counts(one)
    lines = [
        (_("New"), counts.new),
        (_("Updated"), counts.updated),
        (_("There already"), counts.there),
        (_("Left out"), counts.rejected),
    ]
    colon = _(":")
    said = [f"{title}{colon} {number_format(number)}" for title, number in lines]
    return "\n".join([one.filename, *said, ""])


def readme() -> str:
    """What the folder is for."""
    return _(
        "Files that a till writes into this folder are brought into Habitué by themselves,"
        " once they have lain still for a minute.\n\n"
        "Bring a first file in on the page Import, so that its columns are known. Write files"
        " under a name that ends in .part, and rename them when they are whole.\n\n"
        "done: what was brought in, with what became of its rows; deleted after 7 days.\n"
        "unclear: what could not be brought in, with a sentence what to do.\n"
    )
