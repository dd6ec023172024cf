"""`habitue restore`: a backup put back, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    file: Annotated[Path, typer.Argument(help="A file that `habitue backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what the database holds now.")
    ] = False,
) -> None:
    """Put a backup back, table by table as it was; Habitué must be stopped."""
    from habitue.site import backups, database, environment, tree
    from habitue.site.complaint import Complaint, Exit

    env = environment.read()
    environment.make_home(env)
    only = tree.lock(env)
    if not only.take():
        raise Complaint("Habitué is running: stop it first (`habitue stop`).", Exit.ALREADY_RUNNING)
    try:
        with database.server(env):
            manifest = backups.restore(env, file, replace=replace, say=print)
    finally:
        only.release()
    rows = sum(count for count, _ in manifest.tables.values())
    print(f"Restored {rows:,} rows of {len(manifest.tables)} tables; `habitue start` goes on.")
