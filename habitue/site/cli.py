"""The `habitue` command: every module of `commands` is one of its subcommands, found by name."""

import importlib
import pkgutil
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from habitue.site import commands
from habitue.site.complaint import Complaint


class Commands(TyperGroup):
    """Lists the commands by their modules' names and imports only the one that is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        names = [module.name for module in pkgutil.iter_modules(commands.__path__)]
        return sorted(name.removesuffix("_") for name in names)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.list_commands(ctx):
            return None
        # A trailing underscore makes room for Python's words: `import_.py` is `habitue import`.
        names = [module.name for module in pkgutil.iter_modules(commands.__path__)]
        name = next(name for name in names if name.removesuffix("_") == cmd_name)
        module = importlib.import_module(f"{commands.__name__}.{name}")
        return as_click(module.command, cmd_name, getattr(module, "CONTEXT", None))


def as_click(command: Any, name: str, context: dict[str, Any] | None = None) -> Any:
    """Turn a plain function, or a Typer application with commands of its own, into a command."""
    app = command
    if not isinstance(command, typer.Typer):
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        app.command(name, context_settings=context)(command)
    click_command = typer.main.get_command(app)
    click_command.name = name
    return click_command


app = typer.Typer(
    cls=Commands,
    help="Habitué: customer loyalty and retention, self-hosted.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def habitue() -> None:
    """Habitué: customer loyalty and retention, self-hosted."""


def main() -> None:
    """Run a command; what stops it is one sentence and its own exit code."""
    try:
        app()
    except Complaint as complaint:
        print(complaint.sentence, file=sys.stderr)
        sys.exit(int(complaint.code))
