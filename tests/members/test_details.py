"""What is known of a customer, changed: written down that, and never to what."""

import pytest

from habitue.members import businesses, details
from habitue.members.models import Customer, JournalLine
from tests.api.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(db: None) -> Customer:
    cafe = businesses.create(name="Café des Amis", kind="cafe", country="FR")
    return Customer.objects.create(business=cafe, name="Alice", note="Oat milk")


def test_the_note_has_a_line_of_its_own_and_what_stays_has_none(alice: Customer) -> None:
    details.change(alice, {"name": "Alice", "note": "Soy milk", "less_often": True}, at=NOW)
    lines = JournalLine.objects.filter(customer=alice).order_by("pk")
    assert [(one.kind, one.what) for one in lines] == [
        ("note", {}),
        ("contact", {"changed": "pauses"}),
    ]
    held = Customer.objects.get(pk=alice.pk)
    assert (held.note, held.less_often, held.name) == ("Soy milk", True, "Alice")


def test_what_was_changed_beside_stands_in_the_same_line(alice: Customer) -> None:
    through = {"through": "Web shop"}
    details.change(alice, {"birth_day": 1, "birth_month": 2}, at=NOW, also=["email"],
                   through=through)  # fmt: skip
    (line,) = JournalLine.objects.filter(customer=alice)
    assert line.what == {"changed": "email, birthday", "through": "Web shop"}


def test_nothing_changed_is_nothing_written(alice: Customer) -> None:
    details.change(alice, {"name": "Alice"}, at=NOW)
    assert not JournalLine.objects.filter(customer=alice).exists()
