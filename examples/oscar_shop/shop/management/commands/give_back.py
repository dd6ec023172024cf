"""`give_back ORDER UPC PIECES`: money is given back for pieces, as the dashboard does it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from oscar.apps.order.models import Order, PaymentEventType
from oscar.core.loading import get_class

from shop.listening import REFUNDED


class Command(BaseCommand):
    """For staff without the dashboard, and for tests."""

    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        """Which pieces."""
        parser.add_argument("order")
        parser.add_argument("upc")
        parser.add_argument("pieces", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Through oscar's own handler of events."""
        order = Order.objects.get(number=options["order"])
        line = order.lines.get(product__upc=options["upc"])
        handler = get_class("order.processing", "EventHandler")()
        kind = PaymentEventType.objects.get(code=REFUNDED)
        amount = line.unit_price_incl_tax * options["pieces"]
        handler.handle_payment_event(order, kind, amount, [line], [options["pieces"]])
