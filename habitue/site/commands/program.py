"""`habitue program`: what can be done with a program file."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from habitue.core import document, story
from habitue.core.document import reference
from habitue.core.program import Program
from habitue.site import checking, differing, opened, starting, whatif

command = typer.Typer(
    help="Check a program file, play its story, compare versions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


command.command()(checking.check)
command.command()(differing.diff)
command.command()(starting.start)
command.command()(whatif.what_if)


@command.command()
def run(
    file: opened.File,
    told: Annotated[
        Path | None, typer.Option("--story", help="The story; by default the one beside the file.")
    ] = None,
) -> None:
    """Play a story under a program and show what followed from each step, and why."""
    found = opened.program(file)
    path = told or file.with_name(f"{file.stem}.story.yaml")
    read = story.parse(opened.text(path), found)
    if not isinstance(read, story.Story):
        opened.refuse([problem.located(str(path)) for problem in read])
    played = story.play([found], read)
    Console(markup=False, highlight=False).print(_table(found, played))
    if played.failures:
        opened.refuse([failure.located(str(path)) for failure in played.failures])
    print(f"All {len(played.rows)} steps went as told.")


@command.command()
def schema() -> None:
    """Print the JSON Schema of program files, for editors."""
    print(json.dumps(document.schema(), indent=2, ensure_ascii=False))


@command.command("reference")
def print_reference() -> None:
    """Print the page of every word of a program file, as Markdown."""
    print(reference.page(), end="")


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
