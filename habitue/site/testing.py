"""Pytest plugin: every test run has a data folder and an embedded PostgreSQL of its own.

Loaded by pyproject.toml before Django reads its settings. Tests of pure rooms start no server.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

OWN = "HABITUE_TEST_HOME"

if OWN not in os.environ:
    _home = tempfile.mkdtemp(prefix="habitue-test-")
    os.chmod(_home, 0o711)  # PostgreSQL's account passes through
    os.environ[OWN] = os.environ["HABITUE_HOME"] = _home
    atexit.register(shutil.rmtree, _home, ignore_errors=True)
    for _name in ("PUBLIC_URL", "ALLOWED_HOSTS", "EMAIL_URL", "DEBUG", "PORT", "HOST"):
        os.environ.pop(_name, None)
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
elif _worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # Each worker process has a server of its own: what tests see of transactions is a whole
    # server's, so one that runs long in one process would hold back what others look for.
    os.environ["HABITUE_HOME"] = os.path.join(os.environ[OWN], _worker)
    os.makedirs(os.environ["HABITUE_HOME"], exist_ok=True)


@pytest.fixture(scope="session")
def home() -> Path:
    """The data folder of this test run."""
    return Path(os.environ["HABITUE_HOME"])


@pytest.fixture(scope="session")
def postgres() -> Iterator[None]:
    """A running PostgreSQL: DATABASE_URL when it is set, else embedded, durable as in earnest."""
    from habitue.site import database, environment

    with database.server(environment.read()):
        yield
