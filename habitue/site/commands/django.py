"""`habitue django …`: Django's own management commands (makemigrations, shell, check…)."""

import typer

# Everything that follows is Django's, its options and its help too.
CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def command(context: typer.Context) -> None:
    """Run a management command of Django's on this installation's database."""
    from django.core.management import execute_from_command_line

    from habitue.site.database import database

    with database(migrate=False):
        execute_from_command_line(["habitue django", *context.args])
