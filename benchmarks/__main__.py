"""`make bench`: every benchmark, or those named: core, whatif, posting… `--rounds 5`."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
from typing import Final

MODULES: Final = {
    "core": "engine",
    "whatif": "whatif",
    "figures": "figures",
    "models": "modelling",
    "dashboard": "dashboard",
    "posting": "posting",
    "neighbours": "neighbours",
    "import": "importing",
    "lake": "lake",
    "pages": "pages",
    "api": "doors",
}
"""Where each benchmark is."""

PROFILED: Final = {"posting", "api"}
"""Those that are measured on both disks."""

SIZED: Final = {"whatif": 200_000, "figures": 10_000_000, "pages": 1_000_000}
"""Those that are told over how many purchases, and how many they take by themselves."""


def main() -> None:
    """Run the benchmarks; each disk profile in a process of its own."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", default=[], help=f"any of {', '.join(MODULES)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", choices=("F", "S"))
    parser.add_argument("--purchases", type=int, help=f"of {' and '.join(SIZED)}")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(MODULES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    for name in asked.names or MODULES:
        if name in PROFILED and asked.profile is None:
            _each_profile(name, asked.rounds)
        else:
            _run(name, asked)


def _run(name: str, asked: argparse.Namespace) -> None:
    module = importlib.import_module(f"benchmarks.{MODULES[name]}")
    if name in PROFILED:
        module.main(asked.profile, asked.rounds)
    elif name in SIZED:
        module.main(asked.rounds, asked.purchases or SIZED[name])
    else:
        module.main(asked.rounds)


def _each_profile(name: str, times: int) -> None:
    for each in ("S", "F"):
        command = [sys.executable, "-m", "benchmarks", name, "--profile", each]
        subprocess.run([*command, "--rounds", str(times)], check=True)


if __name__ == "__main__":
    main()
