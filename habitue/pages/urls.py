"""The addresses of the pages: one list a room, and signing in."""

from django.urls import include, path

from habitue.pages import account, design

urlpatterns = [
    path("", include("habitue.pages.card.urls")),  # first: rooms are tried in turn
    path("", include("habitue.pages.counter.urls")),
    path("", include("habitue.pages.start.urls")),
    path("", include("habitue.pages.owner.urls")),
    path("", include("habitue.pages.person.urls")),
    path("", include("habitue.pages.settings.urls")),
    path("", include("habitue.pages.shops.urls")),
    path("", include("habitue.pages.program.urls")),
    path("", include("habitue.pages.imports.urls")),
    path("", include("habitue.pages.measures.urls")),
    path("design", design.design, name="design"),
    path("sign-in", account.sign_in, name="sign-in"),
    path("sign-in/code", account.sign_in_code, name="sign-in-code"),
    path("sign-in/passkey/ask", account.passkey_ask, name="passkey-ask"),
    path("sign-in/passkey", account.passkey, name="passkey"),
    path("sign-out", account.sign_out, name="sign-out"),
]
