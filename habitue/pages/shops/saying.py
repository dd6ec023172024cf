"""What is said of connected shops: where to copy what, how they stand, what became of a message."""

from __future__ import annotations

from django.utils.translation import gettext as _

from habitue.connectors.models import ShopMessage
from habitue.connectors.shops.connecting import Light
from habitue.core.facts import Refused
from habitue.pages import refusals


def purpose(kind: str) -> str:
    """What a kind of shop is, in a line."""
    return {
        "woocommerce": _("A web shop of your own, with WordPress"),
        "shopify": _("A web shop at Shopify"),
        "square": _("A till or a web shop with Square"),
    }.get(kind, "")


def before(kind: str) -> str:
    """Where the keys are that the form asks for."""
    return {
        "woocommerce": _(
            "In WooCommerce: Settings › Advanced › REST API › Add key, with the permission “Read”."
        ),
        "shopify": _(
            "In Shopify: Settings › Apps › Develop apps › Create an app, with the permission"
            " read_orders. Install it and copy its access token."
        ),
        "square": _(
            "In Square's Developer Console: your application › Credentials › Production › Access"
            " token."
        ),
    }.get(kind, "")


def steps(kind: str) -> list[str]:
    """What is done in the shop so that it tells us its orders."""
    return {
        "woocommerce": [
            _("In WooCommerce open Settings › Advanced › Webhooks › Add webhook."),
            _("Status: Active. Topic: Order updated. API version: the newest."),
            _("Copy the address and the secret from here, then save."),
            _("Do the same once more with the topic Order created."),
        ],
        "shopify": [
            _("In Shopify open Settings › Notifications › Webhooks › Create webhook."),
            _("Format: JSON. Event: Order update. Copy the address from here, then save."),
            _("Do the same with Order creation, Order cancellation and Refund create."),
            _("Copy the secret that Shopify shows below the list into the field below."),
        ],
        "square": [
            _("In Square's Developer Console open your application › Webhooks › Subscriptions."),
            _("Add a subscription with the address from here."),
            _("Events: payment.updated, order.updated, refund.updated. Save."),
            _("Copy the signature key that Square shows into the field below."),
        ],
    }.get(kind, [])


def light(shown: Light) -> str:
    """How a connection stands, and what to do."""
    words = {
        "well": _("Connected: orders come in."),
        "silent": _("Nothing has come yet. Take the steps, then buy something small."),
        "no_secret": _("One step is missing: the secret."),
        "unread": _("Something could not be recorded."),
    }
    return words.get(shown.why) or trouble(shown.why)


def address(sentence: str) -> str:
    """Why an address is not one of a shop that may be asked."""
    return {
        "There is no such host.": _("There is no such address in the net."),
    }.get(sentence, _("This must be the shop's public address, such as https://shop.example.com."))


def trouble(code: str) -> str:
    """Why a shop could not be asked, and what to do."""
    return {
        "address": _(
            "The address of the shop cannot be asked. Connect it again with the right one."
        ),
        "slow": _("The shop did not answer in time. It is asked again in a quarter of an hour."),
        "unreachable": _(
            "The shop could not be reached. It is asked again in a quarter of an hour."
        ),
        "busy": _("The shop wants to be asked less often. It is asked again later."),
        "rights": _("The shop does not accept the keys. Make new ones and enter them below."),
        "huge": _("The shop answered more than can be read."),
    }.get(code, _("The shop answered something that cannot be read. It is asked again later."))


def became(message: ShopMessage) -> str:
    """What became of something that a shop told."""
    if message.state == ShopMessage.State.WAITING:
        return trouble(message.said) if message.said else _("Waiting")
    if message.became == "refused":
        return refusals.posting(Refused(message.said, message.said))
    words = {**_done(), **_unread(message.said)}
    return words.get(message.became, message.became)


def _done() -> dict[str, str]:
    return {
        "posted": _("Recorded as a purchase"),
        "edited": _("The order was changed: recorded anew"),
        "refunded": _("What came back was taken off"),
        "taken_back": _("Cancelled: taken back"),
        "same": _("Nothing new"),
        "older": _("Older than what is known: nothing changed"),
        "unpaid": _("Not paid yet"),
        "ended": _("Ended without a payment"),
        "test": _("A test: it does not count"),
        "before": _("Bought before the shop was connected: it does not count"),
        "nobody": _("The shop does not say who bought"),
        "empty": _("An order without goods"),
        "unknown": _("Its order is not known yet"),
        "not_an_order": _("Not about an order"),
        "no_rights": _("The user of this webhook may not read orders: choose another user."),
        "no_keys": _("The shop must be asked for this, and the keys for that are missing below."),
        "given_up": _("The shop could not be asked for this."),
    }


def _unread(name: str) -> dict[str, str]:
    return {
        "json": _("What came was cut off, or is no JSON."),
        "encoding": _("What came is not written in UTF-8."),
        "deep": _("What came cannot be read: it is nested too deeply."),
        "field": _("“%(name)s” is missing, or cannot be read.") % {"name": name},
        "amount": _("“%(name)s” is not an amount.") % {"name": name},
        "quantity": _("“%(name)s” is not a number of pieces.") % {"name": name},
        "date": _("“%(name)s” is not a date.") % {"name": name},
    }
