"""Who calls: what a key or a token stands for at this moment, for many at once.

One statement for the keys among them and one for the tokens; a further one only where the use of
a key is written down (once a minute), or a token's member went over into another customer.
Nothing is remembered between two calls, so whatever is revoked opens nothing from then on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from habitue.members import keys, statements, tokens
from habitue.members.models import Staff

Scope = Literal["owner", "till", "read", "partner", "member"]

# Written out: Django's way takes six times as long, and every call begins here.
_KEYS: Final = """
SELECT key_hash, business_id, scope, id, partner, name, used_at FROM members_apikey
WHERE key_hash = ANY(%s::text[]) AND revoked_at IS NULL
    AND (expires_at IS NULL OR expires_at > %s)"""

_TOKENS: Final = """
SELECT token.token_hash, token.business_id, token.id, token.counter, staff.id, staff.role,
    staff.partner, staff.name, customer.id, customer.merged_into_id
FROM members_accesstoken token
LEFT JOIN members_staff staff ON staff.id = token.staff_id AND staff.active
LEFT JOIN members_customer customer ON customer.id = token.customer_id
    AND customer.erased_at IS NULL AND customer.binned_at IS NULL
WHERE token.token_hash = ANY(%s::text[]) AND token.revoked_at IS NULL AND token.expires_at > %s
    AND (staff.id IS NOT NULL OR customer.id IS NOT NULL)"""

_SURVIVING: Final = """
WITH RECURSIVE step (asked, id) AS (
    SELECT id, merged_into_id FROM members_customer WHERE id = ANY(%s::bigint[])
    UNION ALL
    SELECT step.asked, next.merged_into_id FROM step JOIN members_customer next ON next.id = step.id
    WHERE next.merged_into_id IS NOT NULL
)
SELECT step.asked, step.id FROM step JOIN members_customer customer ON customer.id = step.id
WHERE customer.merged_into_id IS NULL AND customer.erased_at IS NULL
    AND customer.binned_at IS NULL"""


class Caller(Struct, frozen=True, kw_only=True):
    """Whom a key or token stands for, and what they may do.

    `scope`: `owner` everything an owner may do; `till` a till's work; `read` reading only;
    `partner` the part of the partner that `partner` names; `member` what is `customer`'s own.
    Of `key` and `token` one is set: the credential's number. `staff` is who works with it.
    `name` is a key's or a person of the staff's; a member's stays unsaid.
    """

    business: int
    scope: Scope
    key: int | None = None
    token: int | None = None
    staff: int | None = None
    customer: int | None = None
    partner: str = ""
    name: str = ""

    @property
    def named(self) -> str:
        """The credential, for counting and logs: two of one person are two."""
        return f"key:{self.key}" if self.key is not None else f"token:{self.token}"


def callers(texts: Collection[str], *, at: datetime) -> dict[str, Caller]:
    """Who shows these texts (`hk_…`, `hm_…`, `hs_…`); whoever may not come in is absent.

    Absent is what nobody was given, what was revoked or is over, whose staff was dismissed, and
    whose member is erased or in the bin. The use of keys is written down.
    """
    by_kind: dict[str, dict[str, str]] = {}
    for text in texts:
        if text.isascii() and len(text) <= keys.LONGEST:
            by_kind.setdefault(text.partition("_")[0], {})[keys.hashed(text)] = text
    of_keys = by_kind.get(keys.PREFIX, {})
    of_tokens = by_kind.get(tokens.MEMBER, {}) | by_kind.get(tokens.STAFF, {})
    found: dict[str, Caller] = {}
    if of_keys:
        found |= {of_keys[mark]: caller for mark, caller in _of_keys(list(of_keys), at)}
    if of_tokens:
        found |= {of_tokens[mark]: caller for mark, caller in _of_tokens(list(of_tokens), at)}
    return found


def _of_keys(hashes: list[str], at: datetime) -> Iterator[tuple[str, Caller]]:
    rows = statements.rows(_KEYS, hashes, at)
    keys.note({row[3]: row[6] for row in rows}, at=at)
    for mark, business, scope, key, partner, name, _ in rows:
        yield mark, Caller(business=business, scope=scope, key=key, partner=partner, name=name)


def _of_tokens(hashes: list[str], at: datetime) -> Iterator[tuple[str, Caller]]:
    rows = statements.rows(_TOKENS, hashes, at)
    went_over = [row[8] for row in rows if row[9] is not None]
    goes_on = dict(statements.rows(_SURVIVING, went_over)) if went_over else {}
    for mark, business, token, counter, staff, role, partner, name, customer, into in rows:
        if customer is None:
            yield (
                mark,
                Caller(
                    business=business,
                    scope=_scope(role, partner, counter),
                    token=token,
                    staff=staff,
                    partner=partner,
                    name=name,
                ),
            )
        elif into is None or customer in goes_on:
            who = goes_on.get(customer, customer)
            yield mark, Caller(business=business, scope="member", token=token, customer=who)


def _scope(role: str, partner: str, counter: bool) -> Scope:
    """What a person of the staff may do; at a partner's till the partner's part."""
    if partner:
        return "partner"
    return "till" if counter or role == Staff.Role.CASHIER else "owner"
