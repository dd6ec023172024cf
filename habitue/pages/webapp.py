"""A page as an app on a phone: its manifest, and the worker that keeps it when no network is there.

An app keeps one page that holds nothing personal (`kept`), and the files that this page is made
of, found by reading it. Everything else comes from the network, and nothing else is ever kept.
The worker's version is a hash of what it keeps: a new release of any of it is a new worker.
"""

import functools
import hashlib
import json
import posixpath
import re
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from msgspec import Struct

ICONS: Final = (
    ("pages/icons/app-192.png", "192x192", "any"),
    ("pages/icons/app-512.png", "512x512", "any"),
    ("pages/icons/maskable-512.png", "512x512", "maskable"),
)
TOUCH_ICON: Final = "pages/icons/touch-180.png"  # what iOS puts on the home screen
WORKER: Final = "pages/worker.js"
_NAMED: Final = re.compile(r'(?:href|src)="([^"?#]+)')
_IMPORTED: Final = re.compile(r"""^(?:import|export)\b[^;'"]*?['"](\.[^'"]+)['"]""", re.MULTILINE)
_SHOWN: Final = re.compile(r"""url\(['"]?(?!data:|#)([^'")?#]+)""")
PAPER: Final = "#faf5ec"
BRICK: Final = "#8c3b22"


class App(Struct, frozen=True, kw_only=True):
    """One app. `scope` is the beginning of its addresses, without a slash at the end.

    `kept` is the address of the page that opens without a network.
    """

    name: str
    language: str
    scope: str
    kept: str
    short_name: str = ""


def manifest(app: App) -> HttpResponse:
    """What a phone asks for before it puts the app on its home screen."""
    shown = {
        "id": app.scope,
        "name": app.name,
        "short_name": app.short_name or app.name[:24],
        "lang": app.language,
        "start_url": app.scope,
        "scope": app.scope,
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": BRICK,
        "icons": [
            {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    }
    return JsonResponse(shown, content_type="application/manifest+json")


def worker(app: App, *, page: str) -> HttpResponse:
    """The worker's script, told what to keep; `page` is the kept page's text as it is now."""
    files = needed(page)
    told = {
        "version": _version(files, page),
        "scope": app.scope,
        "kept": app.kept,
        "files": [static(name) for name in files],
    }
    script = f"const APP = {json.dumps(told)};\n{_source(WORKER).decode()}"
    answer = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = app.scope
    answer["Cache-Control"] = "no-cache"
    return answer


def needed(page: str) -> list[str]:
    """The static files of a page, by name: those it names, and those that these name in turn."""
    found: list[str] = []
    waiting = [name for name in _NAMED.findall(page) if name.startswith(settings.STATIC_URL)]
    names = [name.removeprefix(settings.STATIC_URL) for name in waiting]
    while names:
        name = names.pop(0)
        if name not in found:
            found.append(name)
            names += _named_in(name)
    return sorted(found)


def _named_in(name: str) -> list[str]:
    """What a script imports, or a style sheet shows."""
    pattern = {".js": _IMPORTED, ".css": _SHOWN}.get(posixpath.splitext(name)[1])
    if pattern is None:
        return []
    folder = posixpath.dirname(name)
    return [
        posixpath.normpath(posixpath.join(folder, other))
        for other in pattern.findall(_source(name).decode())
    ]


def _version(files: list[str], page: str) -> str:
    hashed = hashlib.sha256(page.encode())
    for name in (*files, WORKER):
        hashed.update(name.encode() + b"\0" + _source(name))
    return hashed.hexdigest()[:16]


def _source(name: str) -> bytes:
    """A static file of the package; read once, but while somebody works on it."""
    return _read(name) if settings.DEBUG else _remembered(name)


def _read(name: str) -> bytes:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"no static file {name}")
    return Path(found).read_bytes()


_remembered = functools.cache(_read)
