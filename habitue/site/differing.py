"""`habitue program diff`: what changes from one version of a program to the next, in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from habitue.core import differences
from habitue.site import opened


def diff(
    old: Annotated[Path, typer.Argument(help="The program file as it is.")],
    new: Annotated[Path, typer.Argument(help="The program file as it is to be.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Say in words what changes from one version of a program to the next, and from when."""
    found = differences.between(opened.program(old), opened.program(new))
    if as_json:
        told = [{"sentence": each.sentence, **msgspec.to_builtins(each)} for each in found]
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for each in found:
        print(each.sentence)
    if not found:
        print("Nothing changes.")
