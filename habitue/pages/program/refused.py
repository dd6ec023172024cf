"""What the reader of program files refuses, said to an owner who has never seen the file.

The reader's sentences are fixed; each pattern here names one of them and what is said instead, with
titles in the place of names. What no pattern knows is said as a fault of the text is.
"""

import re
from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext_lazy as _

from habitue.core.document import Problem
from habitue.core.program import Program
from habitue.pages.program import clauses, faults, saying


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


SENTENCES: Final = (
    (
        _pattern(r'nobody can reach "(?P<reward>.+)": no rule awards (?P<unit>.+)'),
        _("Nobody could ever take “%(reward)s”: nothing gives %(unit)s."),
    ),
    (
        _pattern(r'nobody can reach "(?P<reward>.+)": its limit of (?P<unit>.+) is below its cost'),
        _("Nobody could ever take “%(reward)s”: its limit is below its price."),
    ),
    (
        _pattern(r'nobody can reach "(?P<reward>.+)": no member can reach its tiers'),
        _("Nobody could ever take “%(reward)s”: nobody reaches its level."),
    ),
    (
        _pattern(r'nobody can reach the tier "(?P<tier>.+)": .*'),
        _("Nobody could ever reach “%(tier)s”: nothing that is earned counts for it."),
    ),
    (
        _pattern(r'tiers rise: "(?P<tier>.+)" must need more than "(?P<lower>.+)"'),
        _("Levels rise: “%(tier)s” must ask for more than “%(lower)s”."),
    ),
    (
        _pattern(r"there is nothing to multiply: no rule awards (?P<unit>.+) on (?P<event>.+)"),
        _("There is nothing to multiply: %(event)s earns no %(unit)s by itself."),
    ),
    (
        _pattern(r"odds below 25% are refused: .*"),
        _("At least a quarter of those who take part must win."),
    ),
    (
        _pattern(
            r"(?P<people>[\d,]+) entrants at (?P<share>[\d./]+)% need (?P<needed>[\d,]+) prizes.*"
        ),
        _(
            "%(people)s people at %(share)s %% need %(needed)s prizes: add pieces, or leave the "
            "number open."
        ),
    ),
    (
        _pattern(r"it brings (?P<brings>\d+) entries, and a member may have (?P<most>\d+)"),
        _("It brings %(brings)s entries, and a member may have %(most)s."),
    ),
    (
        _pattern(r'the dates of the two rules "(?P<rule>.+)" overlap: .*'),
        _("The dates of “%(rule)s” meet those of its other part."),
    ),
    (
        _pattern(r'nobody can give to "(?P<cause>.+)": .*'),
        _(
            "Then nothing would be given to “%(cause)s” any more. Take the cause out first, in the "
            "text."
        ),
    ),
    (
        _pattern(r'nobody can enter "(?P<draw>.+)": .*'),
        _("Then nobody could take part in “%(draw)s” any more."),
    ),
    (
        _pattern(r'no rule is in the group "(?P<group>.+)"'),
        _("This is the last rule of a group that the program names. Take it out in the text."),
    ),
    (
        _pattern(r"a fee for nothing: .*"),
        _("Then members would pay for nothing: there must be a benefit, or something to earn."),
    ),
    (
        _pattern(r'unknown tier "(?P<tier>.+)"'),
        _("The level “%(tier)s” is still named here: a rule or a reward is for it."),
    ),
    (
        _pattern(r'unknown draw "(?P<draw>.+)"'),
        _("The draw “%(draw)s” is still named here: a reward gives entries in it."),
    ),
    (
        _pattern(r"\S+ has more decimals than .*"),
        _("This has too many decimals."),
    ),
    (
        _pattern(r"a text is one line of at most (?P<most>\d+) characters"),
        _("At most %(most)s characters on one line, please."),
    ),
)
_TITLED: Final[dict[str, Callable[[Program, str], str]]] = {
    "reward": saying.reward,
    "tier": saying.tier,
    "lower": saying.tier,
    "unit": saying.called,
    "rule": saying.rule,
    "draw": saying.draw,
    "event": lambda _of, name: clauses.event(name),
}


def sentence(of: Program, problem: Problem) -> str:
    """Why a change cannot be, in the words of the page."""
    for pattern, said in SENTENCES:
        if found := pattern.fullmatch(problem.sentence):
            values = {
                name: _TITLED[name](of, text) if name in _TITLED else text
                for name, text in found.groupdict().items()
            }
            return str(said) % values
    return faults.fault(problem).said
