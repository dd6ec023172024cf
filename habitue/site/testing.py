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

if OWN not in os.environ:  # a worker process of pytest-xdist inherits its parent's folder
    _home = tempfile.mkdtemp(prefix="habitue-test-")
    os.environ[OWN] = os.environ["HABITUE_HOME"] = _home
    atexit.register(shutil.rmtree, _home, ignore_errors=True)
    for _name in ("PUBLIC_URL", "ALLOWED_HOSTS", "EMAIL_URL", "DEBUG", "PORT", "HOST"):
        os.environ.pop(_name, None)
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="session")
def home() -> Path:
    """The data folder of this test run."""
    return Path(os.environ[OWN])


@pytest.fixture(scope="session")
def postgres() -> Iterator[None]:
    """A running PostgreSQL: DATABASE_URL when it is set, else embedded, durable as in earnest."""
    from habitue.site import database, environment

    with database.server(environment.read()):
        yield
