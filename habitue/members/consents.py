"""The consent log: what a person agreed to, in which words, and what counts now."""

from datetime import datetime

from habitue.members.models import Consent, Customer


def record(
    customer: Customer,
    *,
    purpose: str,
    channel: str,
    granted: bool,
    wording: str,
    source: str,
    at: datetime,
) -> Consent:
    """Write one line; nothing is ever changed or deleted."""
    return Consent.objects.create(
        customer=customer,
        purpose=purpose,
        channel=channel,
        granted=granted,
        wording=wording,
        source=source,
        at=at,
    )


def granted(customer: Customer, *, purpose: str, channel: str) -> bool:
    """Whether the newest line of this purpose and channel says yes; no line says no."""
    lines = Consent.objects.filter(customer=customer, purpose=purpose, channel=channel)
    newest = lines.order_by("-at", "-id").values_list("granted", flat=True).first()
    return bool(newest)
