"""`make bench`: every benchmark, or those named: core, whatif, posting… `--rounds 5`."""

from __future__ import annotations

import argparse
import subprocess
import sys

NAMES = ("core", "whatif", "models", "dashboard", "posting", "neighbours", "import", "lake")


def main() -> None:
    """Run the benchmarks; each disk profile in a process of its own."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", default=[], help=f"any of {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", choices=("F", "S"))
    parser.add_argument("--purchases", type=int, help="of a what-if (default: 200,000)")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    for name in asked.names or NAMES:
        _run(name, asked.profile, asked.rounds, asked.purchases)


def _run(name: str, profile: str | None, times: int, purchases: int | None) -> None:
    if name == "core":
        from benchmarks import engine

        engine.main(times)
    elif name == "whatif":
        from benchmarks import whatif

        whatif.main(times, purchases or whatif.PURCHASES)
    elif name == "models":
        from benchmarks import modelling

        modelling.main(times)
    elif name == "dashboard":
        from benchmarks import dashboard

        dashboard.main(times)
    elif name == "neighbours":
        from benchmarks import neighbours

        neighbours.main(times)
    elif name == "import":
        from benchmarks import importing

        importing.main(times)
    elif name == "lake":
        from benchmarks import lake

        lake.main(times)
    elif profile is not None:
        from benchmarks import posting

        posting.main(profile, times)
    else:
        for each in ("S", "F"):
            command = [sys.executable, "-m", "benchmarks", "posting", "--profile", each]
            subprocess.run([*command, "--rounds", str(times)], check=True)


if __name__ == "__main__":
    main()
