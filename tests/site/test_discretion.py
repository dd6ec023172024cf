"""What opens something is in no log: cards, tills, links that were mailed, doors of shops."""

import logging
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from habitue.site import discretion, settings

SECRET = "FsuwVe5hyVmqYsstfU87Ueee"
OPENING = re.compile("<str:(token|key|signed|text)>")
OTHER = re.compile("<[^>]+>")


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Every address with something secret in it."""
    for one in resolver.url_patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, address)
        elif isinstance(one, URLPattern) and OPENING.search(address):
            yield OTHER.sub("x", OPENING.sub(SECRET, address))


def test_no_address_that_holds_a_secret_is_written_out() -> None:
    found = list(addresses(get_resolver()))
    assert len(found) > 40
    for address in [*found, f"/k/{SECRET}", f"/K/{SECRET}"]:
        assert SECRET not in discretion.discreet(f"Not Found: {address}"), address
    kept = "Not Found: /customers/382879164843877632?page=2"
    assert discretion.discreet(kept) == kept


@pytest.mark.django_db
def test_a_card_that_is_refused_a_request_is_not_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert "'no_health', 'discreet'" in str(settings.LOGGING["handlers"])
    caplog.handler.addFilter(discretion.Discreet())
    with caplog.at_level(logging.WARNING):
        assert Client(enforce_csrf_checks=True).post(f"/c/{SECRET}").status_code == 403
    assert "/c/…" in caplog.text
    assert SECRET not in caplog.text
