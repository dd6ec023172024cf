"""Hostile, unlucky, impatient callers: nothing breaks, nothing is half done, each is told why."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest

from habitue.api import limits, reading, routing
from habitue.api.application import application
from habitue.core.facts import KINDS
from habitue.members import callers, keys
from habitue.members.models import ApiKey, Customer
from tests.api import world
from tests.api.asking import Told, ask, named
from tests.ledger.conftest import rows

pytestmark = pytest.mark.django_db

BOUGHT: Final = {
    "kind": "purchase",
    "customer": "external:alice",
    "currency": "EUR",
    "amount": 100,
}
FAR: Final = (
    "0001-01-01T00:00:00+14:00",
    "1900-01-01T00:00:00+23:59",
    "2026-11-01T00:00:00+23:59",
    "9998-12-31T23:59:59-23:59",
    "9999-12-31T23:59:59-14:00",
)


def says(place: world.Place, text: bytes, **headers: str) -> Told:
    return ask("POST", "/events", key=place.till, raw=text, headers=headers)


def events(place: world.Place) -> int:
    ((count,),) = rows(
        "SELECT count(*) FROM ledger_event WHERE business_id = %s", place.business.pk
    )
    return int(count)


# --- bodies --------------------------------------------------------------------------------------


def malformed() -> Iterator[tuple[int, bytes]]:
    """Bodies that cannot be meant, and what they are answered."""
    body = json.dumps(BOUGHT).encode()
    for number in (b"true", b"1.0", b"1e2", b"1E+999999999", b"-1", b'"1"', b"9" * 5000, b"[]"):
        yield 422, body.replace(b"100", number)
        attributes = b'100, "attributes": {"x": %s}' % number
        if number not in (b"true", b"-1", b'"1"'):
            yield 422, body.replace(b"100", attributes)
    for text in (b"\\u0000", b"x" * 255, b" "):
        yield (422 if text != b" " else 404), body.replace(b"alice", text)
    for text in (b"\\ud800", b"\\udc00", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xc0\x80"):
        yield 400, body.replace(b"alice", text)
    for unknown in (b'"x": 1, "amount"', b'"x": %s%s, "amount"' % (b"[" * 10**5, b"]" * 10**5)):
        yield 422, body.replace(b'"amount"', unknown)
    yield 422, b"[" * 10**5 + b"]" * 10**5
    yield 422, b'{"kind": "visit", "attributes": {"x": ' + b'{"x":' * 10**4 + b"1" + b"}" * 10**4
    yield from ((400, one) for one in (b" ", body + b"}", b"\xef\xbb\xbf" + body, body[:-1]))
    yield from ((400, body.decode().encode(coding)) for coding in ("utf-16", "utf-32"))
    yield from ((422, one) for one in (b"[]", b"null", b'"x"', b"1"))


def test_what_cannot_be_meant_is_told_why_and_does_nothing(cafe: world.Place) -> None:
    before = events(cafe)
    for status, text in malformed():
        told = says(cafe, text)
        assert told.status == status, (text[:200], told.raw)
        assert told.json["detail"].endswith(".")
        assert status != 422 or told.json["errors"][0]["pointer"].startswith("/body")
    assert events(cafe) == before


def test_an_id_beyond_every_number_is_nobody(cafe: world.Place) -> None:
    for one in ("0", "9" * 19, str(2**63 - 1), str(2**63), "external: ", "code:x", "me"):
        body = {**BOUGHT, "customer": one}
        assert ask("POST", "/events", key=cafe.till, body=body).status == 404
        assert ask("GET", f"/customers/{named(one)}", key=cafe.till).status == 404


def test_other_charsets_and_codings_are_refused_and_not_guessed(cafe: world.Place) -> None:
    text = json.dumps(BOUGHT).encode()
    before = events(cafe)
    for media in ("text/plain", "", "application/json; charset=utf-16", "\xff"):
        assert says(cafe, text, **{"Content-Type": media}).status == 415
    for coding in ("gzip", "br", "deflate"):
        assert says(cafe, text, **{"Content-Encoding": coding}).status == 415
    assert events(cafe) == before
    for media in ("application/json; charset=UTF-8", 'Application/JSON;charset="utf-8"'):
        assert says(cafe, text, **{"Content-Type": media}).status == 201
    assert says(cafe, text, **{"Content-Encoding": "identity"}).status == 201


def sent(place: world.Place, text: bytes, **environ: str) -> tuple[int, int]:
    """The status of a body as it comes in by itself, and how many bytes of it were not read."""
    source = io.BytesIO(text)
    told: list[str] = []
    application(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/api/v1/events",
            "CONTENT_TYPE": "application/json",
            "HTTP_AUTHORIZATION": f"Bearer {place.till}",
            "wsgi.input": source,
            **environ,
        },
        lambda status, _: told.append(status),
    )
    return int(told[0][:3]), len(text) - source.tell()


def test_a_body_in_chunks_is_read_and_a_cut_one_is_not_done(cafe: world.Place) -> None:
    text = json.dumps(BOUGHT).encode()
    before = events(cafe)
    assert sent(cafe, text, CONTENT_LENGTH=str(len(text) + 1)) == (503, 0)
    assert sent(cafe, text) == (400, len(text))
    assert events(cafe) == before
    assert sent(cafe, text, HTTP_TRANSFER_ENCODING="chunked") == (201, 0)


def test_what_is_too_long_is_let_go_so_that_its_sender_reads_the_answer(cafe: world.Place) -> None:
    text = b" " * (reading.MOST_BODY + 1)
    assert sent(cafe, text, CONTENT_LENGTH=str(len(text))) == (413, 0)
    assert sent(cafe, text, HTTP_TRANSFER_ENCODING="chunked") == (413, 0)
    assert sent(cafe, text * 12, CONTENT_LENGTH=str(len(text) * 12))[1] > 0


# --- instants ------------------------------------------------------------------------------------


def test_no_offset_breaks_an_instant(cafe: world.Place) -> None:
    """PostgreSQL counts offsets to below sixteen hours, Python to below a day."""
    asked: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("/events", "at", BOUGHT),
        ("/redemptions", "at", {"customer": "external:alice", "reward": "coffee"}),
        (
            "/payments",
            "at",
            {"customer": "external:alice", "money": 1, "order": 10, "currency": "EUR"},
        ),
        (
            "/customers/external:alice/consents",
            "at",
            {
                "purpose": "survey",
                "channel": "email",
                "granted": False,
                "wording": "No.",
                "source": "till",
            },
        ),
        ("/keys", "expires_at", {"name": "Till", "scope": "till"}),
    )
    for address, field, body in asked:
        for instant in FAR:
            told = ask("POST", address, key=cafe.owner, body={**body, field: instant})
            assert told.status in (201, 409, 422), (address, instant, told.raw)
    assert ask("GET", "/keys", key=cafe.owner).status == 200, "what was kept can be read"
    for instant in FAR:
        where = named(instant).replace("+", "%2B")
        for query in ("since", "until"):
            assert ask("GET", f"/events?{query}={where}", key=cafe.owner).status in (200, 422)


def test_days_that_are_not_are_refused(cafe: world.Place) -> None:
    for day in ("2023-02-29", "2026-13-01", "0000-01-01", "2026-02-30"):
        told = ask("POST", "/events", key=cafe.till, body={**BOUGHT, "at": f"{day}T12:00:00Z"})
        assert (told.status, told.json["errors"][0]["pointer"]) == (422, "/body/at")
    for instant in ("2026-03-02T12:00:00", "2026-03-02", 1767225600, "2026-03-02T12:00:00+99:00"):
        told = ask("POST", "/events", key=cafe.till, body={**BOUGHT, "at": instant})
        assert (told.status, told.json["errors"][0]["pointer"]) == (422, "/body/at")


# --- addresses and queries -----------------------------------------------------------------------


def test_nothing_in_an_address_breaks_any_operation(cafe: world.Place) -> None:
    hostile: tuple[str, ...] = (
        "\0",
        "reference:a:\0",
        "external:\0",
        "code:\0",
        "%00",
        "..",
        "\r\nX: 1",
        "9" * 400,
    )
    hostile += ("\u202e", "\U0001f4a5", "0001-01", "9999-12", "0001-01-01", "9999-12-31", "-1")
    for one in routing.operations():
        for text in hostile if "{" in one.path else ():
            path = one.path
            for blank in one.where.__struct_fields__:
                path = path.replace(f"{{{blank}}}", named(text))
            told = ask(one.method, path, key=cafe.owner, body=one.example, checked=False)
            assert 400 <= told.status < 500 or one.method == "GET", (one.name, text)
            assert told.status < 500, (one.name, text, told.raw)
            assert told.status < 300 or told.json["detail"].endswith(".")


@pytest.mark.parametrize(
    "query",
    [
        *("limit=1.0", "limit=1e1", "limit=true", "limit=%201", "limit=", "limit=%D9%A1"),
        *("limit=0", "limit=" + "9" * 5000, "limit=1&limit=1", "limit[]=1", "refused=maybe"),
        *("cursor=%00", "cursor=%ff", "cursor=WzEuNV0", "cursor=" + "W" * 201, "=", "%zz"),
        "&".join(f"a{n}=1" for n in range(101)),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused(cafe: world.Place, query: str) -> None:
    told = ask("GET", f"/events?{query}", key=cafe.owner)
    assert told.status == 422, told.raw
    assert told.json["errors"][0]["pointer"].startswith("/query")


def test_no_method_stands_for_another(cafe: world.Place) -> None:
    for method in ("TRACE", "CONNECT", "PUT", "get", "PROPFIND"):
        assert ask(method, "/business", key=cafe.owner).status == 405
    override = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
    told = ask("GET", "/customers/external:alice", key=cafe.owner, headers=override)
    assert told.status == 200
    assert ask("HEAD", "/business", key=cafe.owner).raw == b""
    assert ask("OPTIONS", "/business").status == 204


# --- credentials ---------------------------------------------------------------------------------


def test_whoever_is_gone_is_refused_at_once(cafe: world.Place) -> None:
    key = ApiKey.objects.get(business=cafe.business, scope="till")
    assert ask("GET", "/tiers", key=cafe.cashier).status == 200
    type(cafe.diego).objects.filter(pk=cafe.diego.pk).update(active=False)
    keys.revoke(key, by=None, at=world.now())
    Customer.objects.filter(pk=cafe.alice).update(binned_at=world.now())
    told = [ask("GET", "/tiers", key=one) for one in (cafe.till, cafe.cashier, cafe.member)]
    nobody = ask("GET", "/tiers", key="hk_till_" + "A" * 43)
    assert [one.status for one in told] == [401] * 3
    assert {one.raw for one in told} == {nobody.raw}, "a key that was is told like one never given"
    assert ask("GET", "/tiers", key=cafe.read).status == 200


def test_a_partner_that_is_no_more_brings_nothing(cafe: world.Place) -> None:
    start, end = world.PROGRAM.index("partners:"), world.PROGRAM.index("causes:")
    text = world.PROGRAM[:start] + world.PROGRAM[end:]
    told = ask("POST", "/programs", key=cafe.owner, body={"text": text})
    assert told.status == 201, told.raw
    number = Customer.objects.get(pk=cafe.bruno).member.number
    body = {**BOUGHT, "customer": f"number:{number}"}
    before = ask("GET", "/customers/external:bruno/balances", key=cafe.owner).json["units"]
    told = ask("POST", "/events", key=cafe.partner, body=body)
    after = ask("GET", "/customers/external:bruno/balances", key=cafe.owner).json["units"]
    assert told.status in (403, 409), told.raw
    assert after == before


# --- too often -----------------------------------------------------------------------------------


@pytest.fixture
def unspent() -> Iterator[None]:
    """What a test has used up of a caller's requests is given back."""
    yield
    limits.per_caller._buckets.clear()


def test_one_caller_s_flood_leaves_the_others_alone(cafe: world.Place, unspent: None) -> None:
    till = callers.callers([cafe.till], at=world.now())[cafe.till].named
    much = limits.per_caller.burst
    assert limits.per_caller.take(till, at=time.monotonic() + 3600, many=much) == 0
    for told in (
        ask("GET", "/business", key=cafe.till),
        ask("POST", "/events", key=cafe.till, body=BOUGHT),
        ask("DELETE", "/customers/external:alice", key=cafe.till),
    ):
        assert (told.status, told.json["code"]) == (429, "too_many")
        assert told.headers["Retry-After"] == "1"
        assert told.headers["RateLimit"].startswith('"caller";r=0;')
        assert "RateLimit-Policy" in told.headers
    for other in (
        ask("GET", "/business", key=cafe.owner),
        ask("POST", "/events", key=cafe.owner, body=BOUGHT),
    ):
        assert (other.status < 300, '"caller";r=' in other.headers["RateLimit"]) == (True, True)


def test_of_several_web_processes_each_allows_its_share() -> None:
    assert [limits.share(most, 4) for most in (1_000, 7, 1)] == [250, 1, 1]


def test_a_till_does_nothing_of_the_owner_s(cafe: world.Place) -> None:
    for one in routing.operations():
        if "owner" in one.may and "till" not in one.may:
            path = one.path
            for blank in getattr(one.where, "__struct_fields__", ()):
                path = path.replace(f"{{{blank}}}", "1")
            told = ask(one.method, path, key=cafe.till, body=one.example or {})
            assert told.status == 403 or one.body is None, (one.name, told.raw)
            assert told.status in (403, 422, 400, 415), (one.name, told.raw)
    for kind in sorted(set(KINDS.values()) - {"purchase", "visit", "refund", "action"}):
        told = ask("POST", "/events", key=cafe.till, body={**BOUGHT, "kind": kind})
        assert told.status in (403, 422), kind
