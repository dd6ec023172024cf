"""Which room answers which address."""

from django.urls import include, path

from habitue.site import health

urlpatterns = [
    path("health", health.health),
    path("ready", health.ready),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("habitue.connectors.urls")),
    path("", include("habitue.pages.urls")),
]

handler400 = "habitue.pages.errors.bad_request"
handler403 = "habitue.pages.errors.forbidden"
handler404 = "habitue.pages.errors.not_found"
handler500 = "habitue.pages.errors.broken"
