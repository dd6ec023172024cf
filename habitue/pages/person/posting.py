"""What an owner does by hand goes to the ledger: all of it or nothing, once per button."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Refused
from habitue.members import journal
from habitue.members.models import Business, Customer, Staff
from habitue.pages.forms import text


class Once(forms.Form):
    """A button that is pressed twice does its work once: `reference` is made with the page."""

    reference = forms.RegexField(
        r"^[A-Za-z0-9-]{16,40}$", widget=forms.HiddenInput, initial=lambda: str(uuid.uuid4())
    )
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)


class Reason(Once):
    """The same with a reason in words; it is forgotten with the person."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It stands beside the change, for you and your staff."),
        **text(120, autocomplete="off"),
    )


def post(
    business: Business,
    staff: Staff,
    customer: Customer,
    whats: Sequence[facts.What],
    *,
    reference: str,
    at: datetime,
    line: tuple[str, dict[str, str | int]] | None = None,
) -> Refused | None:
    """Post facts in their order, and a journal line of this kind, if one; or say why not.

    What was posted under the reference before is not posted again.
    """
    source = f"owner:{staff.pk}"
    if ledger.find(business.pk, source, f"{reference}:0") is not None:
        return None
    with transaction.atomic():
        for place, what in enumerate(whats):
            fact = ledger.Fact(
                customer=customer.pk,
                at=at,
                what=what,
                source=source,
                reference=f"{reference}:{place}",
            )
            (answer,) = ledger.post(business.pk, [fact], now=at)
            if answer.refused is not None:
                transaction.set_rollback(True)
                return answer.refused
        if line is not None:
            kind, said = line
            journal.write(business, kind, at=at, staff=staff, customer=customer, what=said)
    return None
