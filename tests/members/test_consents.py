"""The consent log only grows."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from habitue.members import consents
from habitue.members.models import Consent, Customer


def say(customer: Customer, yes: bool, at: datetime) -> Consent:
    return consents.record(
        customer,
        purpose="marketing",
        channel="email",
        granted=yes,
        wording="Je veux recevoir les nouvelles du café par e-mail.",
        source="join",
        at=at,
    )


def test_the_newest_line_counts_and_silence_is_no(alice: Customer, now: datetime) -> None:
    def agreed() -> bool:
        return consents.granted(alice, purpose="marketing", channel="email")

    assert not agreed()
    say(alice, True, now)
    assert agreed()
    say(alice, False, now + timedelta(days=1))
    assert not agreed()
    assert not consents.granted(alice, purpose="marketing", channel="sms")


def test_nothing_in_the_log_can_be_changed_or_deleted(alice: Customer, now: datetime) -> None:
    line = say(alice, True, now)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Consent.objects.filter(pk=line.pk).update(granted=False)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        line.delete()
    assert Consent.objects.get().granted
