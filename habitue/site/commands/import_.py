"""`habitue import`: purchases, balances or answers from a file, each once however often it runs."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from habitue.connectors import answers, opening, purchases, sheets
from habitue.connectors.purchases import Shape
from habitue.connectors.rejects import Rejects
from habitue.connectors.text import Unusable
from habitue.site import programs
from habitue.site.complaint import Complaint, Exit
from habitue.site.usage import misuse

if TYPE_CHECKING:
    from habitue.connectors.imports import Tally
    from habitue.members.models import Business

COUNTRIES = {"EUR": "FR", "USD": "US", "GBP": "GB", "CHF": "CH", "JPY": "JP", "CAD": "CA"}
"""Where a business is when only its currency is known; its settings say better."""
SHEET = "Of a workbook, which sheet (default: the first visible one with rows)."
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")

command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
screen = Console(highlight=False, soft_wrap=True)


@command.callback()
def import_() -> None:
    """Bring data in from files."""


@command.command("purchases")
def import_purchases(
    file: Annotated[
        Path, typer.Argument(help="Excel, OpenDocument, CSV, or columns separated by spaces.")
    ],
    business: Annotated[str, typer.Option(help="The business's short name; made if new.")],
    program: Annotated[
        Path | None,
        typer.Option(help="The program of a new business (default: points-and-tiers.yaml)."),
    ] = None,
    currency: Annotated[
        str, typer.Option(help="Of a new business, e.g. USD (default: as the file says, or EUR).")
    ] = "",
    timezone: Annotated[
        str, typer.Option(help="Of a new business, e.g. Europe/Rome (default: by currency).")
    ] = "",
    enroll: Annotated[bool, typer.Option(help="Make every customer a member.")] = True,
    sheet: Annotated[str, typer.Option(help=SHEET)] = "",
) -> None:
    """Import purchases. Run it again after an interruption: nothing is ever counted twice."""
    currency = _checked(business, currency, timezone, program)
    with _table(file, sheet) as (table, dialect):
        try:
            with screen.status("Looking at the file…"):
                shape = purchases.survey(table, dialect=dialect)
        except Unusable as error:
            misuse(str(error))
        _bring(file, table, shape, business, currency, timezone, program, enroll)


def _bring(
    file: Path,
    table: Path,
    shape: Shape,
    business: str,
    currency: str,
    timezone: str,
    program: Path | None,
    enroll: bool,
) -> None:
    from habitue.site.database import database

    with database():
        from django.db import DatabaseError, transaction

        with transaction.atomic():  # a business whose program cannot be published is not made
            owner = _business(business, currency, timezone, shape)
            _publish(owner, program, enroll)
        try:
            _run(owner, file, table, shape, enroll)
        except DatabaseError as error:
            raise _stopped(error) from None


@command.command("balances")
def import_balances(
    file: Annotated[Path, typer.Argument(help="Excel, OpenDocument or CSV: a balance a row.")],
    business: Annotated[str, typer.Option(help="The business, by its short name.")],
    unit: Annotated[str, typer.Option(help="Of which unit, where the file does not say.")] = "",
    welcome: Annotated[bool, typer.Option(help="Give who is new what joining gives.")] = False,
    sheet: Annotated[str, typer.Option(help=SHEET)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would follow.")] = False,
) -> None:
    """Import balances from another program. Run it again: nothing is ever counted twice."""
    from habitue.site.database import database

    with database():
        from django.db import DatabaseError

        from habitue.site import carrying, named

        owner = named.business(business)
        try:
            carrying.run(
                owner, file, screen, sheet=sheet, unit=unit, welcome=welcome, dry_run=dry_run
            )
        except DatabaseError as error:
            raise _stopped(error) from None


@command.command("answers")
def import_answers(
    file: Annotated[
        Path, typer.Argument(help="Excel, OpenDocument or CSV with a header: date, score, ….")
    ],
    business: Annotated[str, typer.Option(help="The business, by its short name.")],
    question: Annotated[
        str, typer.Option(help="nps, csat or ces, where the file does not say.")
    ] = "",
    scale: Annotated[
        int,
        typer.Option(
            help="The highest score, where the file does not say (nps 10, csat 5, ces 7)."
        ),
    ] = 0,
    sheet: Annotated[str, typer.Option(help=SHEET)] = "",
) -> None:
    """Import answers of satisfaction. Run it again: nothing is ever counted twice."""
    _check_asked(question, scale)
    with _table(file, sheet) as (table, dialect):
        try:
            shape = answers.survey(table, dialect)
        except Unusable as error:
            misuse(str(error))
        from habitue.site.database import database

        with database():
            from django.db import DatabaseError

            from habitue.site import named

            owner = named.business(business)
            try:
                _run_answers(owner, file, table, shape, question, scale)
            except DatabaseError as error:
                raise _stopped(error) from None


@contextmanager
def _table(file: Path, sheet: str) -> Iterator[tuple[Path, opening.Dialect | None]]:
    """A file as a table of text; of a workbook, a sheet of it for as long as it is needed."""
    if not file.is_file() or not sheets.is_book(file):
        if sheet:
            misuse(f"{file.name} has no sheets: it is no workbook.")
        yield file, None
        return
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / file.name
        try:
            found = sheets.unfold(file, target, sheet)
        except Unusable as error:
            misuse(str(error))
        if len(found.sheets) > 1:
            screen.print(f"Read from the sheet {found.chosen!r} of {len(found.sheets)}.")
        yield target, opening.Dialect(sheets.ENCODING, sheets.SEPARATOR)


def _check_asked(question: str, scale: int) -> None:
    from habitue.connectors import columns

    asked = set(columns.QUESTIONS.values())
    if question and question not in asked:
        misuse(f"A question is nps, csat or ces, not {question[:20]!r}.")
    if scale and not 2 <= scale <= 10:
        misuse(f"A scale goes up to 2 at least and 10 at most, not {scale}.")


def _stopped(error: Exception) -> Complaint:
    reason = (str(error).strip().splitlines() or ["no reason given"])[0]
    return Complaint(
        f"The database stopped the import: {reason}. Run the same command again: it goes on where"
        " it stopped, and nothing is counted twice.",
        Exit.DATABASE,
    )


def _checked(slug: str, currency: str, timezone: str, program: Path | None) -> str:
    """The currency in capitals; refuses what is none, and files that are not there."""
    code = currency.upper()
    if not SLUG.fullmatch(slug):
        misuse(f"A business's short name has small letters, digits and hyphens, not {slug[:40]!r}.")
    if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
        misuse(f"A currency is three letters such as EUR, not {currency[:20]!r}.")
    if timezone:
        try:
            ZoneInfo(timezone)
        except (ValueError, OSError, KeyError):
            misuse(f"{timezone[:40]!r} is no time zone; one is written like Europe/Rome.")
    if program is not None and not program.is_file():
        misuse(f"There is no program file {program}.")
    return code


def _business(slug: str, wanted: str, timezone: str, shape: Shape) -> Business:
    """The business of that short name; a new one counts as asked, as the file says, or in EUR."""
    from habitue.members import businesses
    from habitue.members.models import Business

    found = Business.objects.filter(slug=slug).first()
    if found is not None:
        if wanted and wanted != found.currency:
            misuse(f"{found.name} counts in {found.currency} already, not in {wanted}.")
        return found
    currency = wanted or shape.currency or "EUR"
    made = businesses.create(
        slug=slug,
        name=slug.replace("-", " ").title(),
        kind="shop",
        country=COUNTRIES.get(currency, "FR"),
        currency=currency,
        timezone=timezone,
    )
    screen.print(f"Made the business {slug!r}: it counts in {made.currency}, in {made.timezone}.")
    screen.print(f"To open it in a browser: habitue owner YOUR@E-MAIL --business {slug}")
    return made


def _publish(owner: Business, program: Path | None, enroll: bool) -> None:
    """Give a business without a program its first."""
    from habitue import ledger

    if ledger.program(owner.pk) is not None:
        if program is not None:
            screen.print(f"{owner.name} has a program already; {program.name} was left aside.")
        return
    path = program or programs.FOLDER / "points-and-tiers.yaml"
    text = path.read_text("utf-8") if program else programs.fitted(path, owner, enroll=enroll)
    published = ledger.publish(owner.pk, text)
    if published.problems:
        misuse(f"{path.name} cannot be published: {' '.join(published.problems)}")
    screen.print(f"Published the program {path.name}.")


def _run(owner: Business, file: Path, table: Path, shape: Shape, enroll: bool) -> None:
    from habitue.connectors import imports

    for sentence in shape.sentences(day_first=imports.day_first(shape, owner)):
        screen.print(sentence)
    with Rejects(file.with_suffix(".rejected.csv")) as refused, _Bar(shape.rows) as bar:
        tally = imports.run(
            owner, table, shape, refused, now=datetime.now(UTC), enroll=enroll, tell=bar.tell
        )
    _report(owner, tally, refused, bar.seconds)


def _run_answers(
    owner: Business, file: Path, table: Path, shape: answers.Shape, question: str, scale: int
) -> None:
    from habitue.connectors import recording

    for sentence in shape.sentences(day_first=recording.day_first(shape, owner)):
        screen.print(sentence)
    with Rejects(file.with_suffix(".rejected.csv")) as refused, _Bar(shape.rows) as bar:
        tally = recording.run(
            owner,
            table,
            shape,
            refused,
            now=datetime.now(UTC),
            question=question,
            scale=scale,
            tell=bar.tell,
        )
    _print_rejected(refused)
    lines = {
        "rows": tally.rows,
        "accepted": tally.accepted,
        "of these, nobody known's": tally.unknown,
        "duplicate (there already)": tally.duplicate,
        "rejected": tally.rejected,
        "empty lines ignored": tally.empty,
    }
    _print_numbers(f"Answers brought into {owner.name}", lines, bar.seconds)


class _Bar:
    """A progress bar that also says how fast it goes."""

    def __init__(self, rows: int) -> None:
        columns = (
            TextColumn("Importing"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        self.progress = Progress(*columns, console=screen)
        self.task = self.progress.add_task("", total=rows, rate="")
        self.begin = time.monotonic()
        self.done = 0

    def __enter__(self) -> _Bar:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return max(time.monotonic() - self.begin, 0.001)

    def tell(self, rows: int) -> None:
        """So many more rows are done."""
        self.done += rows
        rate = f"{self.done / self.seconds:,.0f} rows/s"
        self.progress.update(self.task, completed=self.done, rate=rate)


def _report(owner: Business, tally: Tally, refused: Rejects, seconds: float) -> None:
    from habitue.members.models import Customer

    _print_rejected(refused)
    lines = {
        "rows": tally.rows,
        "accepted": tally.accepted,
        "duplicate (there already)": tally.duplicate,
        "rejected": tally.rejected,
        "empty lines ignored": tally.empty,
        "customers of the business": Customer.objects.filter(business=owner).count(),
        "new members": tally.enrolled,
    }
    _print_numbers(f"Import into {owner.name}", lines, seconds)


def _print_numbers(title: str, lines: dict[str, int], seconds: float) -> None:
    table = Table(title=title, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, number in lines.items():
        table.add_row(name, f"{number:,}")
    table.add_row("seconds", f"{seconds:,.1f}")
    table.add_row("rows per second", f"{lines['rows'] / seconds:,.0f}")
    screen.print(table)


def _print_rejected(refused: Rejects) -> None:
    if not refused.number:
        return
    table = Table(title=f"Rejected rows (first {len(refused.first)} of {refused.number:,})")
    for name in ("line", "value", "reason"):
        table.add_column(name, overflow="fold")
    for row in refused.first:
        table.add_row(str(row.line), _shown(row.value), row.reason)
    screen.print(table)
    screen.print(refused.problem or f"All rejected rows are in {refused.path}.")


def _shown(value: str) -> str:
    """A value that cannot move the cursor or mark up the screen."""
    return escape(ascii(value)[1:-1] if not value.isprintable() else value)
