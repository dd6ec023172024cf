"""What a program says, thing by thing, in an English sentence each: for whoever reads it as data.

The words are those of `differences`: what a new rule is said to give is what it gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from habitue.core import document, program
from habitue.core.differences import words

_MORE: Final = {
    "lines": "counting only {}",
    "where": "only with {}",
    "base": "on the {} amount",
    "limit": "at most {}",
    "cool_down": "again after {} at the earliest",
    "pending": "usable after {}",
    "expiry": "lapsing: {}",
}
"""What else is said of a rule, after what it gives for what."""


def plain(of: program.Program) -> dict[str, Any]:
    """A program as its file has it: mappings, lists and texts, fit for JSON."""
    tree = yaml.load(document.write(of), Loader=yaml.BaseLoader)
    assert isinstance(tree, dict)
    return tree


def rules(of: program.Program) -> list[str]:
    """Each rule in a sentence, in the order of `Program.rules`."""
    return [_rule(entry) for entry in plain(of).get("earn", ())]


def rewards(of: program.Program) -> list[str]:
    """What each reward gives, in words, in the order of `Program.rewards`."""
    return [_reward(entry) for entry in plain(of).get("rewards", ())]


def ladder(of: program.Program) -> dict[str, str]:
    """How tiers count and last (`window`, `kept`), as the file says it; nothing without tiers."""
    written = plain(of).get("tiers")
    if written is None:
        return {}
    window = written.get("basis", {}).get("window", "calendar year")
    return {"window": window, "kept": written.get("kept", "rest of this and next year")}


def _rule(entry: Mapping[str, Any]) -> str:
    gives = f"{words.event(entry.get('when', 'purchase'))} earns {words.award(entry['award'])}"
    return _sentence([gives, *_dates(entry), *_further(entry)])


def _reward(entry: Mapping[str, Any]) -> str:
    gives = words.gift(entry.get("gives") or entry.get("choose"))
    how = [f"for {words.amounts(entry['cost'])}"] if "cost" in entry else []
    if entry.get("automatic") == "threshold":
        how.append("by itself, once there are so many")
    elif "automatic" in entry:
        how.append(f"by itself on {words.event(entry['automatic'])}")
    return _sentence([" ".join([gives, *how]), *_dates(entry), *_further(entry)])


def _dates(entry: Mapping[str, Any]) -> Iterator[str]:
    if "dates" in entry:
        yield words.said(entry["dates"])


def _further(entry: Mapping[str, Any]) -> Iterator[str]:
    for name, phrase in _MORE.items():
        if name in entry:
            say = words.limit if name == "limit" else words.said
            yield phrase.format(say(entry[name]))


def _sentence(parts: list[str]) -> str:
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}."
