"""`habitue backup`: everything in one file, while Habitué runs or not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def command(
    to: Annotated[
        Path | None, typer.Option(help="The file to write (default: a new one in the data folder).")
    ] = None,
) -> None:
    """Write a backup of everything: database and secret, in one file."""
    from habitue.site import backups
    from habitue.site.database import database

    with database() as env:
        made = backups.make(env, now=datetime.now(UTC), to=to)
    print(f"{made} ({made.stat().st_size / 1e6:,.1f} MB). It holds personal data: keep it closed.")
