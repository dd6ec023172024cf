"""`stock_shelves`: a few goods to buy, and where they are sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand
from oscar.apps.address.models import Country
from oscar.apps.catalogue.models import Product, ProductClass
from oscar.apps.order.models import PaymentEventType
from oscar.apps.partner.models import Partner, StockRecord

from shop.listening import REFUNDED

GOODS = {"BEANS": ("Coffee beans", "12.00"), "CUP": ("A cup", "7.50"), "MILL": ("A mill", "80.00")}


class Command(BaseCommand):
    """Run once; again changes nothing."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing."""
        Country.objects.get_or_create(
            iso_3166_1_a2="FR",
            defaults={"printable_name": "France", "name": "France", "is_shipping_country": True},
        )
        kind, _ = ProductClass.objects.get_or_create(name="Goods", requires_shipping=True)
        house, _ = Partner.objects.get_or_create(name="The house")
        PaymentEventType.objects.get_or_create(code=REFUNDED, defaults={"name": "Refunded"})
        for upc, (title, price) in GOODS.items():
            if Product.objects.filter(upc=upc).exists():
                continue
            product = Product.objects.create(upc=upc, title=title, product_class=kind)
            StockRecord.objects.create(
                product=product,
                partner=house,
                partner_sku=upc,
                price=Decimal(price),
                price_currency="EUR",
                num_in_stock=100,
            )
