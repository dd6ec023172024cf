"""The twelve named programs: each is there with a full story, and says where numbers are from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from habitue.core import document, program

PROGRAMS = Path(__file__).parents[2] / "programs"
TWELVE = (
    "sephora",
    "virgin-atlantic",
    "amazon-prime",
    "toms",
    "hyatt",
    "swarm",
    "rei",
    "united",
    "odacite",
    "starbucks",
    "petsmart",
    "sweetgreen",
)
LEAST_STEPS = 9
"""The worked example, and at least eight events more."""

NOTED = ("earn", "tiers", "rewards", "draws", "dividend", "fee", "prices", "household")
COUNTERS = ("year", "yearly", "every-dollar")
"""Rules that only count money, one to one: a number of nobody's choosing."""


@pytest.mark.parametrize("name", TWELVE)
def test_it_is_written_back_the_same(name: str) -> None:
    found = document.read((PROGRAMS / f"{name}.yaml").read_text("utf-8"))
    assert isinstance(found, program.Program)
    assert document.read(document.write(found)) == found


@pytest.mark.parametrize("name", TWELVE)
def test_its_story_tells_more_than_the_example(name: str) -> None:
    steps = yaml.safe_load((PROGRAMS / f"{name}.story.yaml").read_text("utf-8"))
    assert len([step for step in steps if "then" in step]) >= LEAST_STEPS
    told = {word for step in steps for word in step.get("then", {})}
    assert "refused" in told, "no refusal is told"


@pytest.mark.parametrize("name", TWELVE)
def test_every_number_says_where_it_is_from(name: str) -> None:
    text = yaml.load((PROGRAMS / f"{name}.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
    bare = list(_bare({key: text[key] for key in NOTED if key in text}, False, name))
    assert not bare, bare


def _bare(node: Any, noted: bool, path: str) -> Iterator[str]:
    """Mappings with a number in them, and no source or assumption in them or around them."""
    if isinstance(node, list):
        for place, item in enumerate(node):
            yield from _bare(item, noted, f"{path}[{place}]")
    if not isinstance(node, dict) or node.get("id") in COUNTERS:
        return
    noted = noted or bool({"source", "assumed"} & node.keys()) or _within(node)
    for key, value in node.items():
        if not noted and isinstance(value, str) and _is_number(value) and value not in ("0", "1"):
            yield f"{path}.{key}: {value}"
        yield from _bare(value, noted, f"{path}.{key}")


def _within(node: dict[str, Any]) -> bool:
    """A note on the award or the condition speaks for its rule."""
    inner = [value for value in node.values() if isinstance(value, dict)]
    return any({"source", "assumed"} & value.keys() for value in inner)


def _is_number(text: str) -> bool:
    return text.removesuffix("%").replace(".", "", 1).isdigit()
