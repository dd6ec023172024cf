"""Says, module by module, how many planted faults the tests saw: run by `make mutants`.

The planter leaves beside each module what came of its faults, by exit code of the tests: 0 means
that nobody noticed. A fault that makes the tests run on without end counts as seen; one in code
that no test reaches does not.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

FOLDER = Path("mutants")
GOAL = 0.90
SEEN = frozenset((1, 3, 24, -24, 36, 152, 255, 37))
UNREACHED = frozenset((5, 33))


def main() -> int:
    """Print the table; 1 where fewer than nine in ten were seen."""
    total: Counter[str] = Counter()
    print(f"{'seen':>6} {'missed':>6} {'untested':>8}  module")
    for path in sorted(FOLDER.rglob("*.meta")):
        codes = json.loads(path.read_text())["exit_code_by_key"].values()
        counted = Counter(map(_verdict, codes))
        total += counted
        if counted:
            module = path.relative_to(FOLDER).with_suffix("")
            print(f"{counted['seen']:6} {counted['missed']:6} {counted['untested']:8}  {module}")
    share = total["seen"] / max(total.total(), 1)
    print(f"{total['seen']:,} of {total.total():,} planted faults were seen: {share:.1%}")
    return 0 if share >= GOAL else 1


def _verdict(code: int | None) -> str:
    if code in SEEN:
        return "seen"
    return "untested" if code in UNREACHED else "missed"


if __name__ == "__main__":
    sys.exit(main())
