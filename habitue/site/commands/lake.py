"""`habitue lake`: the columnar copy of every business's history, for any engine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from habitue import lake
from habitue.lake import layout
from habitue.lake.layout import WHOLE, Manifest, Unreadable
from habitue.metrics import tables
from habitue.site import environment, named
from habitue.site.complaint import Complaint, Exit
from habitue.site.usage import misuse

if TYPE_CHECKING:
    from habitue.lake.refreshing import Copied
    from habitue.members.models import Business

command = typer.Typer(
    help="A columnar copy of every history, for any engine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
screen = Console(highlight=False, soft_wrap=True)
One = Annotated[str | None, typer.Option(help="One business, by its short name (default: all).")]
Where = Annotated[
    Path | None, typer.Option(help="The lake's folder (default: lake in HABITUE_HOME).")
]


@command.command()
def refresh(business: One = None, folder: Where = None) -> None:
    """Copy what has changed since the last time; may be stopped and run again."""
    from habitue.site.database import database

    with database():
        from habitue.lake import refreshing

        place = folder or home()
        try:
            for owner in _businesses(business):
                _print(owner, _with_bar(owner, place))
        except refreshing.Busy as error:
            raise Complaint(str(error), Exit.ALREADY_RUNNING) from None
        except OSError as error:
            misuse(f"The lake in {place} cannot be written: {error.strerror or error}.")


@command.command()
def status(business: One = None, folder: Where = None) -> None:
    """Say what the lake holds, and as of when."""
    from habitue.site.database import database

    with database():
        place = folder or home()
        names = {owner.pk: owner.slug for owner in _businesses(business)}
    try:
        held = [each for each in layout.manifests(place) if each.business in names]
    except Unreadable as error:
        misuse(str(error))
    if not held:
        screen.print(f"There is no lake in {place} yet: habitue lake refresh makes one.")
    for manifest in held:
        _print_status(names[manifest.business], manifest)


@command.command()
def files(
    table: Annotated[str, typer.Argument(help=f"One of {', '.join(tables.TABLES)}.")],
    business: One = None,
    folder: Where = None,
) -> None:
    """Print the files that hold a table now, one a line: what an engine is given to read."""
    if table not in tables.TABLES:
        misuse(f"There is no table {table!r}; there are {', '.join(tables.TABLES)}.")
    from habitue.site.database import database

    with database():
        place = folder or home()
        key = named.business(business).pk if business else None
    try:
        found = lake.files(place, table, key)
    except Unreadable as error:
        misuse(str(error))
    for path in found:
        print(path)


def home() -> Path:
    """Where an installation's own lake lies."""
    return environment.read().home / "lake"


def _businesses(slug: str | None) -> list[Business]:
    from habitue.members.models import Business

    return [named.business(slug)] if slug else list(Business.objects.order_by("slug"))


def _with_bar(owner: Business, place: Path) -> Copied:
    from habitue.lake import refreshing

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as progress:
        bar = progress.add_task(f"Copying {owner.slug}", total=None)

        def tell(done: int, planned: int) -> None:
            progress.update(bar, completed=done, total=planned)

        (copied,) = refreshing.refresh([owner.pk], place, now=datetime.now(UTC), tell=tell)
    return copied


def _print(owner: Business, copied: Copied) -> None:
    screen.print(f"{owner.slug}: {copied.rows:,} rows written in {copied.files:,} files.")


def _print_status(slug: str, manifest: Manifest) -> None:
    table = Table(title=f"{slug}, as of {manifest.as_of:%Y-%m-%d %H:%M} UTC", box=box.SIMPLE_HEAD)
    table.add_column("table")
    for name in ("rows", "months", "from", "to", "MB"):
        table.add_column(name, justify="right")
    for name, held in manifest.tables.items():
        months = sorted(month for month in held if month != WHOLE)
        size = sum(file.bytes for file in held.values()) / 1e6
        table.add_row(
            name,
            f"{sum(file.rows for file in held.values()):,}",
            f"{len(months):,}" if months else "",
            months[0] if months else "",
            months[-1] if months else "",
            f"{size:,.1f}",
        )
    screen.print(table)
