"""One attempt at a real receiver: signed, bounded in time and size, to the checked address only."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from habitue.connectors.webhooks import delivering, retrying, signing
from habitue.connectors.webhooks.delivering import Letter, Outcome
from tests.connectors.webhooks.conftest import PATIENCE, Receiver, Request, answers, hang

BODY = '{"type":"event.posted","data":{"kind":"purchase","place":"Café"}}'


def letter(url: str, *secrets: str) -> Letter:
    keys = secrets or (signing.new_secret(),)
    return Letter(77, 1, 5, url, keys, BODY, 0, None)


def send(one: Letter, *, timeout: float = PATIENCE) -> Outcome:
    return delivering.send(one, at=datetime.now(UTC), loopback=True, timeout=timeout)


def test_the_standards_own_library_knows_a_message_as_ours(receiver: Receiver) -> None:
    secret = signing.new_secret()
    outcome = send(letter(receiver.url, secret))
    assert (outcome.arrived, outcome.status, outcome.error) == (True, 204, "")
    ((headers, body),) = receiver.got
    assert body == BODY.encode()
    assert headers["webhook-id"] == "msg_77"
    assert headers["Content-Type"] == "application/json"
    assert headers["Host"] == receiver.url.split("/")[2]
    assert Webhook(secret).verify(body, headers)["data"]["place"] == "Café"
    for wrong in (body.replace(b"purchase", b"refund"), b"{}"):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(wrong, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, {**headers, "webhook-id": "msg_78"})


def test_two_secrets_sign_both(receiver: Receiver) -> None:
    old, new = signing.new_secret(), signing.new_secret()
    send(letter(receiver.url, new, old))
    ((headers, body),) = receiver.got
    for secret in (old, new):
        assert Webhook(secret).verify(body, headers)


def test_a_signature_is_of_its_own_moment() -> None:
    secret = signing.new_secret()
    before = datetime.now(UTC) - timedelta(minutes=6)
    headers = signing.headers("msg_1", BODY, at=before, secrets=[secret])
    with pytest.raises(WebhookVerificationError, match="old"):
        Webhook(secret).verify(BODY, headers)


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_any_other_answer_is_none(receiver: Receiver, status: int) -> None:
    receiver.answer = answers(status, b"no\x00, \xff<b>")
    outcome = send(letter(receiver.url))
    assert (outcome.arrived, outcome.status, outcome.answer) == (False, status, "no , \ufffd<b>")


def test_a_redirect_is_not_followed(receiver: Receiver, other: Receiver) -> None:
    for status in (301, 302, 307, 308):
        receiver.answer = answers(status, Location=other.url)
        outcome = send(letter(receiver.url))
        assert (outcome.arrived, outcome.status) == (False, status)
    assert other.got == []


def test_an_answer_without_end_is_read_no_further_than_it_is_shown(receiver: Receiver) -> None:
    sent = 0

    def pour(handler: Request) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.end_headers()
        for _ in range(2_000):
            handler.wfile.write(b"x" * 100_000)
            sent += 100_000

    receiver.answer = pour
    outcome = send(letter(receiver.url))
    assert outcome.milliseconds < 1_000 * PATIENCE / 2
    assert (outcome.arrived, len(outcome.answer)) == (True, delivering.KEPT)
    time.sleep(0.05)
    assert sent < 20_000_000


def test_a_receiver_that_hangs_is_left(receiver: Receiver) -> None:
    receiver.answer = hang
    began = time.monotonic()
    outcome = send(letter(receiver.url), timeout=0.3)
    assert (outcome.error, outcome.status) == ("timeout", 0)
    assert time.monotonic() - began < PATIENCE / 2


def test_a_receiver_that_drips_is_left_too(receiver: Receiver) -> None:
    """Each byte comes in time; all of them together do not."""

    def drip(handler: Request) -> None:
        for one in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 2_000:
            handler.wfile.write(bytes([one]))
            if receiver.server.open.wait(0.05):
                return

    receiver.answer = drip
    began = time.monotonic()
    outcome = send(letter(receiver.url), timeout=0.4)
    assert outcome.error == "timeout"
    assert time.monotonic() - began < PATIENCE / 2


def test_the_status_counts_even_if_the_rest_never_comes(receiver: Receiver) -> None:
    def half(handler: Request) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "10")
        handler.end_headers()
        receiver.server.open.wait(PATIENCE)

    receiver.answer = half
    assert send(letter(receiver.url), timeout=2).arrived


def test_what_speaks_no_http_and_what_is_not_there_is_said(receiver: Receiver) -> None:
    def greet(handler: Request) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")

    receiver.answer = greet
    assert send(letter(receiver.url)).error == "no_http"
    receiver.answer = lambda _: None
    assert send(letter(receiver.url)).error == "no_http"
    assert send(letter("http://127.0.0.1:9/")).error == "no_connection"
    secure = receiver.url.replace("http:", "https:")
    assert send(letter(secure)).error in ("tls", "no_connection")


def test_a_name_that_means_another_address_by_now_is_asked_once_and_refused(
    receiver: Receiver,
) -> None:
    """Rebinding: the first look shows the open internet, the second one this machine."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["10.0.0.1"]

    url = receiver.url.replace("http://127.0.0.1", "https://shop.example")
    assert rebinding("made", 443)  # when the endpoint was made
    at = datetime.now(UTC)
    outcome = delivering.send(
        letter(url), at=at, loopback=False, resolve=rebinding, timeout=PATIENCE
    )
    assert outcome.error == "url_not_public"
    assert asked == ["made", "shop.example"]
    assert receiver.got == []


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side and a client's side of TLS, with a certificate for this name alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "server.pem"
    file.write_bytes(private + public)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=public.decode())


def test_the_connection_goes_to_the_checked_address_and_names_the_host(
    receiver: Receiver, tmp_path: Path
) -> None:
    named: list[str] = []
    server, client = certified(tmp_path, "shop.example")
    server.sni_callback = lambda _, name, __: named.append(name)
    receiver.server.socket = server.wrap_socket(receiver.server.socket, server_side=True)
    port = receiver.server.server_port
    at = datetime.now(UTC)
    for host, error in (("shop.example", ""), ("other.example", "tls")):
        one = letter(f"https://{host}:{port}/hook?x=1")
        outcome = delivering.send(
            one,
            at=at,
            loopback=True,
            resolve=lambda *_: ["127.0.0.1"],
            trust=client,
            timeout=PATIENCE,
        )
        assert outcome.error == error
    ((headers, _),) = receiver.got
    assert (headers["Host"], headers["path"]) == (f"shop.example:{port}", "/hook?x=1")
    assert named == ["shop.example", "other.example"]


def test_pauses_grow_and_end_after_three_days() -> None:
    first = now = datetime(2026, 3, 2, tzinfo=UTC)
    pauses: list[float] = []
    again: datetime | None = now
    while again is not None:
        again = retrying.next_at(len(pauses) + 1, first=first, now=now, chance=0.5)
        if again:
            pauses.append((again - now).total_seconds())
            now = again
    assert pauses[:5] == [5, 15, 45, 135, 405]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 8 * 3600
    assert timedelta(days=2.5) < now - first <= timedelta(days=3)
    one = {retrying.next_at(3, first=first, now=first, chance=chance / 4) for chance in range(5)}
    assert {round((at - first).total_seconds()) for at in one if at} == {36, 40, 45, 50, 54}
