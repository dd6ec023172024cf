"""The pictures in docs/screens, taken on the walk: `make screens`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image

TO: Final = Path(__file__).parents[2] / "docs" / "screens"
KEPT: Final = {
    "first-run-sentence-light": "first-run",
    "first-run-ready-wide": "ready-wide",
    "join-light": "join",
    "card-reward-ready-light": "card",
    "card-reward-ready-dark": "card-dark",
    "sheet-reward-ready-light": "counter",
    "demo-today-light": "today",
    "demo-today-wide": "today-wide",
    "program-light": "program",
    "program-tried-light": "what-if",
    "program-tried-wide": "what-if-wide",
    "measures-overview-light": "measures",
    "measures-overview-wide": "measures-wide",
    "measures-figure-light": "figure",
    "measures-figure-wide": "figure-wide",
    "measures-cohorts-light": "cohorts",
    "measures-cohorts-wide": "cohorts-wide",
}
LONG: Final = ("today", "program", "what-if", "measures", "figure", "cohorts")
"""Pages of which one window is shown."""

COLORS: Final = 64
WINDOWS: Final = {390: 844, 1280: 800}


def main() -> int:
    """Walk with pictures, keep a few, small."""
    with tempfile.TemporaryDirectory() as folder:
        walk = [sys.executable, "-m", "pytest", "-q", "-x", "tests/browser"]
        done = subprocess.run(walk, env={**os.environ, "HABITUE_SCREENS": folder}, check=False)
        if done.returncode:
            return done.returncode
        TO.mkdir(parents=True, exist_ok=True)
        for taken, name in KEPT.items():
            picture = Image.open(Path(folder) / f"{taken}.png").convert("RGB")
            height = WINDOWS[picture.width] if name.startswith(LONG) else picture.height
            picture = picture.crop((0, 0, picture.width, min(picture.height, height)))
            picture.quantize(COLORS).save(TO / f"{name}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
