"""The neighbourhood at its doors: an owner, members with cards."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from habitue.members import staff
from habitue.members.models import Business, Customer
from tests.pages.conftest import ZOE
from tests.pages.program import town as made


@pytest.fixture
def town(db: None) -> Business:
    shop = made.make_town()
    staff.add_owner(shop, User.objects.create_user(ZOE, ZOE))
    return shop


@pytest.fixture
def owner(town: Business) -> Client:
    """The owner's browser."""
    client = Client()
    user = User.objects.get(username=ZOE)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def alice(town: Business) -> Customer:
    return made.make_neighbor(town, "Alice")


@pytest.fixture
def bruno(town: Business) -> Customer:
    return made.make_neighbor(town, "Bruno")


@pytest.fixture
def keeper(cafe: Business) -> Client:
    """The browser of the café's owner."""
    client = Client()
    client.force_login(
        User.objects.get(username=ZOE), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client
