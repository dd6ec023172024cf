"""What tests of commands share."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import pytest

from habitue.site import database


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own database stands for the one that a command would find or start."""

    def there() -> AbstractContextManager[None]:
        return nullcontext()

    monkeypatch.setattr(database, "database", there)
