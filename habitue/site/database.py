"""The database for whoever needs it: a server, the running tree's, or one started for it.

`with database():` is all a command writes. Processes agree through two locks in the data folder:
the owner of the embedded server holds `database.lock`; everybody else is a guest and holds
`guests.lock` together with the other guests, so that an owner that leaves first waits for them.
"""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg

from habitue.site import garbage, locks, postgres, schema
from habitue.site.complaint import Complaint, Exit
from habitue.site.environment import Environment, make_home, read

UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")
PATIENCE = 60.0


@contextmanager
def database(*, migrate: bool = True) -> Iterator[Environment]:
    """Django set up on a database that runs, is safe, and has the newest tables."""
    env = read()
    with server(env):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habitue.site.settings")
        import django

        django.setup()
        if migrate:
            schema.bring_up_to_date(env)
        garbage.settle()
        yield env


@contextmanager
def server(env: Environment) -> Iterator[None]:
    """A running, safe PostgreSQL, whoever started it."""
    if env.database is not None:
        check(env)
        yield
        return
    make_home(env)
    with ExitStack() as stack:
        _join(env, stack)
        check(env)
        yield


def check(env: Environment) -> None:
    """Refuse a server that cannot be reached, or one that may lose what it acknowledged."""
    try:
        with connect(env) as connection:
            unsafe = [name for name in UNSAFE if _setting(connection, name) == "off"]
    except psycopg.Error as error:
        reason = (str(error).strip().splitlines() or ["no reason given"])[-1]
        where = "DATABASE_URL" if env.database else "the embedded PostgreSQL"
        raise Complaint(
            f"The database of {where} cannot be used: {reason}", Exit.DATABASE
        ) from None
    if unsafe:
        raise Complaint(
            f"The database runs with {' and '.join(f'{name}=off' for name in unsafe)}: a power cut"
            " would lose points that were already given. Set it to on and start again.",
            Exit.UNSAFE_DATABASE,
        )


def connect(env: Environment) -> psycopg.Connection[tuple[object, ...]]:
    """A plain connection with the application's own rights."""
    arguments = {"connect_timeout": 10, **postgres.client(env)}
    return psycopg.connect(**arguments, autocommit=True)


def _setting(connection: psycopg.Connection[tuple[object, ...]], name: str) -> object:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    return row[0] if row else None


def _join(env: Environment, stack: ExitStack) -> None:
    """Become the owner of a server, or the guest of the one that runs."""
    owner = locks.Lock(env.home / "database.lock")
    deadline = time.monotonic() + PATIENCE
    while not owner.take():
        with ExitStack() as attempt:
            attempt.enter_context(locks.shared(env.home / "guests.lock"))
            if _answers(env):
                stack.push(attempt.pop_all())
                return
        if time.monotonic() > deadline:
            raise Complaint("Another start of the database does not come to an end.", Exit.DATABASE)
        time.sleep(0.05)
    cluster = postgres.Cluster(env)
    stack.callback(_leave, env, owner, cluster)
    cluster.start()


def _answers(env: Environment) -> bool:
    try:
        connect(env).close()
    except psycopg.OperationalError:
        return False
    return True


def _leave(env: Environment, owner: locks.Lock, cluster: postgres.Cluster) -> None:
    guests = locks.Lock(env.home / "guests.lock")
    guests.take(wait=True)  # until the last guest has gone
    cluster.stop()
    guests.release()
    owner.release()
