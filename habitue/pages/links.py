"""Addresses that leave the page: on posters, in QR codes and mails."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def absolute(request: HttpRequest, name: str, *args: object) -> str:
    """The full address of a page: under the public address where one is set, else as visited."""
    base = str(settings.HABITUE_ADDRESS)
    path = reverse(name, args=args)
    if base.startswith("https://"):
        return base + path
    return request.build_absolute_uri(path)


def only_here(request: HttpRequest) -> bool:
    """Whether this address means nothing to another device: a phone could not open it."""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    return host in ("localhost", "127.0.0.1", "::1") and not str(
        settings.HABITUE_ADDRESS
    ).startswith("https://")
