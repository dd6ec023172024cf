"""What the counter's tests share: PINs are hashed quickly here, for there are many."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def quick_pins() -> Iterator[None]:
    """The real hash takes a third of a second a PIN, which no test here is about."""
    with override_settings(PASSWORD_HASHERS=QUICK):
        yield
