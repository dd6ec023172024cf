"""What endpoints can be told of, by name: docs/webhooks.md shows a message of each."""

from typing import Final

EVENT_POSTED: Final = "event.posted"
EVENT_REFUSED: Final = "event.refused"
BALANCE_CHANGED: Final = "balance.changed"
TIER_CHANGED: Final = "tier.changed"
VOUCHER_ISSUED: Final = "voucher.issued"
VOUCHER_USED: Final = "voucher.used"
VOUCHER_EXPIRED: Final = "voucher.expired"
VOUCHER_CANCELLED: Final = "voucher.cancelled"
CUSTOMER_CREATED: Final = "customer.created"
CUSTOMER_UPDATED: Final = "customer.updated"
CUSTOMER_MERGED: Final = "customer.merged"
CUSTOMER_ERASED: Final = "customer.erased"

ALL: Final = (
    EVENT_POSTED,
    EVENT_REFUSED,
    BALANCE_CHANGED,
    TIER_CHANGED,
    VOUCHER_ISSUED,
    VOUCHER_USED,
    VOUCHER_EXPIRED,
    VOUCHER_CANCELLED,
    CUSTOMER_CREATED,
    CUSTOMER_UPDATED,
    CUSTOMER_MERGED,
    CUSTOMER_ERASED,
)
"""What an endpoint may ask for."""

USUAL: Final = tuple(one for one in ALL if one != EVENT_REFUSED)
"""What is proposed for a new endpoint: all that changes something."""

TEST: Final = "webhook.test"
"""Sent when an owner asks for it, whatever the endpoint asked for."""

OF_VOUCHERS: Final = {
    "issued": VOUCHER_ISSUED,
    "redeemed": VOUCHER_USED,
    "expired": VOUCHER_EXPIRED,
    "cancelled": VOUCHER_CANCELLED,
}
"""By the state in which a voucher is now."""
