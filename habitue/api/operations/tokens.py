"""Tokens: what a member's app, or somebody who works here, shows for a while instead of a key.

None of these operations heeds an idempotency key: a second token does no harm and is soon over,
and a wrong PIN must count even when it is sent again under the key of the first one.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta

from habitue.api import calls, naming, people, values
from habitue.api.problems import Problem, Wrong
from habitue.api.routing import operation
from habitue.api.values import CustomerReference, Given, Id, Instant, Said
from habitue.members import limits, tokens

TRIES: Final = 120
"""PINs an hour that one credential may try, right ones too: a busy till changes hands often."""

LOCKED: Final = ("Retry-After", "900")


class TokenMade(Given, frozen=True, kw_only=True):
    """A new token, with its text, which is kept nowhere."""

    text: Annotated[str, Meta(description="Send it as `Authorization: Bearer`; shown this once.")]
    scope: Literal["owner", "till", "partner", "member"]
    expires_at: Instant


class StaffSignIn(Said, frozen=True, kw_only=True):
    """Who works at this till now."""

    staff: Annotated[Id, Meta(description="Their number, as GET /staff lists it.")]
    pin: Annotated[str, Meta(pattern=values.whole("[0-9]{4,12}"))]


class MemberToken(Said, frozen=True, kw_only=True):
    """Whom the token is for."""

    customer: CustomerReference


@operation(
    "POST",
    "/staff-tokens",
    may=frozenset({"owner", "till", "partner"}),
    status=201,
    writes=False,
    summary="Sign in at a till by PIN",
)
def sign_in(call: calls.Call, body: StaffSignIn) -> TokenMade:
    """What is done with the token is written down under that person's name.

    It opens a till's work at most (at a partner's till: the partner's part). Five wrong PINs in a
    row lock the person for a quarter of an hour: 429. Somebody who is not there is a wrong PIN.
    """
    if not limits.allow("pin", call.caller.named, most=TRIES, at=call.now):
        raise Problem(429, "too_many", "Too many PINs were tried here. Wait an hour.")
    told = tokens.issue_by_pin(
        call.caller.business,
        values.number(body.staff) or 0,
        body.pin,
        at=call.now,
        partner=call.caller.partner,
    )
    if told == "locked":
        sentence = "Too many wrong PINs. Wait 15 minutes, or ask the owner for a new PIN."
        raise Problem(429, "locked", sentence, headers=(LOCKED,))
    if told == "wrong":
        raise Problem(403, "pin", "There is nobody here with this number and PIN.")
    token, text = told
    return TokenMade(
        text=text, scope="partner" if call.caller.partner else "till", expires_at=token.expires_at
    )


@operation(
    "POST",
    "/member-tokens",
    may=calls.TILLS,
    status=201,
    writes=False,
    problems=(404,),
    summary="Let a member's app in",
    example={"customer": "external:alice"},
)
def issue(call: calls.Call, body: MemberToken) -> TokenMade:
    """A token that shows a member what is theirs, for whoever your app has signed in as them.

    An owner's key names any member. A till names the card that is shown (`code:`), for the token
    shows more of its holder than a till may see.
    """
    if call.caller.scope == "till" and naming.kind(body.customer) != "code":
        detail = "A till names the card that is shown: code:…"
        errors = (Wrong(pointer="/body/customer", detail=detail),)
        raise Problem(403, "scope", detail, errors=errors)
    key = naming.customers(call.caller.business, [body.customer], at=call.now).get(body.customer)
    if key is None:
        raise naming.missing("customer", "/body/customer")
    token, text = tokens.issue_member(people.row(key), at=call.now)
    return TokenMade(text=text, scope="member", expires_at=token.expires_at)


@operation("DELETE", "/token", may=calls.EVERYBODY, summary="End the token of this request")
def end(call: calls.Call) -> None:
    """Sign out: it opens nothing from now on. A key is revoked among the keys instead."""
    if call.caller.token is None:
        raise Problem(409, "a_key", "This is a key, not a token. Revoke it at /keys.")
    tokens.revoke(call.caller.token, at=call.now)
