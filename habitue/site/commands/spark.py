"""`habitue spark`: a small Spark cluster on this machine, for a try, until Ctrl-C."""

from __future__ import annotations

import os
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from habitue.site import computing, environment
from habitue.site.usage import misuse

if TYPE_CHECKING:
    from habitue.lake.spark import Cluster


def command(
    port: Annotated[int, typer.Option(help="Where its master listens.")] = computing.PORT,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many workers it has.")] = 2,
) -> None:
    """Start a Spark master and workers on this machine only, until Ctrl-C."""
    from habitue.lake import spark
    from habitue.lake.engines import Unavailable

    environment.make_home(environment.read())
    signal.signal(signal.SIGTERM, _stop)
    try:
        with _known(computing.key(port)) as secret:
            folder = computing.key(port).parent / str(port)
            with spark.cluster(folder, secret, port=port, workers=workers) as running:
                _print(running)
                _wait(running)
    except Unavailable as error:
        misuse(str(error))
    except KeyboardInterrupt:
        print("Spark has ended.")


@contextmanager
def _known(path: Path) -> Iterator[str]:
    """A secret of this run, in a file for `habitue figures`, which only we can read."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    secret = secrets.token_hex(32)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secret)
    try:
        yield secret
    finally:
        path.unlink()


def _print(running: Cluster) -> None:
    numbers = ", ".join(str(process.pid) for process in running.processes)
    print(f"Spark listens at {running.master} (processes {numbers}). Ctrl-C ends it.", flush=True)


def _wait(running: Cluster) -> None:
    """Until somebody ends us, or one of its processes ends by itself."""
    while all(process.poll() is None for process in running.processes):
        time.sleep(0.5)
    misuse("A process of Spark has ended; its log is in the folder spark in HABITUE_HOME.")


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
