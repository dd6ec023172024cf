"""Brings the tables up to date, quickly when they are: a database says which schema it carries."""

import hashlib
import importlib.metadata
import os
from pathlib import Path

import psycopg

from habitue.site import postgres
from habitue.site.environment import Environment

PACKAGES = ("django", "django-allauth", "django-axes", "procrastinate")
LOCK = 7_274_002  # any number of ours: one migration at a time


def wanted() -> str:
    """A mark of every migration of the code that runs."""
    mark = hashlib.sha256()
    for name in PACKAGES:
        mark.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    for path in sorted(Path(__file__).parent.parent.glob("*/migrations/*.py")):
        mark.update(f"{path.parent.parent.name}/{path.name}\n".encode() + path.read_bytes())
    return f"habitue schema {mark.hexdigest()[:32]}"


def is_current(env: Environment) -> bool:
    """Whether nothing is to be done; a database copied without its comment just migrates again."""
    with _connect(env) as connection:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        row = connection.execute(f"{query} WHERE datname = current_database()").fetchone()
    return row is not None and row[0] == wanted()


def bring_up_to_date(env: Environment) -> None:
    """Migrate when needed; Django must be set up. Two processes take turns."""
    if is_current(env):
        return
    from django.core.management import call_command

    with _connect(env) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if not is_current(env):
            call_command("migrate", verbosity=0, interactive=False)
            _mark(connection)


def _mark(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    name = connection.info.dbname
    try:
        connection.execute(
            psycopg.sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                psycopg.sql.Identifier(name), psycopg.sql.Literal(wanted())
            )
        )
    except psycopg.errors.InsufficientPrivilege:
        pass  # not the owner of the database: every start then asks Django, which takes longer


def _connect(env: Environment) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(**postgres.client(env), autocommit=True)


def main() -> None:
    """Migrate in a process of its own (the supervisor starts it and stays small)."""
    import django

    from habitue.site import environment

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habitue.site.settings")
    django.setup()
    bring_up_to_date(environment.read())


if __name__ == "__main__":
    main()
