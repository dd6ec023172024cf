"""Where letters are asked for: the worker writes and sends them.

A letter is asked for by the number of the address, 0 where nobody has that address: asking costs
the same and looks the same, whether it is known or not. No job holds an address.
"""

from __future__ import annotations

from typing import Final, Literal

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from procrastinate.contrib.django import app

from habitue.members.models import Customer, Identity
from habitue.pages import links

Kind = Literal["card", "confirm", "moved"]
TASK: Final = "habitue.site.tasks.letter"


def ask(request: HttpRequest, kind: Kind, identity: int) -> None:
    """Have a letter sent to an address, by its number."""
    with transaction.atomic():
        app.configure_task(TASK).defer(kind=kind, key=identity, root=root(request))


def root(request: HttpRequest) -> str:
    """What stands before the path of every address of ours."""
    return links.absolute(request, "start").removesuffix(reverse("start"))


def address_of(customer: Customer) -> Identity | None:
    """Where letters to a customer go: the newest address that was confirmed, else the newest."""
    mine = Identity.objects.filter(customer=customer, kind=Identity.Kind.EMAIL)
    found = sorted(mine, key=lambda one: (one.confirmed_at is not None, one.pk))
    return found[-1] if found else None
