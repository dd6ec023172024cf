"""The cast: Café des Amis, Alice who comes back, Diego at the counter."""

from datetime import UTC, datetime

import pytest

from habitue.members import businesses, customers, staff
from habitue.members.models import Business, Customer, Staff


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 9, 0, 5, tzinfo=UTC)


@pytest.fixture
def cafe(db: None) -> Business:
    return businesses.create(name="Café des Amis", kind="cafe", country="FR")


@pytest.fixture
def alice(cafe: Business) -> Customer:
    made = customers.find_or_create_many(cafe, "email", ["alice@example.org"])
    return Customer.objects.get(pk=made["alice@example.org"])


@pytest.fixture
def diego(cafe: Business) -> Staff:
    return staff.add_cashier(cafe, name="Diego", pin="4711")
