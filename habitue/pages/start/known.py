"""The twelve named programs as inspirations: what each is, and whether a shop can begin with it."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from msgspec import Struct, structs

from habitue.core import document, money
from habitue.core.program import Program
from habitue.pages.program import clauses, rules, trying
from habitue.pages.program.rules import Section
from habitue.pages.program.saying import both
from habitue.pages.start import likeness
from habitue.pages.start.sentence import Place

NAMES: Final = {
    "amazon-prime": "Amazon Prime",
    "hyatt": "World of Hyatt",
    "odacite": "Odacité Rewards",
    "petsmart": "PetSmart Treats",
    "rei": "REI Co-op",
    "sephora": "Sephora Beauty Insider",
    "starbucks": "Starbucks Rewards",
    "swarm": "Swarm Perks",
    "sweetgreen": "Sweetgreen Rewards",
    "toms": "TOMS Passport Rewards",
    "united": "United MileagePlus",
    "virgin-atlantic": "Virgin Atlantic Flying Club",
}
"""As people know them; the files call themselves by what they say inside the house."""

_TOLD: Final = ("earn", "rewards", "tiers", "benefits", "fee", "draws", "causes")
_LINES: Final = 3
_SEEN: Final = {
    "purchase",
    "visit",
    "enrolment",
    "birthday",
    "anniversary",
    "date",
    "segments",
    "referral",
    "referred",
}
"""What a counter records, or happens by itself."""


class Judged(Struct, frozen=True):
    """Whether a shop can take a program: the reasons against it, and what one should know."""

    against: tuple[str, ...]
    notes: tuple[str, ...]
    nearest: str


def told(program: Program, at: datetime) -> list[Section]:
    """The program in a few sentences: the first of each kind."""
    sections = rules.sections(program, at.date())
    return [structs.replace(one, lines=one.lines[:_LINES]) for one in sections if one.id in _TOLD]


def judged(name: str, place: Place, at: datetime) -> Judged:
    """What speaks against beginning with it, and what to know before."""
    program = trying.known()[name]
    against = []
    if money.decimals(program.currency) != money.decimals(place.currency):
        its = {"its": program.currency, "yours": place.currency}
        against.append(_("Its prices in %(its)s have cents, %(yours)s has none or others.") % its)
    if not likeness.works_at_a_counter(program, at):
        against.append(_unseen(program))
    notes = [] if against else list(_notes(program, place))
    return Judged(tuple(against), tuple(notes), nearest(program))


def adapted(name: str, place: Place) -> str:
    """The program's text under the shop's own flag: its money, its clock, its words."""
    known = trying.known()[name]
    title = {place.language: _("Our loyalty card")}
    own = structs.replace(
        known, title=title, currency=place.currency, timezone=place.timezone, since=None
    )
    return document.write(own)


def nearest(program: Program) -> str:
    """The template that is most like it, by what makes it special."""
    special = (
        ("club", program.fee is not None and not program.rewards),
        ("draw", bool(program.draws)),
        ("cause", bool(program.causes)),
        ("coalition", bool(program.partners)),
        ("tiers", program.tiers is not None),
        ("cashback", program.pay_with is not None or program.dividend is not None),
    )
    return next((template for template, fits in special if fits), "points")


def _unseen(program: Program) -> str:
    waits = _waits(program)
    if not waits:
        return _("It looks at which goods were bought, which a counter does not record.")
    return _("It rewards what a counter does not see: %(events)s.") % {"events": waits}


def _notes(program: Program, place: Place) -> list[str]:
    notes = []
    if program.currency != place.currency:
        its = {"its": program.currency, "yours": place.currency}
        notes.append(
            _("Its amounts are taken over as they are, from %(its)s to %(yours)s: look at them.")
            % its
        )
    if waits := _waits(program):
        notes.append(
            _("These rules wait until somebody records it: %(events)s.") % {"events": waits}
        )
    return notes


def _waits(program: Program) -> str:
    unseen = dict.fromkeys(rule.when for rule in program.rules if rule.when not in _SEEN)
    return both([clauses.event(one) for one in unseen])
