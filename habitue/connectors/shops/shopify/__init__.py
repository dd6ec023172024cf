"""Shopify: tells again for two days when it is not answered; a shop's address never changes."""

from typing import Final

TITLE: Final = "Shopify"
CREDENTIALS: Final = ("access_token",)
FIXED: Final[dict[str, str]] = {}
ASKS: Final = False
CHANNEL: Final = "online"
MAKES_SECRET: Final = True
