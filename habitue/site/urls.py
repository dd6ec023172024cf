"""Which room answers which address."""

from django.urls import include, path

from habitue.site import health

urlpatterns = [
    path("health", health.health),
    path("ready", health.ready),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("", include("habitue.pages.urls")),
]
