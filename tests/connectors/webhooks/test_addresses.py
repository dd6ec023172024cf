"""Nothing is sent to this machine or the network around it, however the address is written."""

from __future__ import annotations

import ipaddress

import pytest

from habitue.connectors.webhooks import addresses
from habitue.connectors.webhooks.addresses import Refused, Target

OPEN = ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4007::200e"]
CLOSED = [
    "0.0.0.0",
    "10.0.0.1",
    "127.0.0.1",
    "127.9.9.9",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "172.16.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::5db8:d822",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:5db8:d822::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "feff::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", OPEN)
def test_the_open_internet_is_open(address: str) -> None:
    assert addresses.public(ipaddress.ip_address(address))
    found = addresses.check("https://x.example/", loopback=False, resolve=lambda *_: [address])
    assert isinstance(found, Target)
    assert found.address == address


@pytest.mark.parametrize("address", CLOSED)
def test_everything_else_is_closed(address: str) -> None:
    assert not addresses.public(ipaddress.ip_address(address))
    found = addresses.check("https://x.example/", loopback=False, resolve=lambda *_: [address])
    assert isinstance(found, Refused)
    assert found.code == "url_not_public"


def test_one_closed_address_among_open_ones_closes_the_host() -> None:
    both = ["1.1.1.1", "10.0.0.1"]
    found = addresses.check("https://x.example/", loopback=True, resolve=lambda *_: both)
    assert isinstance(found, Refused)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "url"),
        ("shop.example/hook", "url"),
        ("https://", "url"),
        ("https:///hook", "url"),
        ("https://shop.example/a b", "url"),
        ("https://shop.example\\@10.0.0.1/", "url"),
        ("https://shop.example/\x00", "url"),
        ("https://shop.example/\r\nHost: x", "url"),
        ("https://shop.exämple/", "url"),
        ("https://shop.example/#there", "url"),
        ("https://shop.example./", "url"),
        ("https://shop.example:99999/", "url"),
        ("https://[::1/", "url"),
        ("https://shop.example/" + "a" * 500, "url"),
        ("ftp://shop.example/", "url_scheme"),
        ("file:///etc/passwd", "url_scheme"),
        ("gopher://shop.example/", "url_scheme"),
        ("http://shop.example/", "url_scheme"),
        ("https://user@shop.example/", "url_user"),
        ("https://user:word@shop.example/", "url_user"),
        ("https://1.1.1.1@10.0.0.1/", "url_user"),
        ("https://shop.example:0/", "url_port"),
        ("https://shop.example:25/", "url_port"),
        ("https://shop.example:22/", "url_port"),
        ("https://localhost/", "url_not_public"),
        ("https://db.localhost/", "url_not_public"),
        ("https://printer.local/", "url_not_public"),
        ("https://metadata.google.internal/", "url_not_public"),
        ("https://metadata/", "url_not_public"),
        ("https://instance-data/", "url_not_public"),
    ],
)
def test_an_address_is_refused_with_a_reason(url: str, code: str) -> None:
    found = addresses.check(url, loopback=True, resolve=lambda *_: ["1.1.1.1"])
    assert isinstance(found, Refused)
    assert found.code == code
    assert found.sentence.endswith(".")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]", "0"],
)
def test_numbers_in_disguise_are_seen_through_by_the_systems_own_resolver(host: str) -> None:
    found = addresses.check(f"https://{host}/", loopback=False)
    assert isinstance(found, Refused)
    assert found.code in ("url_not_public", "url_host_unknown")


def test_a_host_that_is_not_there_is_said_to_be_unknown() -> None:
    def nowhere(*_: object) -> list[str]:
        raise OSError("no such host")

    def empty(*_: object) -> list[str]:
        return []

    for resolve in (nowhere, empty):
        found = addresses.check("https://x.example/", loopback=False, resolve=resolve)
        assert isinstance(found, Refused)
        assert found.code == "url_host_unknown"


def test_this_machine_is_a_receiver_only_under_the_setting() -> None:
    for url in ("http://127.0.0.1:8080/hook?x=1", "https://127.0.0.1:81/"):
        assert isinstance(addresses.check(url, loopback=False), Refused)
        assert isinstance(addresses.check(url, loopback=True), Target)
    target = addresses.check("http://127.0.0.1:8080/hook?x=1", loopback=True)
    assert target == Target("http", "127.0.0.1", 8080, "/hook?x=1", "127.0.0.1")
    assert target.authority == "127.0.0.1:8080"
    assert isinstance(addresses.check("http://10.0.0.1/", loopback=True), Refused)


def test_the_host_header_names_host_and_unusual_port() -> None:
    for url, said in (
        ("https://shop.example/", "shop.example"),
        ("https://shop.example:8443/", "shop.example:8443"),
        ("https://[2606:4700:4700::1111]:8443/", "[2606:4700:4700::1111]:8443"),
    ):
        found = addresses.check(url, loopback=False, resolve=lambda *_: ["1.1.1.1"])
        assert isinstance(found, Target)
        assert found.authority == said
