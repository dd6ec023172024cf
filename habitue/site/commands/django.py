"""`habitue django …`: Django's own management commands (makemigrations, shell, check…)."""

import typer


def command(context: typer.Context) -> None:
    """Run a management command of Django's on this installation's database."""
    from django.core.management import execute_from_command_line

    from habitue.site.database import database

    with database(migrate=False):
        execute_from_command_line(["habitue django", *context.args])


command.context_settings = {  # type: ignore[attr-defined]
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "help_option_names": [],
}
