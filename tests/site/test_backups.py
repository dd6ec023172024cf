"""A backup holds everything, and comes back whole or not at all; on a real PostgreSQL."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from habitue import ledger
from habitue.core.facts import Visit
from habitue.ledger import Fact
from habitue.members import businesses, customers
from habitue.site import backups, database, environment
from habitue.site.complaint import Complaint
from habitue.site.environment import Environment
from tests.site.test_ledger_commands import PROGRAM

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def reach(name: str, home: Path) -> Environment:
    """An installation of its own in the tests' server."""
    given = connection.settings_dict
    url = f"postgresql://{given['USER']}@/{name}?host={given['HOST']}&port={given['PORT'] or 5432}"
    return environment.read({"HABITUE_HOME": str(home), "DATABASE_URL": url})


@pytest.fixture
def here(tmp_path: Path) -> Environment:
    """Café des Amis with Alice and a visit of hers, in an installation with a secret."""
    cafe = businesses.create(name="Café des Amis", kind="cafe", country="FR", slug="cafe")
    assert not ledger.publish(cafe.pk, PROGRAM).problems
    alice = customers.find_or_create_many(cafe, "email", ["alice@example.org"])["alice@example.org"]
    ledger.post(cafe.pk, [Fact(customer=alice, at=NOW, what=Visit())], now=NOW)
    env = reach(connection.settings_dict["NAME"], tmp_path / "here")
    environment.make_home(env)
    (env.home / backups.SECRET).write_text("the secret that card codes are signed with")
    return env


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Environment]:
    """An empty installation beside it."""
    name = f"test_restored_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    env = reach(name, tmp_path / "there")
    environment.make_home(env)
    yield env
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def whole(env: Environment) -> dict[str, tuple[int, str]]:
    with database.connect(env) as reading:
        return backups.sums(reading)


def said(_: str) -> None:
    """Nobody listens."""


def test_what_was_backed_up_comes_back_row_by_row(here: Environment, there: Environment) -> None:
    file = backups.make(here, now=NOW)
    before = whole(here)
    assert before["ledger_event"][0] == 1

    backups.restore(there, file, replace=False, say=said)

    assert whole(there) == before
    assert (there.home / backups.SECRET).read_text().startswith("the secret")
    with database.connect(there) as restored, pytest.raises(psycopg.Error, match="append-only"):
        restored.execute("DELETE FROM members_consent WHERE false; DELETE FROM ledger_event")


def test_the_file_is_for_its_owner_only_and_nothing_half_lies_about(here: Environment) -> None:
    file = backups.make(here, now=NOW)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert file.name == "habitue-20261122T080000Z.tar"


def test_a_database_in_use_is_replaced_only_when_asked(here: Environment) -> None:
    file = backups.make(here, now=NOW)
    before = whole(here)
    businesses.create(name="Another", kind="cafe", country="FR")
    connection.close()
    with pytest.raises(Complaint, match="not empty"):
        backups.restore(here, file, replace=False, say=said)
    assert whole(here)["members_business"][0] == 2

    backups.restore(here, file, replace=True, say=said)
    assert whole(here) == before


def test_a_restore_that_fails_on_the_way_leaves_everything_as_it_was(
    here: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = backups.make(here, now=NOW)
    businesses.create(name="Another", kind="cafe", country="FR")
    connection.close()
    before = whole(here)
    begun = backups._run

    def broken(
        env: Environment, program: str, arguments: list[str], *, plain: bool = False
    ) -> None:
        begun(env, program, arguments, plain=plain)
        if plain:  # the archive as SQL, now with a last line that PostgreSQL refuses
            sql = next(one.partition("=")[2] for one in arguments if one.startswith("--file="))
            with open(sql, "a") as text:
                text.write("\nSELECT no_such_function();\n")

    monkeypatch.setattr(backups, "_run", broken)
    with pytest.raises(Complaint, match=r"psql failed: .*no_such_function.*Nothing was changed"):
        backups.restore(here, file, replace=True, say=said)
    assert whole(here) == before


@pytest.mark.parametrize("harm", ["cut", "flipped", "other", "missing", "emptied"])
def test_a_damaged_file_is_refused_before_anything_is_touched(
    here: Environment, there: Environment, tmp_path: Path, harm: str
) -> None:
    content = bytearray(backups.make(here, now=NOW).read_bytes())
    file = tmp_path / "harmed.tar"
    match harm:
        case "cut":
            content = content[: len(content) // 2]
        case "flipped":
            content[len(content) - 20_000] ^= 255
        case "other":
            content = bytearray(b"name;email\nAlice;alice@example.org\n" * 100)
        case "emptied":
            with tarfile.open(tmp_path / "empty.tar", "w"):
                pass
            content = bytearray((tmp_path / "empty.tar").read_bytes())
    if harm != "missing":
        file.write_bytes(content)
    with pytest.raises(Complaint, match=r"harmed\.tar (is damaged|is no backup|cannot be read)"):
        backups.restore(there, file, replace=False, say=said)
    assert whole(there) == {}


def test_only_the_newest_are_kept(here: Environment) -> None:
    for day in (20, 21, 22):
        backups.make(here, now=NOW.replace(day=day))
    assert backups.prune(here, keep=2) == 1
    kept = sorted(path.name for path in (here.home / backups.FOLDER).iterdir())
    assert kept == ["habitue-20261121T080000Z.tar", "habitue-20261122T080000Z.tar"]
