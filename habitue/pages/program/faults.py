"""What is wrong in a program's text, said by line, with the word that was perhaps meant."""

from typing import Final

from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.core.document import Problem

SHOWN: Final = 12
"""Words that are named where others could stand."""


class Fault(Struct, frozen=True):
    """One fault on the page. `said` is the reader's own words, English only if `foreign`."""

    line: int
    path: str
    said: str
    foreign: bool = False


def fault(problem: Problem) -> Fault:
    """A problem of the reader of program files, in the language of the page as far as we can."""
    if problem.nearest is not None:
        words = {"word": problem.word, "nearest": problem.nearest}
        said = _("“%(word)s” is not known here. Did you mean “%(nearest)s”?") % words
        return Fault(problem.line, problem.path, said)
    if problem.allowed and problem.word:
        words = {"word": problem.word, "allowed": ", ".join(problem.allowed[:SHOWN])}
        said = _("“%(word)s” is not known here. Possible: %(allowed)s.") % words
        return Fault(problem.line, problem.path, said)
    if problem.sentence.endswith("is missing") and problem.word:
        said = _("“%(word)s” is missing here.") % {"word": problem.word}
        return Fault(problem.line, problem.path, said)
    return Fault(problem.line, problem.path, problem.text(), foreign=True)
