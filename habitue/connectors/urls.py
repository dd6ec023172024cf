"""The addresses at which other systems tell something."""

from django.urls import path

from habitue.connectors.shops import receiving

urlpatterns = [
    path("hooks/<slug:kind>/<str:token>", receiving.receive, name="shop-hook"),
]
