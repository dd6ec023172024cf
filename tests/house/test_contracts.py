"""The map of the house, enforced: imports point down only, pure rooms stay pure."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE = ("core", "metrics")
CLOCKS = {"today", "now", "utcnow"}


def test_every_import_contract_is_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def pure_modules() -> list[Path]:
    return sorted(path for room in PURE for path in (ROOT / "habitue" / room).rglob("*.py"))


@pytest.mark.parametrize("path", pure_modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pure_room_reads_no_clock_and_no_file(path: Path) -> None:
    """Import contracts see modules; a clock or a file can be reached by a name alone."""
    assert impurities(path.read_text()) == []


def impurities(source: str) -> list[str]:
    """Calls of `open`, `print`, `input` and of anything's `today`, `now`, `utcnow`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="open" | "print" | "input" as name)):
                found.append(f"line {node.lineno}: {name}")
            case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCKS:
                found.append(f"line {node.lineno}: {name}")
    return found


def test_the_rule_itself_sees_a_clock_and_a_file() -> None:
    assert impurities("import datetime\ndatetime.date.today()\nopen('x')") == [
        "line 2: today",
        "line 3: open",
    ]
