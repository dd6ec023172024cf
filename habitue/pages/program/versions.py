"""The versions of a business's program as they stand on the day it is in the shop."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone

from habitue.ledger import versions
from habitue.ledger.versions import Version
from habitue.members.models import Business

current = versions.current


def today(business: Business) -> date:
    """The day it is in the shop."""
    return timezone.now().astimezone(ZoneInfo(business.timezone)).date()


def every(business: Business) -> list[Version]:
    """All versions, the one that holds last first."""
    return versions.every(business.pk, on=today(business))
