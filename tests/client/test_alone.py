"""The client needs httpx and msgspec, and nothing else of Habitué."""

from __future__ import annotations

import subprocess
import sys


def test_neither_django_nor_the_rest_of_ours_is_loaded() -> None:
    """In a process of its own, for in this one everything is there already."""
    source = "import habitue.client, sys; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    ours = {name for name in loaded if name.startswith("habitue")}
    assert ours == {
        "habitue",
        "habitue.client",
        "habitue.client.asking",
        "habitue.client.calls",
        "habitue.client.shapes",
    }
    assert {"httpx", "msgspec"} <= set(loaded)
    assert not {"django", "psycopg", "granian"} & set(loaded)
