"""The client's types and calls fit the OpenAPI file, field by field and call by call."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

import jsonschema
import msgspec
import pytest

from habitue import client
from habitue.api import document, routing
from habitue.client import calls, shapes
from habitue.client.asking import Ask

ANSWERED: Final = {
    "Balance": "UnitBalance",
    "Balances": "BalancesShown",
    "Customer": "CustomerShown",
    "Details": "ProblemDetails",
    "Entry": "EntryTold",
    "Event": "EventTold",
    "Expiry": "Expiry",
    "FoundVoucher": "VoucherShown",
    "HeldVoucher": "VoucherHeld",
    "MostPaid": "MostPaid",
    "Offer": "OfferTold",
    "PastEntry": "EntryShown",
    "Payment": "PaymentTold",
    "Price": "UnitAmount",
    "Quote": "QuoteTold",
    "Redemption": "RedemptionTold",
    "Refusal": "RefusalShown",
    "Result": "EventResult",
    "Results": "EventResults",
    "Reward": "RewardShown",
    "Token": "TokenMade",
    "Voucher": "VoucherTold",
    "VoucherUse": "VoucherUsed",
    "Wrong": "Wrong",
}
"""The client's types, and what the API calls them."""

AT: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE: Final = client.visit("external:a", reference="1")
CALLS: Final[Mapping[str, list[Ask[Any]]]] = {
    "action": [client.action("external:a", "review", reference="1", attributes={"stars": 5})],
    "balances": [client.balances("me")],
    "batch": [client.batch([ONE, client.refund("1", reference="2")])],
    "customer": [client.customer("email:a+b@c.example")],
    "enroll": [
        client.enroll("1"),
        client.enroll("1", name="A", email="a@b.example", language="fr"),
    ],
    "entries": [client.entries("1"), client.entries("1", unit="points", limit=7, cursor="WzFd")],
    "member_token": [client.member_token("code:1")],
    "pay": [client.pay("1", 50, order=90, currency="EUR", reference="1")],
    "purchase": [
        client.purchase("1", [{"amount": 5}], currency="EUR", reference="1", at=AT),
        client.purchase(
            "1",
            [
                {"amount": 5, "quantity": 2, "sku": "a", "category": "b"},
                {"amount": 5, "labels": ["x"], "discount": 1, "tax": 1},
            ],
            currency="EUR",
            reference="1",
            covered=3,
            spent=["7"],
            channel="web",
            place="Paris",
            partner="p",
            tender="card",
            attributes={"gift": True},
        ),
    ],
    "quote": [
        client.quote("1", [{"amount": 5}], currency="EUR"),
        client.quote(None, [{"amount": 5}], currency="EUR"),
    ],
    "redeem": [client.redeem("1", "coffee", reference="1", at_once=True)],
    "refund": [
        client.refund(client.purchased("shop", "a/b ü"), reference="1"),
        client.refund("1", reference="1", lines={0: 2}, at=AT),
        client.refund("1", reference="1", amount=5),
    ],
    "rewards": [client.rewards()],
    "sign_in": [client.sign_in("1", "1234")],
    "sign_out": [client.sign_out()],
    "undo": [client.undo("1"), client.undo(client.purchased("shop", "a/b ü"), reference="1")],
    "use_voucher": [client.use_voucher("ABC", reference="1", choice=1)],
    "visit": [ONE, client.visit("1", reference="1", quantity=3, at=AT, channel="app")],
    "voucher": [client.voucher("A/B")],
    "vouchers": [client.vouchers("1"), client.vouchers("1", state="expired", cursor="WzFd")],
}
"""Each function of the client with all that it can say."""


def schemas() -> dict[str, Any]:
    found: dict[str, Any] = document.document()["components"]["schemas"]
    return found


def forms(form: dict[str, Any], names: Mapping[str, str]) -> set[str]:
    """What a value may be, in words that are the same for the client's types and for the file."""
    if "$ref" in form:
        name = form["$ref"].rpartition("/")[2]
        return {names.get(name, name)}
    if "anyOf" in form:
        return set().union(*(forms(one, names) for one in form["anyOf"]))
    if form.get("type") == "array":
        return {f"list of {one}" for one in forms(form["items"], names)}
    if form.get("type") == "object":
        return {f"texts to {one}" for one in forms(form["additionalProperties"], names)}
    if "enum" in form:
        return {"string"}
    return {" ".join(filter(None, (form["type"], form.get("format"))))}


def wrong(kind: type[msgspec.Struct], said: dict[str, Any]) -> list[str]:
    """Where a type of the client does not fit what the API says that it answers."""
    _, parts = msgspec.json.schema_components([kind])
    ours = parts[kind.__name__]
    found = []
    for name, form in ours["properties"].items():
        there = said["properties"].get(name)
        if there is None:
            found.append(f"{name} is not answered")
        elif not forms(there, {}) <= forms(form, ANSWERED):
            found.append(f"{name}: {forms(there, {})} is read as {forms(form, ANSWERED)}")
        elif name in ours.get("required", ()) and name not in said.get("required", ()):
            found.append(f"{name} may be left out")
    return found


@pytest.mark.parametrize("name", sorted(ANSWERED))
def test_a_type_fits_what_is_answered(name: str) -> None:
    assert wrong(getattr(shapes, name), schemas()[ANSWERED[name]]) == []


def test_every_type_is_held_against_the_file() -> None:
    types = {
        name
        for name, one in vars(shapes).items()
        if getattr(one, "__module__", "") == shapes.__name__
    }
    assert types - {"Page", "T"} == set(ANSWERED)


def test_what_does_not_fit_is_seen() -> None:
    class Entry(msgspec.Struct):
        unit: int
        balance: str
        reason: str

    said = schemas()["EntryTold"]
    assert [one.partition(":")[0] for one in wrong(Entry, said)] == [
        "unit",
        "reason is not answered",
    ]
    left = {**said, "required": ["unit"]}
    assert "balance may be left out" in wrong(Entry, left)


def described(ask: Ask[Any]) -> dict[str, Any]:
    """The operation of a call, as the file says it."""
    methods, _ = routing.find(unquote(ask.path))
    operation = methods[ask.method]
    said: dict[str, Any] = document.document()["paths"][routing.PREFIX + operation.path]
    return dict(said[ask.method.lower()])


def answered(said: dict[str, Any], schema: dict[str, Any]) -> str:
    """The name of what is answered; of a page the name of its items."""
    (good,) = [one for status, one in said["responses"].items() if status < "300"]
    if "content" not in good:
        return "nothing"
    name = str(good["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2])
    items = schema[name]["properties"].get("items")
    return str(items["items"]["$ref"].rpartition("/")[2]) + " by pages" if items else name


def read(ask: Ask[Any]) -> str:
    """The same of what the client reads it as."""
    if ask.answers is type(None):
        return "nothing"
    inside = getattr(ask.answers, "__args__", ())
    return ANSWERED[inside[0].__name__] + " by pages" if inside else ANSWERED[ask.answers.__name__]


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_call_is_one_that_the_file_describes(name: str) -> None:
    whole = document.document()
    for ask in CALLS[name]:
        said = described(ask)
        assert read(ask) == answered(said, whole["components"]["schemas"])
        parameters = {
            one["name"]: one["schema"] for one in said["parameters"] if one["in"] == "query"
        }
        for key, value in ask.query.items():
            jsonschema.Draft202012Validator(parameters[key]).validate(value)
        body = said.get("requestBody")
        assert (body is None) == (ask.body is None)
        if body is not None:
            schema = body["content"]["application/json"]["schema"]
            jsonschema.Draft202012Validator({**schema, "components": whole["components"]}).validate(
                msgspec.json.decode(msgspec.json.encode(ask.body))
            )


def test_every_function_is_held_against_the_file() -> None:
    functions = {
        name
        for name, one in vars(calls).items()
        if inspect.isfunction(one) and one.__module__ == calls.__name__ and name[0] != "_"
    }
    assert functions - {"do", "get", "purchased"} == set(CALLS)
    assert functions <= set(client.__all__)
