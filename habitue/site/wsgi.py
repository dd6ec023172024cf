"""The application as a web server calls it: the API's own door, and Django for everything else."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils.module_loading import import_string

from habitue.site import garbage, leash

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habitue.site.settings")
leash.die_with_parent()  # the server's own worker process must not outlive a killed server
_pages: Application = get_wsgi_application()
# Imported now and not above: its tables want Django set up.
_api: Application = import_string("habitue.api.application.application")
import_string("habitue.api.routing.operations")()  # what cannot be described is not opened
_guarded: Callable[[dict[str, Any]], Any] = import_string("habitue.site.bodies.guarded")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI: programs ask below /api/, people everywhere else."""
    environ["wsgi.input"] = _guarded(environ)
    if environ["PATH_INFO"].startswith("/api/"):
        close_old_connections()  # as Django does before each of its own requests
        return _api(environ, start_response)
    return _pages(environ, start_response)


garbage.settle()
