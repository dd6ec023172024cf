"""Program files as a command opens them: what cannot be read ends the command with exit code 1."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from habitue.core import document
from habitue.core.program import Program

File = Annotated[Path, typer.Argument(help="A program file, such as programs/stamp-card.yaml.")]


def program(file: Path) -> Program:
    """The program in a file; its problems, a line each, where there is none."""
    found = document.read(text(file))
    if not isinstance(found, Program):
        refuse([problem.located(str(file)) for problem in found])
    return found


def text(file: Path) -> str:
    """What a file says, or a sentence why it cannot be read."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        refuse([f"{file}: {error.strerror}"])
    except UnicodeDecodeError as error:
        refuse([f"{file}: this is not UTF-8 text (byte {error.start + 1})"])


def refuse(sentences: list[str]) -> NoReturn:
    """Say what is wrong, a line each, and end with exit code 1."""
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    raise typer.Exit(1)
