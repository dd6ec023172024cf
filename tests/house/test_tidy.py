"""Style that a machine can check (style.md): sizes, names, and nothing of anybody's machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FUNCTION = 70
LONGEST_MODULE = 500
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
# Assembled, so that this file does not contain what it forbids.
FOREIGN = re.compile(
    "|".join(
        [
            "files" + r"\.pythonhosted\.org",
            "py" + r"pi\.org/simple",
            "registry" + r"\.npmjs",
            "/" + r"opt/(?:pypi|wheels)",
            "/" + r"work/",
            "/" + r"root/\.",
        ]
    )
)
LATER = re.compile(r"\b(?:TO" + "DO|FIX" + r"ME|XX" + r"X)\b")


def tracked() -> list[Path]:
    """Every file that git knows, or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in found.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def modules() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and "migrations" not in path.parts]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # a picture, a font, or bytes that a test needs as they are


def module_faults(name: str, source: str) -> list[str]:
    """What is wrong with one Python module, as sentences."""
    tree = ast.parse(source)
    faults = []
    if source.strip() and not ast.get_docstring(tree):
        faults.append(f"{name} does not open with a sentence of purpose")
    if len(source.splitlines()) > LONGEST_MODULE:
        faults.append(f"{name} has more than {LONGEST_MODULE} lines")
    if Path(name).stem in VAGUE:
        faults.append(f"{name} has a name that says nothing")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                faults.append(f"{name}: {node.name} is {length} lines long")
    return faults


def test_every_module_is_small_named_and_introduced() -> None:
    faults = [
        fault
        for path in modules()
        for fault in module_faults(str(path.relative_to(ROOT)), path.read_text())
    ]
    assert faults == []


def test_no_file_names_a_registry_or_somebodys_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if (match := FOREIGN.search(text_of(path)))
    ]
    assert found == []


def test_what_is_to_be_done_stands_in_issues_not_in_code() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in modules()
        if (match := LATER.search(text_of(path)))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        ("a.py", "x = 1", "a.py does not open with a sentence of purpose"),
        ("utils.py", '"""Purpose."""', "utils.py has a name that says nothing"),
        ("a.py", '"""P."""\n' + "x = 1\n" * 500, "a.py has more than 500 lines"),
        ("a.py", '"""P."""\ndef f():\n' + "    x = 1\n" * 70, "a.py: f is 71 lines long"),
    ],
)
def test_each_rule_sees_its_fault(name: str, source: str, fault: str) -> None:
    assert module_faults(name, source) == [fault]
