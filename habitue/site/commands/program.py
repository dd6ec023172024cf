"""`habitue program`: check a program file, play its story, print the schema for editors."""

import json
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from habitue.core import advice, document, story
from habitue.core.program import Program

command = typer.Typer(
    help="Check a program file, and play its story.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
File = Annotated[Path, typer.Argument(help="A program file, such as programs/stamp-card.yaml.")]


@command.command()
def check(file: File) -> None:
    """Say what is wrong in a program file, with lines, and what to think over."""
    found = _program(file)
    tiers = len(found.tiers.levels) if found.tiers else 0
    counts = {
        "unit": len(found.units),
        "rule": len(found.rules),
        "tier": tiers,
        "reward": len(found.rewards),
    }
    held = ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items())
    print(f"{file} is well written: {held}.")
    nearest = advice.first_reward(found)
    if nearest is not None:
        print(f"The nearest reward is {nearest} away.")
    for one in advice.on(found):
        print(f"  to think over, {one.path}: {one.sentence}")


@command.command()
def run(
    file: File,
    told: Annotated[
        Path | None, typer.Option("--story", help="The story; by default the one beside the file.")
    ] = None,
) -> None:
    """Play a story under a program and show what followed from each step, and why."""
    found = _program(file)
    path = told or file.with_name(f"{file.stem}.story.yaml")
    read = story.parse(_text(path), found)
    if not isinstance(read, story.Story):
        _refuse([problem.located(str(path)) for problem in read])
    played = story.play([found], read)
    Console(markup=False, highlight=False).print(_table(found, played))
    if played.failures:
        _refuse([failure.located(str(path)) for failure in played.failures])
    print(f"All {len(played.rows)} steps went as told.")


@command.command()
def schema() -> None:
    """Print the JSON Schema of program files, for editors."""
    print(json.dumps(document.schema(), indent=2, ensure_ascii=False))


def _table(of: Program, played: story.Played) -> Table:
    table = Table(title=next(iter(of.title.values())), title_justify="left", show_lines=True)
    for column in ("when", "what happened", "what followed, and why", "what is held"):
        table.add_column(column, overflow="fold")
    for row in played.rows:
        faults = [f"✗ {one.key}: expected {one.expected}, got {one.got}" for one in row.failures]
        followed = "\n".join([*row.effects, *faults])
        style = "red" if faults else None
        table.add_row(f"{row.at:%Y-%m-%d %H:%M}", row.said, followed, row.holds, style=style)
    return table


def _program(file: Path) -> Program:
    found = document.read(_text(file))
    if not isinstance(found, Program):
        _refuse([problem.located(str(file)) for problem in found])
    return found


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        _refuse([f"{file}: {error.strerror}"])
    except UnicodeDecodeError as error:
        _refuse([f"{file}: this is not UTF-8 text (byte {error.start + 1})"])


def _refuse(sentences: list[str]) -> NoReturn:
    """Say what is wrong, a line each, and end with exit code 1."""
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    raise typer.Exit(1)
