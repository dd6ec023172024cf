"""Where the figures that a command prints are computed: in which engine, over what."""

from __future__ import annotations

import enum
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from habitue.site import environment
from habitue.site.usage import misuse

if TYPE_CHECKING:
    from habitue.members.models import Business
    from habitue.metrics.lowerings.anywhere import Engine as Running
    from habitue.metrics.sources import Source

PORT: Final = 7077
"""Where Spark's master listens, unless told."""


class Engine(enum.StrEnum):
    """What PostgreSQL keeps with each posting, DuckDB, all of PostgreSQL's tables, or Spark."""

    STATE = "state"
    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    SPARK = "spark"


@contextmanager
def source(
    engine: Engine, owner: Business, figures: Sequence[str], *, folder: Path | None, master: str
) -> Iterator[Source | None]:
    """A business's history in an engine, for these figures (all, where none is named).

    None for what is kept with each posting. What is missing is said, and the command ends.
    """
    if engine is Engine.STATE:
        yield None
        return
    from habitue.lake.engines import Unavailable
    from habitue.ledger.figures import needed
    from habitue.metrics.lowerings.anywhere import Anywhere

    place = folder or environment.read().home / "lake"
    try:
        with _running(engine, owner.pk, place, master) as running:
            yield Anywhere(running, owner.pk, owner.currency, needed(figures))
    except Unavailable as error:
        misuse(str(error))


@contextmanager
def _running(engine: Engine, business: int, folder: Path, master: str) -> Iterator[Running]:
    from habitue.lake import engines

    if engine is Engine.DUCKDB:
        with engines.duckdb(folder, business) as duckdb:
            yield duckdb
    elif engine is Engine.POSTGRES:
        from habitue.lake import snapshots

        with engines.postgres(snapshots.address()) as postgres:
            yield postgres
    else:
        from habitue.lake import spark

        with spark.spark(folder, business, master=master, secret=_secret(master)) as session:
            yield session


def key(port: int) -> Path:
    """Where the secret of our own cluster lies while it runs."""
    return environment.read().home / "spark" / f"{port}.key"


def _secret(master: str) -> str:
    """What a cluster wants to hear: ours on this machine, any other by Spark's own variable."""
    from habitue.lake import spark

    host, _, port = master.removeprefix("spark://").partition(":")
    if host == spark.LOCAL and port.isdecimal() and key(int(port)).exists():
        return key(int(port)).read_text()
    return os.environ.get(spark.SECRET, "")
