"""`tell_orders`: tells Habitué of the orders of the last days again; what it knows counts once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from oscar.apps.order.models import Order

from shop import listening, loyalty


class Command(BaseCommand):
    """For a timer, once an hour."""

    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        """How far back."""
        parser.add_argument("--days", type=int, default=3)

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell them, oldest first."""
        since = timezone.now() - timedelta(days=options["days"])
        orders = Order.objects.filter(date_placed__gte=since, user__isnull=False)
        failed = 0
        for order in orders.order_by("date_placed"):
            told = listening.told(loyalty.joined, order.user)
            failed += not (told and listening.told(loyalty.bought, order))
        if failed:
            raise CommandError(f"{failed} orders could not be told; run this again.")
