"""`habitue liability`: what is owed in units, how it came about, and what an accountant books."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from habitue.core import money
from habitue.core.liability import Roll
from habitue.core.statement import Deferral, Holding, Statement
from habitue.pages import accounts
from habitue.site.usage import misuse

if TYPE_CHECKING:
    from habitue.members.models import Business

WIDE: Final = 120
_MOST_MONTHS: Final = 1_200
COLUMNS: Final = accounts.COLUMNS


def command(
    business: Annotated[str, typer.Option(help="The business, by its short name.")],
    on: Annotated[
        str, typer.Option(help="As it stood at the end of this day (default: today).")
    ] = "",
    months: Annotated[int, typer.Option(help="How many months of history to show.")] = 12,
    redemption: Annotated[
        str, typer.Option(help="State which share of units is ever redeemed, e.g. 85%.")
    ] = "",
    to_csv: Annotated[
        Path | None,
        typer.Option("--csv", help="Write the months to this file, for the accountant."),
    ] = None,
    lots: Annotated[
        Path | None, typer.Option(help="Write every open lot to this file, as CSV.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Print what is owed in units on a day: by lot, month by month, and deferred under IFRS 15."""
    if not 1 <= months <= _MOST_MONTHS:
        misuse(f"--months is between 1 and {_MOST_MONTHS:,}.")
    stated = _share(redemption)
    from habitue.site.database import database

    with database():
        from habitue.ledger import books, liabilities
        from habitue.site import named

        owner = named.business(business)
        day = _day(on, owner)
        found = liabilities.read(owner.pk, on=day, months=months, redemption=stated)
        write = _Amounts(owner.language)
        if to_csv is not None:
            _save(to_csv, accounts.HEADER, accounts.months(found, write), write)
        if lots is not None:
            book = books.shelf(owner.pk).book
            found_lots = liabilities.lots(owner.pk, on=day)
            lines = accounts.lots(found_lots, found, book.number_on, write)
            _save(lots, accounts.LOT_HEADER, lines, write)
    if as_json:
        print(json.dumps(msgspec.to_builtins(found, enc_hook=str), indent=1))
    else:
        _print(owner.name, found)


def _day(text: str, owner: Business) -> date:
    today = datetime.now(UTC).astimezone(ZoneInfo(owner.timezone)).date()
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        misuse(f"--on {text[:20]!r} is no date; one is written like 2026-12-31.")
    if day > today:
        misuse(f"{day} has not come yet: what will be owed then nobody can read from a ledger.")
    return day


def _share(text: str) -> Fraction | None:
    if not text:
        return None
    try:
        share = Fraction(money.fixed(text.removesuffix("%").strip(), 4), 100 * 10**4)
    except ValueError as error:
        misuse(str(error))
    if not 0 <= share <= 1:
        misuse("A share redeemed is between 0% and 100%.")
    return share


# ---- files for the accountant -----------------------------------------------------------------


class _Amounts:
    """Writes numbers as the spreadsheet of a language reads them: 12.50, or 12,50 between `;`."""

    def __init__(self, language: str) -> None:
        self.comma = language != "en"

    @property
    def separator(self) -> str:
        return ";" if self.comma else ","

    def __call__(self, value: int, places: int) -> str:
        text = money.written(value, places)
        return text.replace(".", ",") if self.comma else text


def _save(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], write: _Amounts
) -> None:
    # Excel takes a file for UTF-8 only by its mark; others skip it.
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=write.separator)
            writer.writerow(header)
            writer.writerows(rows)
    except OSError as error:
        misuse(f"{path} cannot be written: {error.strerror}.")


# ---- the screen -------------------------------------------------------------------------------


def _print(name: str, found: Statement) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDE)
    if not found.holdings:
        console.print(f"{name} has no units that can be redeemed: nothing is owed.")
    for holding in found.holdings:
        for part in _parts(name, found, holding):
            if isinstance(part, str):
                console.print(part, soft_wrap=True, markup=False)
            else:
                console.print(part)


def _parts(name: str, found: Statement, holding: Holding) -> Iterator[str | Table]:
    places = money.decimals(found.currency)
    yield _roll_table(f"{name}, {found.on}: {holding.unit}", holding.rolls, holding.decimals)
    if holding.unswept:
        units = money.written(holding.unswept, holding.decimals)
        yield f"Of this, {units} {holding.unit} fell due and wait for the next sweep."
    if holding.owed:
        yield f"Members owe {money.written(holding.owed, holding.decimals)} {holding.unit}."
    if holding.worth is None:
        yield f"Nothing says what {holding.unit} are worth (`worth` in the program): no money."
        return
    yield _roll_table(f"The same in {found.currency}", holding.values, places)
    yield _group_table(holding, places, found.currency)
    yield _redemption(holding)
    if holding.deferrals:
        yield _deferral_table(holding.deferrals, places, found.currency)


def _roll_table(title: str, rolls: Sequence[Roll], places: int) -> Table:
    table = _table(title, ["month", *COLUMNS[:-1], "revalued", "closing"])
    revalued = any(roll.revalued for roll in rolls)
    if not revalued:
        table = _table(title, ["month", *COLUMNS])
    for roll in rolls:
        names = [*COLUMNS[:-1], *(["revalued"] if revalued else []), "closing"]
        table.add_row(
            f"{roll.month:%Y-%m}", *(money.written(getattr(roll, one), places) for one in names)
        )
    return table


def _group_table(holding: Holding, places: int, currency: str) -> Table:
    heads = ["lapses in", "version", "lots", holding.unit, f"worth ({currency})", "expected"]
    table = _table("Open lots", heads)
    for group in holding.groups:
        table.add_row(
            f"{group.lapses:%Y-%m}" if group.lapses else "no date",
            str(group.version),
            f"{group.lots:,}",
            money.written(group.units, holding.decimals),
            money.written(group.value, places),
            money.written(group.expected, places),
        )
    value, expected = (money.written(one, places) for one in (holding.value, holding.expected))
    table.add_section()
    table.add_row("all", "", "", "", value, expected, style="bold")
    return table


def _redemption(holding: Holding) -> str:
    share = f"{float(100 * holding.redemption):g} %"
    curve = holding.curve
    seen = (
        f"of all given, {_percent(curve.last.redeemed)} were redeemed and"
        f" {_percent(curve.last.lapsed)} lapsed by an age of {curve.last.age:,} days"
    )
    if holding.stated:
        return f"As stated, {share} of {holding.unit} are ever redeemed."
    if curve.enough:
        return (
            f"{share} of {holding.unit} are ever redeemed, by this business's own history"
            f" ({curve.lots:,} lots that ended: {seen}; Kaplan-Meier, what is open counts as"
            " redeemed later)."
        )
    return (
        f"There is not enough history yet to say how many {holding.unit} are never redeemed"
        f" ({curve.lots:,} lots ended, {_percent(curve.last.open)} still open): all are taken to"
        " be. State a share with --redemption 85%."
    )


def _percent(share: int) -> str:
    return f"{share / 10**10:.1f} %"


def _deferral_table(deferrals: Sequence[Deferral], places: int, currency: str) -> Table:
    table = _table(f"Deferred under IFRS 15 ({currency})", ["month", *accounts.SALES])
    for one in deferrals:
        amounts = (one.sales, one.standalone, one.deferred, one.recognized, one.closing)
        table.add_row(f"{one.month:%Y-%m}", *(money.written(each, places) for each in amounts))
    return table


def _table(title: str, heads: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left")
    return table
