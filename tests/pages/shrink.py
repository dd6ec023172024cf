"""The vendored files packed once, so that a phone loads a third: `python -m tests.pages.shrink`.

The web server sends NAME.gz in place of NAME to whoever accepts it.
"""

import gzip
from pathlib import Path
from typing import Final

VENDOR: Final = Path(__file__).parents[2] / "habitue" / "pages" / "static" / "vendor"


def files() -> list[Path]:
    """Everything worth packing."""
    return sorted(path for path in VENDOR.rglob("*") if path.suffix in (".js", ".css"))


def packed(path: Path) -> Path:
    """Where the packed file stands."""
    return path.with_name(path.name + ".gz")


def main() -> None:
    """Pack them all; the same bytes every time."""
    for path in files():
        packed(path).write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
        print(f"{path.name}: {path.stat().st_size} → {packed(path).stat().st_size}")


if __name__ == "__main__":
    main()
