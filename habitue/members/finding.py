"""Who somebody is, for many at once: by our number or by an identity, led to who they are today.

One statement a kind, however many are asked for. Whoever lies in the bin or was erased is nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from habitue.members import identities, statements
from habitue.members.models import Business, Identity

# By their numbers first: as long as nobody has counted the customers of a new business, PostgreSQL
# would rather read all of them.
_BY_ID: Final = """
WITH named AS MATERIALIZED (SELECT * FROM members_customer WHERE id = ANY(%s::bigint[]))
SELECT id, id, merged_into_id, binned_at IS NULL AND erased_at IS NULL FROM named
WHERE business_id = %s"""

_BY_IDENTITY: Final = """
SELECT identity.value, customer.id, customer.merged_into_id,
    customer.binned_at IS NULL AND customer.erased_at IS NULL
FROM members_identity identity
JOIN members_customer customer ON customer.id = identity.customer_id
WHERE identity.business_id = %s AND identity.kind = %s AND identity.value = ANY(%s::text[])"""

_GOES_ON: Final = """
WITH RECURSIVE step (asked, id, goes_to) AS (
    SELECT id, id, merged_into_id FROM members_customer WHERE id = ANY(%s::bigint[])
    UNION ALL
    SELECT step.asked, next.id, next.merged_into_id
    FROM step JOIN members_customer next ON next.id = step.goes_to
)
SELECT step.asked, step.id FROM step JOIN members_customer customer ON customer.id = step.id
WHERE step.goes_to IS NULL AND customer.binned_at IS NULL AND customer.erased_at IS NULL"""


def by_id(business: int, numbers: Collection[int]) -> dict[int, int]:
    """Customers of a business by numbers of theirs; whoever is not there is absent."""
    return _led(_BY_ID, list(numbers), business) if numbers else {}


def by_identity(business: int, kind: str, values: Collection[str]) -> dict[str, int]:
    """Customers of a business by identities as they were written; who is not there is absent."""
    country = ""
    if kind == Identity.Kind.PHONE:
        country = Business.objects.values_list("country", flat=True).get(pk=business)
    forms = {
        value: form
        for value in values
        if (form := identities.normalise(kind, value, country=country)) is not None
    }
    if not forms:
        return {}
    found = _led(_BY_IDENTITY, business, str(kind), sorted(set(forms.values())))
    return {value: found[form] for value, form in forms.items() if form in found}


def surviving(customers: Iterable[int]) -> dict[int, int]:
    """Who customers are today, mostly themselves; whoever is not there any more is absent."""
    return dict(statements.rows(_GOES_ON, list(customers)))


def _led(query: str, *values: Any) -> dict[Any, int]:
    rows = statements.rows(query, *values)
    went_over = [customer for _, customer, into, _ in rows if into is not None]
    goes_on = surviving(went_over) if went_over else {}
    found = {}
    for name, customer, into, here in rows:
        if into is None and here:
            found[name] = customer
        elif into is not None and customer in goes_on:
            found[name] = goes_on[customer]
    return found
