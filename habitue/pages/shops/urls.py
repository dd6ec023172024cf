"""The addresses of connected shops."""

from django.urls import path

from habitue.pages.shops import begin, ending, listing, one

urlpatterns = [
    path("settings/shops", listing.shops, name="shops"),
    path("settings/shops/new/<slug:kind>", begin.begin, name="shop-new"),
    path("settings/shops/<int:key>", one.one, name="shop-connection"),
    path("settings/shops/<int:key>/keys", one.keys, name="shop-keys"),
    path("settings/shops/<int:key>/secret", one.secret, name="shop-secret"),
    path("settings/shops/<int:key>/ask", one.ask, name="shop-ask"),
    path("settings/shops/<int:key>/messages/<int:message>/again", one.again, name="shop-again"),
    path("settings/shops/<int:key>/disconnect", ending.disconnect, name="shop-disconnect"),
]
