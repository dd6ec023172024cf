"""A field that stands twice in one object is refused, wherever it stands, however it is written."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitue.api import doubled
from tests.api import world
from tests.api.asking import ask
from tests.ledger.conftest import rows

Pairs = list[tuple[str, Any]]

names = st.text(alphabet='ab:"\\/~é', max_size=2)
"""Few of them, so that some come twice; with all that could be taken for a field and is none."""


class Object(Pairs):
    """An object that may name a field twice."""


texts = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | names,
    lambda parts: (
        st.lists(parts, max_size=3) | st.lists(st.tuples(names, parts), max_size=3).map(Object)
    ),
    max_leaves=12,
)


def written(value: Any, escaped: bool) -> str:
    """As JSON; `escaped` writes colons within texts as escapes."""
    if isinstance(value, Object):
        fields = (f"{written(name, escaped)} : {written(part, escaped)}" for name, part in value)
        return "{" + ", ".join(fields) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(one, escaped) for one in value) + "]"
    text = json.dumps(value)
    return text.replace(":", r"\u003A") if escaped else text


def doubles(value: Any) -> bool:
    if isinstance(value, Object):
        named = [name for name, _ in value]
        return len(set(named)) < len(named) or any(doubles(part) for _, part in value)
    return isinstance(value, list) and any(doubles(one) for one in value)


@given(texts, st.booleans())
def test_it_is_found_just_where_there_is_one(value: Any, escaped: bool) -> None:
    assert (doubled.field(written(value, escaped).encode()) is not None) == doubles(value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": 4}]}', None),
        ('{"a": 1, "a": 1}', "/a"),
        ('{"a" :1,"\\u0061"\n:\t2}', "/a"),
        ('{"x": [{"y": 0}, {"y/z~": {"a": ":", "b": 1, "a": 2}}]}', "/x/1/y~1z~0/a"),
        (r'{"a": "\u003a", "b": 1, "b": 2}', "/b"),
        (r'{"a": "\u003a\u003A\\u003a"}', None),
    ],
)
def test_a_pointer_says_where(text: str, place: str | None) -> None:
    found = doubled.field(text.encode())
    assert (found and found[0]) == place


SOLD = '{"kind": "purchase", "customer": "external:alice", "currency": "EUR", %s}'
TWICE = {
    "/body/amount": '"amount": 100, "amount": 99900',
    "/body/lines/1/amount": '"lines": [{"amount": 5}, {"amount": 1, "sku": "x", "amount": 9}]',
    "/body/attributes/wifi": '"amount": 100, "attributes": {"wifi": true, "wifi": false}',
}


@pytest.mark.django_db
@pytest.mark.parametrize("pointer", TWICE)
def test_a_second_amount_is_refused_and_not_hidden_behind_a_key(
    cafe: world.Place, pointer: str
) -> None:
    honest = (SOLD % '"amount": 99900').encode()
    assert ask("POST", "/events", key=cafe.till, raw=honest, once="sold").status == 201
    before = rows("SELECT count(*) FROM ledger_event")
    for key in ("sold", "fresh"):
        body = (SOLD % TWICE[pointer]).encode()
        told = ask("POST", "/events", key=cafe.till, raw=body, once=key)
        assert (told.status, told.json["code"]) == (422, "invalid")
        assert [one["pointer"] for one in told.json["errors"]] == [pointer]
        assert re.fullmatch(r"The field '\w+' is given twice\. Give it once\.", told.json["detail"])
    assert rows("SELECT count(*) FROM ledger_event") == before
    assert ask("POST", "/events", key=cafe.till, raw=honest, once="fresh").status == 201


@pytest.mark.django_db
def test_so_is_one_within_a_batch(cafe: world.Place) -> None:
    events = ", ".join([SOLD % '"amount": 100', SOLD % TWICE["/body/amount"]])
    body = f'{{"events": [{events}]}}'.encode()
    told = ask("POST", "/events/batch", key=cafe.till, raw=body)
    assert (told.status, told.json["errors"][0]["pointer"]) == (422, "/body/events/1/amount")
