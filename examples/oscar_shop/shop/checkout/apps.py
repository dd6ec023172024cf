"""Takes the place of oscar's own checkout app, as oscar foresees."""

from oscar.apps.checkout import apps


class CheckoutConfig(apps.CheckoutConfig):
    """Oscar's checkout, with our page of payment."""

    name = "shop.checkout"
