"""WooCommerce: a shop of one's own; it tells once and never again, so it must be asked too."""

from typing import Final

TITLE: Final = "WooCommerce"
CREDENTIALS: Final = ("consumer_key", "consumer_secret")
FIXED: Final[dict[str, str]] = {}
ASKS: Final = False
CHANNEL: Final = "online"
MAKES_SECRET: Final = False
