"""docs/webhooks.md shows what is really sent, and its ten lines check what really arrives."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import msgspec

from habitue import ledger
from habitue.connectors.models import Endpoint, Message
from habitue.connectors.webhooks import endpoints, gathering, kinds
from habitue.core import facts
from habitue.members import erasure
from habitue.members.models import Business, Customer
from tests.connectors.webhooks.conftest import Clock, Receiver, World
from tests.docs import markdown
from tests.ledger.conftest import NOW, bought, does, guests, post, takes

PAGE = markdown.text_of("docs/webhooks.md")
EXAMPLES: dict[str, Any] = {
    example["type"]: example for example in map(json.loads, markdown.fences(PAGE, "json"))
}


def shape(value: Any) -> Any:
    """Names and kinds of values; a value that may be null is of the kind that it has."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__


def fits(example: Any, sent: Any) -> bool:
    """Whether both have the same names, and kinds where neither is null."""
    if isinstance(example, dict) and isinstance(sent, dict):
        return list(example) == list(sent) and all(fits(example[key], sent[key]) for key in sent)
    return shape(example) == shape(sent) or example is None or sent in (None, [])


def everything(cafe: Business, endpoint: Endpoint, alice: int, clock: Clock) -> None:
    """Lets everything happen that is told of."""
    chiara, diego = guests(cafe, 2)
    post(cafe, bought(alice, 20_000), bought(chiara, 5_000), takes(alice), takes(chiara))
    post(cafe, bought(diego, 500), takes(diego))  # which is refused
    gathering.gather(now=NOW)
    standing = ledger.standing(cafe.pk, alice, now=NOW)
    assert standing
    post(cafe, does(alice, facts.VoucherUse(standing.vouchers[0].id)), takes(alice))
    gathering.gather(now=NOW)
    Customer.objects.filter(pk=chiara).update(name="Chiara")
    post(cafe, does(chiara, facts.Merge(alice)))
    gathering.gather(now=NOW)
    ledger.sweep(cafe.pk, now=NOW + timedelta(days=40))
    erasure.erase([alice, chiara], at=NOW)
    endpoints.test(endpoint, at=clock.now)
    gathering.gather(now=NOW)


def test_every_type_has_an_example_of_the_shape_that_is_sent(
    cafe: Business, endpoint: Endpoint, alice: int, clock: Clock
) -> None:
    assert list(EXAMPLES) == [*kinds.ALL, kinds.TEST]
    everything(cafe, endpoint, alice, clock)
    sent = [msgspec.json.decode(body) for body in Message.objects.values_list("body", flat=True)]
    assert {one["type"] for one in sent} == set(EXAMPLES)
    wrong = [one for one in sent if not fits(EXAMPLES[one["type"]], one)]
    assert wrong == []


def test_the_ten_lines_know_ours_from_anything_else(
    cafe: Business, endpoint: Endpoint, receiver: Receiver, world: World, clock: Clock
) -> None:
    (source,) = markdown.fences(PAGE, "python")
    own: dict[str, Any] = {"__name__": "example"}
    exec(compile(source, "docs/webhooks.md", "exec"), own)
    endpoints.test(endpoint, at=clock.now)
    world.deliver()
    ((headers, body),) = receiver.got
    assert own["received"](headers, body) is None, "another secret"
    own["SECRET"] = endpoint.secret
    assert own["received"](headers, body)["type"] == "webhook.test"
    for name, value in (
        ("webhook-signature", "v1,AAAA"),
        ("webhook-signature", "v1,é"),
        ("webhook-signature", "nonsense"),
        ("webhook-signature", "v1,a"),
        ("webhook-timestamp", "soon"),
        ("webhook-timestamp", "0"),
        ("webhook-id", ""),
    ):
        assert own["received"]({**headers, name: value}, body) is None
    assert own["received"](headers, b"\xff\xfe") is None
    assert own["received"]({}, body) is None
