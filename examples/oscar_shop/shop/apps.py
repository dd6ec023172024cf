"""The app that connects oscar's orders with Habitué."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """Listens to orders and refunds."""

    name = "shop"
    label = "loyalty_shop"

    def ready(self) -> None:
        from shop import listening

        listening.connect()
