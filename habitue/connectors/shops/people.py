"""Whose order it is: customers found or made by the shop's number of them, nobody twice.

The surest first: the shop's number, with the connection's prefix; then what a guest of this shop
wrote as an e-mail; then an e-mail that its reader confirmed here. An e-mail that nobody confirmed
is no proof: whoever holds it stays somebody else. Nothing is ever sent, no consent recorded.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Final

from django.conf import settings

from habitue import ledger
from habitue.connectors.models import Shop
from habitue.connectors.shops import order
from habitue.connectors.shops.order import Person
from habitue.members import cards, customers, identities, survivors
from habitue.members.models import LANGUAGES, Customer, Identity, Member

LONGEST_NAME: Final = 80


def of(shop: Shop, person: Person | None, *, at: datetime) -> int:
    """The customer that an order's person is, made where they are new; 0: nobody can be told."""
    names = _names(shop, person) if person is not None else []
    if person is None or not names:
        return 0
    found = customers.find_many(shop.business, Identity.Kind.EXTERNAL, names)
    number = next((found[name] for name in names if name in found), 0)
    number = number or _confirmed(shop, person.email)
    if not number:
        made = customers.find_or_create_many(
            shop.business, Identity.Kind.EXTERNAL, names[:1], created_at=at
        )
        number = made.get(names[0], 0)
        if not number:
            return 0
    _know(shop, number, person, [name for name in names if name not in found])
    _enroll(shop, number, person, at)
    return number


def mark(shop: Shop, person: Person | None) -> str:
    """A hash of who an order's person is, that tells nobody who; "" for nobody."""
    names = _names(shop, person) if person is not None else []
    return _hash("\0".join(names)) if names else ""


def _names(shop: Shop, person: Person) -> list[str]:
    """The external identities that a person has by this shop, the surest first."""
    names = []
    number = order.clean(person.external, 100)
    if number:
        names.append(f"{shop.prefix}:{number}")
    email = identities.normalise("email", person.email, country=shop.business.country)
    if email is not None:
        names.append(f"{shop.prefix}:mail-{_hash(email)}")
    return names


def _confirmed(shop: Shop, email: str) -> int:
    """Who confirmed this e-mail here; 0: nobody did."""
    normal = identities.normalise("email", email, country=shop.business.country)
    if normal is None:
        return 0
    held = Identity.objects.filter(
        business=shop.business_id, kind="email", value=normal, confirmed_at__isnull=False
    ).first()
    if held is None:
        return 0
    return survivors.of([held.customer_id]).get(held.customer_id, 0)


def _know(shop: Shop, number: int, person: Person, names: list[str]) -> None:
    """Write down what is not known yet of a customer; what is known already stays."""
    customer = Customer.objects.select_related("business").get(pk=number)
    for name in names:
        customers.add_identity(customer, Identity.Kind.EXTERNAL, name)
    held = set(customer.identities.values_list("kind", flat=True))
    for kind, value in (("email", person.email), ("phone", person.phone)):
        if value and kind not in held:
            customers.add_identity(customer, kind, order.clean(value, identities.MAX_LENGTH))
    mine = Customer.objects.filter(pk=number)
    if not customer.name and (name := order.clean(person.name, LONGEST_NAME)):
        mine.filter(name="").update(name=name)
    if not customer.language and person.language in LANGUAGES:
        mine.filter(language="").update(language=person.language)


def _enroll(shop: Shop, number: int, person: Person, at: datetime) -> None:
    """Who has an account at the shop is a member where the program takes everybody in."""
    program = ledger.program(shop.business_id)
    if person.guest or program is None or program.enrolment != "automatic":
        return
    if Member.objects.filter(customer=number).exists():
        return
    if customers.enroll_many(shop.business, [number], at=at):
        cards.issue_many([number])


def _hash(text: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]
