"""`habitue sweep`: post what fell due, without waiting for the worker."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from habitue.site import named


def command(
    business: Annotated[
        str | None, typer.Option(help="One business, by its short name (default: all).")
    ] = None,
) -> None:
    """Let expiries, falling tiers and birthdays take effect; may be stopped and run again."""
    from habitue.site.database import database

    with database():
        from habitue import ledger

        owner = named.business(business).pk if business else None
        swept = ledger.sweep(owner, now=datetime.now(UTC))
    print(f"{swept:,} members had something due.")
