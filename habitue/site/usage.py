"""A wrong use of the command line: one sentence, exit code 2."""

import sys
from typing import NoReturn

import typer

CODE = 2


def misuse(sentence: str) -> NoReturn:
    """Say what is wrong with what was typed, and end the command."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(CODE)
