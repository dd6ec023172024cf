"""Every command, make target and environment variable is documented, and no other is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from habitue.site import cli
from tests.docs import markdown
from tests.docs.markdown import ROOT
from tests.house.test_tidy import tracked

COMMANDS = "docs/commands.md"
SETTINGS = "docs/settings.md"
TARGET = re.compile(r"^([a-z]+):[^=\n]*##", re.MULTILINE)
SHELL = re.compile(r"\$\$?\{([A-Z][A-Z_]+):-")
OF_MAKE = {"PYTHON", "VENV"}  # its own variables, handed on to scripts: docs/commands.md
UNSAID = {"DJANGO_SETTINGS_MODULE"}  # set by the code itself, for Django


# ---- commands ---------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, set[str]]]:
    """Every command as it is typed, with its options."""
    yield from _below(typer.main.get_command(cli.app), "habitue")


def _below(command: Any, typed: str) -> Iterator[tuple[str, set[str]]]:
    if not hasattr(command, "list_commands"):
        options = [option for option in command.params if option.opts[0].startswith("--")]
        written = {name for option in options for name in (*option.opts, *option.secondary_opts)}
        yield typed, written - {"--help"}
        return
    context = typer.Context(command)
    for name in command.list_commands(context):
        yield from _below(command.get_command(context, name), f"{typed} {name}")


def undocumented(text: str, command: str, options: set[str]) -> set[str]:
    """What the page does not say of a command: its row, and its options in a section of its own."""
    shown = [row for row in markdown.rows(text) if f"{row} ".startswith(f"{command} ")]
    said = {word for row in shown for word in row.split()}
    said |= set(markdown.spans(markdown.section(text, command)))
    return ({command} if not shown else set()) | (options - said)


@pytest.mark.parametrize(("command", "options"), list(commands()))
def test_every_command_and_option_is_documented(command: str, options: set[str]) -> None:
    assert undocumented(markdown.text_of(COMMANDS), command, options) == set()


def unknown_commands(text: str) -> list[str]:
    """What the text tells a reader to type and what does not exist."""
    known = [command for command, _ in commands()]
    there = set(targets())
    unknown = []
    for line in markdown.typed(text):
        words = re.sub(r"^(?:[A-Z_]+=\S+ )+", "", line).removeprefix(".venv/bin/").split()
        if words[:1] == ["habitue"] and len(words) > 1 and words[1] != "--help":
            if not any(f"{' '.join(words)} ".startswith(f"{one} ") for one in known):
                unknown.append(line)
        elif words[:1] == ["make"]:
            asked = [word for word in words[1:] if re.fullmatch(r"[a-z]+", word)][:1]
            unknown.extend(line for target in asked if target not in there)
    return unknown


@pytest.mark.parametrize("path", markdown.documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_tells_a_reader_to_type_what_does_not_exist(path: Path) -> None:
    assert unknown_commands(path.read_text("utf-8")) == []


# ---- make -------------------------------------------------------------------------------------


def targets() -> list[str]:
    """The targets that `make help` shows."""
    return TARGET.findall(markdown.text_of("Makefile"))


def listed_targets(text: str) -> list[str]:
    """The targets in the first column of the page's table."""
    lines = markdown.section(text, "make").splitlines()
    cells = [line.split("|")[1] for line in lines if line.startswith("| `make")]
    return re.findall(r"`make ([a-z]+)`", "\n".join(cells))


def test_every_make_target_is_documented_and_no_other() -> None:
    assert sorted(listed_targets(markdown.text_of(COMMANDS))) == sorted(targets())


def test_the_readme_says_the_two_commands() -> None:
    readme = markdown.text_of("README.md")
    assert {"start", "test"} <= set(targets())
    assert "make start" in readme
    assert "make test" in readme


# ---- settings ---------------------------------------------------------------------------------


def read_variables(source: str) -> set[str]:
    """The variables that a module reads, by `os.environ`, or by a mapping named `env`."""
    tree = ast.parse(source)
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=of, attr="get" | "setdefault"), args=[key, *_]):
                pass
            case ast.Call(func=ast.Attribute(value=of, attr="getenv"), args=[key, *_]):
                pass
            case ast.Call(args=[ast.Name(id="env") as of, key, *_]):
                pass
            case ast.Subscript(value=of, slice=key):
                pass
            case _:
                continue
        if ast.unparse(of) not in {"os.environ", "env", "os"}:
            continue
        match key:
            case ast.Constant(value=str(name)):
                found.add(name)
            case ast.Name(id=name) if name in constants:
                found.add(constants[name])
    return {name for name in found if name.isupper()}


def variables() -> set[str]:
    """Every variable that anything of ours reads."""
    found: set[str] = set()
    for path in tracked():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] != "docs":
            found |= read_variables(path.read_text("utf-8"))
        elif path.name == "Makefile" or path.parent.name == ".ci":
            found |= set(SHELL.findall(path.read_text("utf-8")))
    return found - OF_MAKE - UNSAID


def documented_variables() -> set[str]:
    return {row for row in markdown.rows(markdown.text_of(SETTINGS)) if row.isupper()}


def test_every_environment_variable_is_documented() -> None:
    assert variables() - documented_variables() == set()
    assert {"HABITUE_HOME", "PORT", "DATABASE_URL", "HABITUE_NODE"} <= variables()


def test_no_other_variable_is_documented() -> None:
    assert documented_variables() - variables() == set()


def test_every_exit_code_is_documented() -> None:
    from habitue.site.complaint import Exit

    codes = re.findall(r"^\| (\d+) \|", markdown.text_of(SETTINGS), re.MULTILINE)
    assert sorted(map(int, codes)) == [1, 2, *sorted(map(int, Exit))]


# ---- these tests can fail ---------------------------------------------------------------------


def test_each_rule_sees_its_fault() -> None:
    page = "| `habitue stop` | x |\n\n### habitue dance\n`--fast`\n\n### other\n`--slow`\n"
    assert undocumented(page, "habitue stop", set()) == set()
    assert undocumented(page, "habitue dance", {"--fast", "--slow"}) == {"habitue dance", "--slow"}
    assert unknown_commands("`habitue stop` `habitue dance` `make test` `PORT=1 make dance`") == [
        "habitue dance",
        "PORT=1 make dance",
    ]
    assert unknown_commands("```sh\nmake dance  # now\n```\n") == ["make dance"]
    source = "OWN = 'A_B'\nos.environ.get('C_D')\nos.environ[OWN]\nenv['E']\nother.get('F_G')"
    source += "\nnumber(env, 'H', 1)\nenviron['I']"  # that one is what a web server hands over
    assert read_variables(source) == {"A_B", "C_D", "E", "H"}
    assert listed_targets("## make\n| `make a` or `make b` | `make c` |\n## x\n| `make d` |") == [
        "a",
        "b",
    ]
    assert TARGET.findall("a: b ## Says\nc: d\nE := f ## g\n") == ["a"]
    assert SHELL.findall('"${HABITUE_X:-}"') == ["HABITUE_X"]
