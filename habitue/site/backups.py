"""Backups: one file that holds everything, and the way back from it.

A backup is a tar file: `habitue.json` says what it is, `database.dump` is PostgreSQL's own archive
of one moment, `secret-key` is what card codes are signed with (unless SECRET_KEY holds it). It is
written beside its place and renamed, so a file that is there is whole. Restoring is one
transaction: whatever goes wrong on the way, the database stays as it was.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import msgspec
import psycopg

from habitue.site import binaries, database, postgres
from habitue.site.complaint import Complaint, Exit
from habitue.site.environment import Environment

FORMAT: Final = 1
FOLDER: Final = "backups"
MANIFEST: Final = "habitue.json"
DUMP: Final = "database.dump"
SECRET: Final = "secret-key"
CHUNK: Final = 1 << 20

Say = Callable[[str], None]


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself. `tables`: rows and a sum over them, table by table."""

    format: int
    made_at: datetime
    sha256: str
    tables: dict[str, tuple[int, str]]


def make(env: Environment, *, now: datetime, to: Path | None = None) -> Path:
    """Write a backup; by default into the data folder, named after the moment.

    1. Hold one moment of the database still and add up every table in it.
    2. Have pg_dump write that very moment.
    3. Put dump, sums and secret into one file; rename it to its place.
    """
    target = to or env.home / FOLDER / f"habitue-{now:%Y%m%dT%H%M%SZ}.tar"
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".making-") as folder:
            dump = Path(folder) / DUMP
            tables = _dump(env, dump)
            manifest = Manifest(FORMAT, now, _sha256(dump), tables)
            draft = Path(folder) / "whole.tar"
            _pack(env, manifest, dump, draft)
            draft.rename(target)
        _sync(target.parent)
    except OSError as error:
        reason = error.strerror or error
        raise Complaint(f"{target} cannot be written: {reason}.", Exit.SETTING) from None
    return target


def restore(env: Environment, file: Path, *, replace: bool, say: Say) -> Manifest:
    """Put a backup back; what the database held before is replaced only when that is asked for.

    1. Open the file and check it against its own sum before anything is touched.
    2. Refuse a database that holds a business already, unless `replace`.
    3. In one transaction: drop everything, read the archive in.
    4. Add up every table and compare with what the backup says.
    """
    with _opened(file) as (manifest, folder):
        say(f"Reading the backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC.")
        if not replace and _holds_something(env):
            raise Complaint(
                "The database is not empty: `habitue restore --replace` puts the backup in its"
                " place, and what is there now is gone.",
                Exit.DATABASE,
            )
        _read_in(env, folder / DUMP)
        _keep_secret(env, folder / SECRET)
    say("Comparing every table with the backup.")
    with database.connect(env) as connection:
        found = sums(connection)
    if found != manifest.tables:
        wrong = sorted(
            name
            for name in {*found, *manifest.tables}
            if found.get(name) != manifest.tables.get(name)
        )
        raise Complaint(
            f"After the restore these tables differ: {', '.join(wrong)}.", Exit.DATABASE
        )
    return manifest


def prune(env: Environment, *, keep: int) -> int:
    """Delete all but the newest backups in the data folder; how many went."""
    old = sorted((env.home / FOLDER).glob("habitue-*.tar"), reverse=True)[keep:]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def sums(connection: psycopg.Connection[Any]) -> dict[str, tuple[int, str]]:
    """Each table's number of rows, and the sum of a hash over each whole row."""
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    connection.execute("SET timezone = 'UTC'")  # instants are hashed as they are written
    found: dict[str, tuple[int, str]] = {}
    for (name,) in names:
        query = psycopg.sql.SQL(
            "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} AS t"
        ).format(psycopg.sql.Identifier(name))
        row = connection.execute(query).fetchone()
        found[name] = (row[0], row[1]) if row else (0, "0")
    return found


# ---- writing ------------------------------------------------------------------------------------


def _dump(env: Environment, dump: Path) -> dict[str, tuple[int, str]]:
    client = {"connect_timeout": 10, **postgres.client(env)}
    with psycopg.connect(**client) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        kept_still = f"--snapshot={row[0]}"
        whole = ["--format=custom", "--no-owner", "--no-privileges", f"--file={dump}"]
        _run(env, "pg_dump", [kept_still, *whole])
        return sums(connection)


def _pack(env: Environment, manifest: Manifest, dump: Path, draft: Path) -> None:
    said = dump.with_name(MANIFEST)
    said.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    secret = env.home / SECRET
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(said, MANIFEST)
            if secret.exists():
                archive.add(secret, SECRET)
            archive.add(dump, DUMP)
        file.flush()
        os.fsync(file.fileno())


# ---- reading ------------------------------------------------------------------------------------


@contextmanager
def _opened(file: Path) -> Iterator[tuple[Manifest, Path]]:
    """The backup's parts in a folder of their own, checked."""
    with tempfile.TemporaryDirectory(prefix="habitue-restore-") as name:
        folder = Path(name)
        try:
            with tarfile.open(file) as archive:
                for part in (MANIFEST, DUMP, SECRET):
                    _take(archive, part, folder)
            manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
        except OSError as error:
            reason = error.strerror or error
            raise Complaint(f"{file} cannot be read: {reason}.", Exit.SETTING) from None
        except (tarfile.TarError, msgspec.MsgspecError, EOFError):
            raise _no_backup(file) from None
        if manifest.format != FORMAT:
            raise Complaint(
                f"{file} is of format {manifest.format}; this Habitué reads {FORMAT}.", Exit.SETTING
            )
        if not (folder / DUMP).exists() or _sha256(folder / DUMP) != manifest.sha256:
            raise Complaint(
                f"{file} is damaged: its archive is not the one that was written. Nothing was"
                " changed; take another backup.",
                Exit.SETTING,
            )
        yield manifest, folder


def _take(archive: tarfile.TarFile, part: str, folder: Path) -> None:
    """One part by its own name: nothing in the file decides where something is written."""
    try:
        source = archive.extractfile(part)
    except KeyError:
        return
    if source is not None:
        with source, (folder / part).open("wb") as target:
            shutil.copyfileobj(cast(BinaryIO, source), target, CHUNK)


def _keep_secret(env: Environment, secret: Path) -> None:
    """The backup's secret, so that printed codes and sessions stay good; another one is kept."""
    if not secret.exists():
        return
    place = env.home / SECRET
    if place.exists() and place.read_bytes() != secret.read_bytes():
        place.rename(place.with_name(f"{SECRET}.before-restore"))
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secret.read_bytes())


def _read_in(env: Environment, dump: Path) -> None:
    sql = dump.with_suffix(".sql")
    _run(
        env, "pg_restore", ["--no-owner", "--no-privileges", f"--file={sql}", str(dump)], plain=True
    )
    first = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    _run(env, "psql", [*options, f"--command={first}", f"--file={sql}"])


def _holds_something(env: Environment) -> bool:
    with database.connect(env) as connection:
        row = connection.execute("SELECT to_regclass('members_business') IS NOT NULL").fetchone()
        if row is None or not row[0]:
            return False
        row = connection.execute("SELECT EXISTS (SELECT 1 FROM members_business)").fetchone()
        return row is not None and bool(row[0])


# ---- PostgreSQL's own programs ------------------------------------------------------------------


def _run(env: Environment, program: str, arguments: list[str], *, plain: bool = False) -> None:
    """Run one of PostgreSQL's programs on our database; its own words where it fails."""
    command = [str(binaries.find(env.home, binaries.account()) / program), *arguments]
    variables = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PGTZ": "UTC"}
    client = {} if plain else postgres.client(env)
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    names |= {"dbname": "DATABASE", "sslmode": "SSLMODE"}
    variables |= {f"PG{names[key]}": str(value) for key, value in client.items() if key in names}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        said = next((line for line in lines if "error" in line.lower()), lines[0])
        raise Complaint(f"{program} failed: {said}. Nothing was changed.", Exit.DATABASE)


def _no_backup(file: Path) -> Complaint:
    return Complaint(f"{file} is no backup of Habitué. Nothing was changed.", Exit.SETTING)


def _sha256(file: Path) -> str:
    mark = hashlib.sha256()
    with file.open("rb") as content:
        while part := content.read(CHUNK):
            mark.update(part)
    return mark.hexdigest()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
