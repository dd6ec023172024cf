"""The CDNOW purchase log, imported whole: seconds, and rows a second against `ledger.post`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measure import Sample, Subject, rounds, show
from benchmarks.posting import Shop
from benchmarks.server import running

ROOT = Path(__file__).parent.parent
LOG = next(iter(sorted((ROOT / ".data").rglob("CDNOW_master.txt"))), None)
ROWS = 69_659


def main(times: int) -> None:
    """Measure `habitue import purchases` as a person runs it, start of Python included."""
    if LOG is None:
        sys.exit("The CDNOW log is not here: run `make data` first.")
    with running("F"):
        shop = Shop()
        rows = rounds(
            times,
            Subject("ledger.post, batch 1,000", shop.posting(shop.purchases, 1000)),
            [Subject("habitue import purchases (CDNOW)", _imported, 0.6)],
        )
        seconds = ROWS / rows[1].rate
        show("importing CDNOW", rows, [f"{ROWS:,} rows in {seconds:.1f} s"])


def _imported() -> Sample:
    assert LOG is not None
    name = f"cd{time.monotonic_ns()}"
    begin = time.perf_counter()
    command = [sys.executable, "-m", "habitue", "import", "purchases", str(LOG)]
    command += ["--business", name, "--currency", "USD"]
    subprocess.run(command, check=True, capture_output=True)
    return Sample(ROWS / (time.perf_counter() - begin))
