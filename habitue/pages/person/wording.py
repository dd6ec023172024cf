"""What happened in the words of a line: a title, what is worth saying beside it, a sign."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from habitue import ledger
from habitue.core.facts import Refused
from habitue.core.program import Program
from habitue.members.models import Business
from habitue.pages import events, holdings, refusals
from habitue.pages.templatetags import words as say

UNDOABLE: Final = ("purchase", "visit", "action", "redemption", "voucher_use", "adjustment")
"""What an owner undoes by hand; the rest follows from something else, or has a page of its own."""

_SIGNS: Final = {
    **dict.fromkeys(("purchase", "visit", "action", "refund"), "came"),
    **dict.fromkeys(("redemption", "voucher_use", "won", "benefit_use", "payment"), "gift"),
    **dict.fromkeys(("adjustment", "undo", "merged", "approval"), "pen"),
}


class Words(Struct, frozen=True):
    """One line in words; `sign` names its picture."""

    sign: str
    title: str
    said: tuple[str, ...] = ()
    undoable: bool = False


def event(business: Business, said: dict[str, Any]) -> Words:
    """An event of the ledger, with what was typed and why it was refused."""
    kind, what = said["kind"], said["what"]
    program = ledger.program(business.pk)
    lines = _details(business, program, kind, what, said["amount"])
    if said["refusal"]:
        refused = Refused(said["refusal"]["code"], said["refusal"]["sentence"])
        return Words("no", _("Refused: %(what)s") % {"what": title(kind)},
                     (refusals.posting(refused), *lines))  # fmt: skip
    return Words(_SIGNS.get(kind, "day"), title(kind, what), lines, kind in UNDOABLE)


def title(kind: str, what: dict[str, Any] | None = None) -> str:
    """The kind of an event, with how many where that matters."""
    if kind == "visit" and what and (count := what.get("quantity", 1)) > 1:
        return _("Stamped %(count)s times") % {"count": count}
    return events.title(kind)


def _details(
    business: Business, program: Program | None, kind: str, what: dict[str, Any], amount: int | None
) -> tuple[str, ...]:
    found = []
    if amount is not None:
        found.append(say.money(amount, business.currency))
    if reward := what.get("reward"):
        of = program.reward(reward) if program else None
        found.append(holdings.reward_words(program, of) if program and of else reward)
    if kind == "action":
        found.append(what["name"])
    if reason := what.get("reason"):
        found.append(_("Reason: %(reason)s") % {"reason": reason})
    found += [str(what[name]) for name in ("place", "partner") if what.get(name)]
    for name, value in what.get("attributes", {}).items():
        found.append(f"{name}: {value}")
    return tuple(found)


def consent(said: dict[str, Any]) -> Words:
    """A line of the consent log, with the words that were read."""
    about = {"topic": topic(said["purpose"]), "channel": channel(said["channel"])}
    if said["granted"]:
        heading = _("Agreed to %(topic)s %(channel)s") % about
    elif said["pending"]:
        heading = _("Asked for %(topic)s %(channel)s; the address is not confirmed yet") % about
    else:
        heading = _("No longer wants %(topic)s %(channel)s") % about
    return Words("yes" if said["granted"] else "no", heading, (f"“{said['wording']}”",))


def topic(purpose: str) -> str:
    """What a consent is for."""
    titles = {
        "marketing": _("news and offers"),
        "birthday": _("birthday wishes"),
        "survey": _("questions about a visit"),
    }
    return titles.get(purpose, purpose)


def channel(name: str) -> str:
    """By what way."""
    return {"email": _("by e-mail"), "sms": _("by text message")}.get(name, name)


def answer(said: dict[str, Any]) -> Words:
    """An answer to a question of satisfaction; its sign is a mood."""
    score, scale = said["score"], said["scale"]
    values = {"score": score, "scale": scale}
    if said["question"] == "nps":
        heading = _("Would recommend the shop: %(score)s of %(scale)s") % values
        mood = "glad" if score >= 9 else "calm" if score >= 7 else "sad"
    else:
        titles = {
            "csat": _("Satisfied: %(score)s of %(scale)s"),
            "ces": _("It was easy: %(score)s of %(scale)s"),
        }
        heading = titles[said["question"]] % values
        part = (score - 1) / (scale - 1)
        mood = "glad" if part >= 0.75 else "calm" if part >= 0.5 else "sad"
    return Words(mood, heading, (f"“{said['comment']}”",) if said["comment"] else ())


def journal(kind: str, what: dict[str, Any]) -> Words:
    """A line of the journal."""
    details = [why(what["reason"])] if what.get("reason") else []
    if kind == "import" and what.get("rows"):
        rows = int(what["rows"])
        details.append(ngettext("%(rows)s row", "%(rows)s rows", rows) % {"rows": rows})
    if kind == "webhook":
        details += [webhook(str(what["did"])), str(what["host"])]
    if what.get("through"):
        details.append(_("Through the key “%(name)s”") % {"name": what["through"]})
    return Words("book", journal_titles().get(kind, kind), tuple(details))


def journal_titles() -> dict[str, str]:
    """What the journal's words mean."""
    return {
        "pin": _("New PIN"),
        "staff": _("Staff changed"),
        "key": _("Key for a program"),
        "webhook": _("Webhook"),
        "token": _("Signed in at a till"),
        "card": _("New card, the old one was revoked"),
        "contact": _("Name, address or birthday changed"),
        "export": _("List exported"),
        "download": _("File with everything downloaded"),
        "erase": _("Erased"),
        "bin": _("Put into the recycle bin"),
        "restore": _("Taken out of the recycle bin"),
        "joined": _("Card made at the counter"),
        "note": _("Note changed"),
        "undo": _("Undone by hand"),
        "gift": _("Surprise gift"),
        "distinct": _("Not the same person as another customer"),
        "import": _("Import"),
        "import-undo": _("Import undone"),
        "settings": _("Settings changed"),
        "backup": _("Backup"),
        "publish": _("Program published"),
        "device": _("Phone at the counter"),
        "shop": _("Connected shop"),
        "wish": _("Reward asked for"),
        "merge": _("Two customers are one person"),
    }


def webhook(did: str) -> str:
    """What was done to a webhook."""
    return {
        "made": _("made"),
        "changed": _("changed"),
        "rotated": _("given a new secret"),
        "paused": _("paused"),
        "paused by itself": _("paused by itself: nothing arrived"),
        "resumed": _("resumed"),
        "replayed": _("messages sent again"),
        "deleted": _("deleted"),
    }[did]


def reasons() -> list[tuple[str, str]]:
    """Why an owner undoes something: words without anybody in them, for they stay for ever."""
    return [
        ("twice", _("It was entered twice")),
        ("person", _("It was the wrong customer")),
        ("amount", _("The amount was wrong")),
        ("abuse", _("It should not have been given")),
        ("other", _("Another reason")),
    ]


def why(reason: str) -> str:
    """One of these in words."""
    return dict(reasons()).get(reason, reason)


def code(reason: str) -> Words:
    """A code of the card that was refused at the counter."""
    return Words("no", _("A code was refused at the counter"), (refusals.scan(reason),))
