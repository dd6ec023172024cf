"""`habitue draw`: check a published draw; close or reveal one without the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from habitue.core import drawing
from habitue.core.facts import Refused
from habitue.site import opened
from habitue.site.usage import misuse

LARGEST: Final = 2**30  # bytes: far more than the largest draw there may be

command = typer.Typer(
    help="Check a published draw; close or reveal one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Shop = Annotated[str, typer.Option(help="The business, by its short name.")]
Name = Annotated[str, typer.Argument(help="The draw, as the program names it.")]
Day = Annotated[str, typer.Argument(help="The first day of its period, such as 2026-03-02.")]


@command.command()
def verify(
    file: Annotated[Path, typer.Argument(help="The record, as it was published (JSON).")],
) -> None:
    """Compute the winners again from what was published; exit code 1 where anything is wrong."""
    try:
        if file.stat().st_size > LARGEST:
            opened.refuse([f"{file}: this is too large to be the record of a draw"])
        record = msgspec.json.decode(file.read_bytes(), type=drawing.Record, strict=True)
    except OSError as error:
        opened.refuse([f"{file}: {error.strerror}"])
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
        opened.refuse([f"{file}: this is not the record of a draw: {error}"])
    wrong = drawing.verify(record)
    if wrong:
        opened.refuse(wrong)
    tickets, winners = record.tickets.count("\n"), len(record.winners)
    print(f"The draw {record.draw!r} of {record.period} is as it was promised:")
    print(f"the secret is the one committed to; of {tickets:,} tickets {winners:,} win at")
    print(f"odds of at least {record.odds}, and these are the right ones.")


@command.command()
def close(draw: Name, day: Day, business: Shop) -> None:
    """Freeze and publish the tickets of a period that is over."""
    period = _step("close", business, draw, day)
    print(f"{period.record.tickets.count(chr(10)):,} tickets take part.")


@command.command()
def reveal(draw: Name, day: Day, business: Shop) -> None:
    """Publish secret and winners of a closed period, once; again, the same answer."""
    period = _step("reveal", business, draw, day)
    for place, winner in enumerate(period.record.winners, 1):
        print(f"{place}. {winner.ticket}: {period.record.prizes[winner.prize].name}")
    if not period.record.winners:
        print("Nobody entered, so nobody won.")


def _step(name: str, business: str, draw: str, day: str) -> Any:
    from habitue.site.database import database

    try:
        starts_on = date.fromisoformat(day)
    except ValueError:
        misuse(f"{day[:20]!r} is no date; one is written like 2026-12-31.")
    with database():
        from habitue.ledger import draws
        from habitue.site import named

        change: Callable[..., Any] = draws.close if name == "close" else draws.reveal
        answer = change(named.business(business).pk, draw, starts_on, now=datetime.now(UTC))
    if isinstance(answer, Refused):
        opened.refuse([answer.sentence])
    return answer
