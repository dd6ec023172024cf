"""A program as its owner writes it: YAML in, a typed program or every problem out, and back.

`read` notes all problems at once, each with line, path, what is allowed and the nearest word.
`write` is its inverse. `schema` describes the same vocabulary as JSON Schema for editors.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Final

import yaml

from habitue.core import money, program
from habitue.core.document import awards, page, sense, vocabulary
from habitue.core.document.forms import NAME, Bare, Named
from habitue.core.document.page import Node, Problem, Sheet

__all__ = ["Problem", "Writer", "plain", "read", "schema", "write"]
KEPT: Final = 200
"""Of how many texts it is kept what they say: a page that shows a program reads it often."""

SCHEMA_ID = "https://habitue.example/programs/schema.json"


def read(text: str) -> program.Program | list[Problem]:
    """The program that a YAML text describes, or all its problems in order of lines."""
    found = _read(text)
    return found if isinstance(found, program.Program) else list(found)


@functools.lru_cache(maxsize=KEPT)
def _read(text: str) -> program.Program | tuple[Problem, ...]:
    root = page.opened(text)
    if isinstance(root, Problem):
        return (root,)
    sheet = _sheet_of(root)
    found = vocabulary.PROGRAM.read(root, "", sheet)
    if isinstance(found, program.Program):
        sense.check(found, sheet)
    if sheet.problems:
        return tuple(sorted(sheet.problems, key=lambda one: (one.line, one.column)))
    assert isinstance(found, program.Program)
    return found


def write(found: program.Program) -> str:
    """The YAML text of a program: `read(write(program)) == program`. Notes are not kept."""
    return yaml.dump(
        plain(found),
        Dumper=Writer,
        sort_keys=False,
        allow_unicode=True,
        width=100,
        default_flow_style=None,
    )


def plain(found: program.Program) -> dict[str, Any]:
    """A program as the mappings, lists and texts that its file holds; `editing` compares them."""
    sheet = Sheet(
        decimals={unit.id: unit.decimals for unit in found.units},
        places=money.decimals(found.currency),
        tiers=tuple(level.id for level in found.tiers.levels) if found.tiers else (),
        causes=tuple(cause.id for cause in found.causes),
        partners=tuple(partner.id for partner in found.partners),
        draws=tuple(draw.id for draw in found.draws),
    )
    return vocabulary.PROGRAM.write(found, sheet)


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a program file, made from the tables that drive the reader."""
    described = vocabulary.PROGRAM.schema()
    definitions = {name: form.form().schema() for name, form in sorted(Named.all.items())}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "A loyalty program",
        **described,
        "$defs": definitions,
    }


def _sheet_of(root: Node) -> Sheet:
    """What the forms must know beforehand: decimals of units and money, names of things."""
    units = page.peek(root, "units")
    return Sheet(
        decimals={
            page.word(name): _decimals(page.word(page.peek(value, "decimals")))
            for name, value in page.pairs(units)
            if NAME.fullmatch(page.word(name)) and page.word(name) not in awards.RESERVED
        },
        places=money.decimals(page.word(page.peek(root, "currency"))),
        tiers=_ids(root, "tiers", "levels"),
        causes=_ids(root, "causes"),
        partners=_ids(root, "partners"),
        draws=_ids(root, "draws"),
    )


def _ids(root: Node, *keys: str) -> tuple[str, ...]:
    """The names of the things in a list of the file."""
    listed = page.items(page.peek(root, *keys))
    return tuple(name for thing in listed if (name := page.word(page.peek(thing, "id"))))


def _decimals(text: str) -> int:
    return int(text) if text in ("0", "1", "2", "3", "4", "5", "6") else 0


class Writer(yaml.SafeDumper):
    """Block style at the top, one line for small mappings, numbers and dates without quotes."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _bare(writer: yaml.SafeDumper, text: Bare) -> yaml.ScalarNode:
    kinds = ((r"-?[0-9]+", "int"), (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "timestamp"))
    plain = next((kind for pattern, kind in kinds if re.fullmatch(pattern, text)), "float")
    tag = "bool" if text in ("true", "false") else plain
    return writer.represent_scalar(f"tag:yaml.org,2002:{tag}", str(text))


Writer.add_representer(Bare, _bare)
