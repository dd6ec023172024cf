"""`habitue import balances`, on the screen: what would follow, what followed, and where it is."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from habitue.connectors import checking, commanded, reading, reconciling, running, uploads
from habitue.connectors.models import Import
from habitue.connectors.text import Unusable
from habitue.core import money
from habitue.members.models import Business
from habitue.site.usage import misuse

SHOWN: Final = 20
"""Rejected rows on the screen."""


def run(
    owner: Business,
    file: Path,
    screen: Console,
    *,
    sheet: str,
    unit: str,
    welcome: bool,
    dry_run: bool,
) -> None:
    """Look at the whole file, then bring its rows in, unless only that was wanted."""
    try:
        with screen.status("Looking at the file…"):
            one = commanded.look(owner, file, sheet=sheet, unit=unit, welcome=welcome)
    except Unusable as error:
        misuse(str(error))
    if one.state == Import.State.RUNNING:
        if dry_run:
            misuse("This file is being brought in already. Run the command without --dry-run.")
        screen.print("This file was begun before: going on where that stopped.")
    elif not _promising(owner, file, screen, one, dry_run):
        return
    try:
        with screen.status("Bringing the balances in…"):
            commanded.bring(one)
    except running.Busy:
        commanded.drop(one)
        misuse("Another import of this business is at work. Try again when it has ended.")
    _report(owner, file, screen, one)


def _promising(owner: Business, file: Path, screen: Console, one: Import, dry_run: bool) -> bool:
    """Say what would follow; whether it is to be done, else nothing of it stays."""
    found = checking.of(one)
    assert found is not None, "all rows were looked at"
    _print_faults(screen, found)
    useless = found.wrong == found.rows
    if not dry_run and not useless:
        return True
    commanded.drop(one)
    _print_sheet(screen, f"What would become of {file.name}", owner, found.sheet)
    if useless:
        misuse("None of its rows can be taken; nothing was done.")
    screen.print("Nothing was done: this was a dry run.")
    return False


def _report(owner: Business, file: Path, screen: Console, one: Import) -> None:
    made, counts = running.sheet(one), running.counts(one)
    _print_sheet(screen, f"Balances brought into {owner.name}", owner, made)
    screen.print(
        f"{counts.new:,} rows brought in, {counts.there:,} there already,"
        f" {counts.rejected:,} rejected; {counts.people:,} new customers."
    )
    _copy(screen, uploads.rejected(one.pk), file.with_suffix(".rejected.csv"), "Rejected rows")
    _copy(screen, uploads.reconciled(one.pk), file.with_suffix(".balances.csv"), "Every customer")
    if made is None or not made.balanced:
        screen.print("The sheet does not balance: see the difference, and tell us.", style="red")
        raise typer.Exit(1)
    screen.print("The sheet balances. For 24 hours all of it can be taken back on the page Import.")


def _print_faults(screen: Console, found: checking.Found) -> None:
    if not found.wrong:
        return
    shown = found.faults[:SHOWN]
    table = Table(title=f"Rejected rows (first {len(shown)} of {found.wrong:,})")
    for name in ("line", "value", "reason"):
        table.add_column(name, overflow="fold")
    for row in shown:
        table.add_row(str(row.line), escape(row.value), escape(row.reason))
    screen.print(table)


def _print_sheet(
    screen: Console, title: str, owner: Business, sheet: reconciling.Sheet | None
) -> None:
    """A line a unit: in the file = posted + there already + left out, or the difference."""
    if sheet is None or not sheet.lines:
        return
    decimals = {unit.id: unit.decimals for unit in reading.units(owner)}
    table = Table(title=title)
    for name in ("unit", "rows", "customers", "in the file", "posted", "there already", "left out"):
        table.add_column(name, justify="left" if name == "unit" else "right")
    table.add_column("difference", justify="right")
    for line in sheet.lines:
        sums = (line.in_file, line.posted, line.there, line.left_out, line.difference)
        written = [money.written(amount, decimals.get(line.unit, 0)) for amount in sums]
        table.add_row(line.unit or "?", f"{line.rows:,}", f"{line.customers:,}", *written)
    screen.print(table)
    for sentence in _left_out(sheet.lines):
        screen.print(escape(sentence))


def _left_out(lines: Sequence[reconciling.Line]) -> list[str]:
    return [
        f"Left out of {line.unit or 'an unknown unit'}: {left.rows:,} rows, {left.reason}."
        for line in lines
        for left in line.left
    ]


def _copy(screen: Console, made: Path, target: Path, what: str) -> None:
    """What lies beside the import comes beside the file."""
    if not made.exists():
        return
    try:
        shutil.copyfile(made, target)
    except OSError as error:
        screen.print(f"{target} could not be written: {error.strerror}. See the page Import.")
        return
    target.chmod(0o600)
    screen.print(f"{what}: {target}")
