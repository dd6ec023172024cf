"""Which room answers which address."""

import importlib.util

from django.urls import URLPattern, URLResolver, include, path

from habitue.site import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health.health),
    path("ready", health.ready),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
]
if importlib.util.find_spec("habitue.pages.urls"):
    urlpatterns.append(path("", include("habitue.pages.urls")))
