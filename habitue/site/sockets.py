"""Where the database's socket lies: a socket's path may have only about a hundred bytes."""

import hashlib
import os
from pathlib import Path

LONGEST = 100  # of 107 on Linux, 103 on macOS, with the file's name in it
NAME = "/.s.PGSQL.5432.lock"


def socket_folder(home: Path) -> Path:
    """Inside the data folder when the path is short enough, else in /tmp, by a name of ours."""
    inside = home / "postgres" / "run"
    if len(os.fsencode(inside)) + len(NAME) <= LONGEST:
        return inside
    mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path("/tmp") / f"habitue-{os.geteuid()}-{mark}"  # not TMPDIR: every shell must agree
