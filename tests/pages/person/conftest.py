"""What the owner does by hand, and what the ledger says of it."""

import re
from datetime import UTC, datetime

from django.test import Client

from habitue import ledger
from habitue.core import facts
from habitue.members.models import Business, Customer


def visit(
    shop: Business, customer: Customer, quantity: int = 1, source: str = "", reference: str = ""
) -> int:
    """Somebody is stamped; the event."""
    now = datetime.now(UTC)
    what = facts.Visit(quantity=quantity)
    fact = ledger.Fact(customer=customer.pk, at=now, what=what, source=source, reference=reference)
    (answer,) = ledger.post(shop.pk, [fact], now=now)
    assert answer.refused is None, answer.refused
    return answer.event


def held(shop: Business, customer: Customer) -> int:
    """What they hold of the first unit."""
    program = ledger.program(shop.pk)
    standing = ledger.standing(shop.pk, customer.pk, now=datetime.now(UTC))
    assert program is not None
    assert standing is not None
    return standing.balances[program.units[0].id]


def reference(browser: Client, path: str) -> str:
    """What makes the button of a page good once."""
    page = browser.get(path).content.decode()
    found = re.search(r'name="reference" value="([^"]+)"', page)
    assert found is not None, path
    return found.group(1)
