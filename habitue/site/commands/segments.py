"""`habitue segments`: how large each segment is, and who is in one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from habitue.core import money
from habitue.metrics.segments import catalogue
from habitue.site import named
from habitue.site.usage import misuse

if TYPE_CHECKING:
    from habitue.members.models import Business
    from habitue.metrics.segments.population import Population

WIDE: Final = 120
SHOWN: Final = 50
COLUMNS: Final = (
    "customer", "number", "name", "e-mail", "last purchase", "orders", "revenue", "expected on",
    "between", "and", "usual gap", "money at risk",
)  # fmt: skip


def command(
    business: Annotated[str, typer.Option(help="The business, by its short name.")],
    segment: Annotated[
        str, typer.Option(help="Who is in this one, such as slipping; those in most danger first.")
    ] = "",
    window: Annotated[
        int | None,
        typer.Option(help="W: a customer bought within so many days (default: own rhythm)."),
    ] = None,
    to_csv: Annotated[
        Path | None, typer.Option("--csv", help="Write the segment's customers to this file.")
    ] = None,
) -> None:
    """Print the segments of today: where customers stand, who leaks away, who is worth most."""
    if to_csv is not None and not segment:
        misuse("--csv is of one segment: add --segment NAME.")
    from habitue.site.database import database

    with database():
        owner = named.business(business)
        from habitue.outreach import populations

        now = datetime.now(UTC)
        try:
            if segment:
                catalogue.get(segment)
            everybody = populations.read(owner, now=now, window=window)
        except (ValueError, LookupError) as error:
            misuse(str(error))
        if not segment:
            _print_all(owner, everybody)
            return
        rows = list(_rows(owner, everybody, segment, now))
        if to_csv is None:
            _print_one(segment, rows)
        else:
            from habitue.site import saved

            saved.save(to_csv, owner, COLUMNS, rows)
            print(f"{len(rows):,} customers written to {to_csv}.")


def _print_all(owner: Business, everybody: Population) -> None:
    from habitue.metrics.segments import finding

    console = _console()
    table = Table(title=f"{owner.name}, {everybody.lives.until}", box=box.SIMPLE_HEAD)
    for name in ("segment", "", "customers", "share", "revenue", "share"):
        table.add_column(name, justify="left" if name in ("segment", "") else "right")
    customers, revenue = len(everybody.lives.customer), int(everybody.lives.revenue.sum())
    family = ""
    for size in finding.sizes(everybody):
        if family not in ("", size.segment.family):
            table.add_section()
        family = size.segment.family
        table.add_row(
            size.segment.id,
            size.segment.title["en"],
            f"{size.customers:,}",
            _share(size.customers, customers),
            _money(owner, size.revenue),
            _share(size.revenue, revenue),
        )
    console.print(table)
    for each in catalogue.every().values():
        console.print(f"{each.id}: {each.formula['en']}", style="dim", soft_wrap=True)
    console.print(_window(everybody), soft_wrap=True)


def _rows(
    owner: Business, everybody: Population, segment: str, now: datetime
) -> Iterator[tuple[str, ...]]:
    """A row per customer of a segment: most money at risk first, then most revenue."""
    from habitue.metrics import outlook
    from habitue.metrics.models import choosing
    from habitue.metrics.segments import finding, leaks, rhythm
    from habitue.outreach import audiences
    from habitue.site import saved

    future = choosing.customers(
        everybody.lives, terms=outlook.TERMS, kind=outlook.KIND, horizons=(outlook.YEAR,)
    )
    leaking = leaks.leaks(everybody, future.alive)  # as the nightly report has them
    at_risk = dict(zip(leaking.customer.tolist(), leaking.at_risk.tolist(), strict=True))
    usual = rhythm.rhythm(everybody)
    next_on = rhythm.expected(everybody)
    places = {who: place for place, who in enumerate(everybody.lives.customer.tolist())}
    found = audiences.rows(owner, finding.members(everybody, segment).tolist(), now=now)
    found.sort(key=lambda row: (-at_risk.get(row.customer, -1), -row.revenue, row.customer))
    for row in found:
        place = places[row.customer]
        days = (column[place] for column in next_on)
        yield (
            str(row.customer),
            row.number,
            row.name,
            row.email,
            str(row.last or ""),
            str(row.orders),
            saved.amount(owner, row.revenue),
            *(_day(int(day)) for day in days),
            f"{usual.usual[place]:.1f}" if usual.own[place] else "",
            saved.amount(owner, at_risk[row.customer]) if row.customer in at_risk else "",
        )


def _print_one(segment: str, rows: list[tuple[str, ...]]) -> None:
    console = _console()
    declared = catalogue.get(segment)
    table = Table(title=declared.title["en"], box=box.SIMPLE_HEAD)
    shown = [place for place, name in enumerate(COLUMNS) if name not in ("e-mail", "number")]
    for place in shown:
        table.add_column(COLUMNS[place], justify="left" if place < 4 else "right")
    for row in rows[:SHOWN]:
        table.add_row(*(row[place] for place in shown))
    console.print(table)
    console.print(f"{declared.help['en']}", soft_wrap=True)
    console.print(f"{declared.formula['en']}", style="dim", soft_wrap=True)
    if len(rows) > SHOWN:
        console.print(f"… and {len(rows) - SHOWN:,} more: --csv FILE writes all of them.")


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDE)
    return console


def _day(number: int) -> str:
    from habitue.metrics.segments import rhythm

    return "" if number == rhythm.NEVER else str(date(1970, 1, 1) + timedelta(days=number))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole > 0 else ""


def _money(owner: Business, value: int) -> str:
    places = money.decimals(owner.currency)
    return f"{value / 10**places:,.{places}f}"


def _window(everybody: Population) -> str:
    window = everybody.window
    return f"W is {window.days} days ({window.origin}). --window DAYS sets another."
