"""Businesses and customers as people name them on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from habitue.site.usage import misuse

if TYPE_CHECKING:
    from habitue.members.models import Business


def business(slug: str) -> Business:
    """The business of that short name; a wrong use of the command line where there is none."""
    from habitue.members.models import Business

    found = Business.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Business.objects.order_by("slug").values_list("slug", flat=True)[:10])
        misuse(f"There is no business {slug!r}; there is {known or 'none yet'}.")
    return found


def customer(of: Business, text: str) -> int:
    """A customer by id, e-mail, phone, card number, or the number another system gave."""
    from habitue.members import customers
    from habitue.members.models import Customer, Identity

    if text.isdecimal() and Customer.objects.filter(business=of, pk=int(text[:18])).exists():
        return int(text)
    held = (customers.find(of, kind, text) for kind in Identity.Kind.values)
    found = next((each for each in held if each is not None), None)
    if found is None:
        misuse(f"Nobody at {of.slug!r} is known by {text!r}, be it id, e-mail, phone or number.")
    return found
