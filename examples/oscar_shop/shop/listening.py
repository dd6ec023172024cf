"""When something happens in oscar, Habitué is told.

An order counts in the shop whether or not Habitué answers: what could not be told is told by
`python -m django tell_orders`, which may run as often as one likes.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from oscar.apps.customer.signals import user_registered
from oscar.apps.order.signals import order_placed

from habitue import client
from shop import loyalty

log = logging.getLogger(__name__)
REFUNDED = "refunded"
"""The code of oscar's payment event for money given back."""


def connect() -> None:
    """Listen, once, when the shop starts."""
    from oscar.apps.order.models import PaymentEventQuantity

    user_registered.connect(registered, dispatch_uid="loyalty")
    order_placed.connect(placed, dispatch_uid="loyalty")
    post_save.connect(given_back, sender=PaymentEventQuantity, dispatch_uid="loyalty")


def registered(user: Any, **_: Any) -> None:
    """An account was made."""
    transaction.on_commit(lambda: told(loyalty.joined, user))


def placed(order: Any, **_: Any) -> None:
    """An order was placed: told once it is certain to stay."""
    transaction.on_commit(lambda: told(loyalty.bought, order))


def given_back(instance: Any, created: bool, **_: Any) -> None:
    """Money for pieces of a line was given back."""
    event = instance.event
    if created and event.event_type.code == REFUNDED:
        reference = f"{event.order.number}:refund:{instance.pk}"
        pieces = {instance.line_id: instance.quantity}
        transaction.on_commit(lambda: told(loyalty.returned, event.order, reference, pieces))


def told(tell: Any, *what: Any) -> bool:
    """Tell Habitué; where it does not answer or refuses, say so and let the shop go on."""
    try:
        tell(*what)
    except (client.Problem, client.Unreachable) as error:
        log.warning("Habitué was not told (%s): %s", tell.__name__, error)
        return False
    return True
