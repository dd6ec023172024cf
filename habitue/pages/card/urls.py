"""The addresses of the customer's pages."""

from django.urls import path

from habitue.pages.card import card, join

urlpatterns = [
    path("c/<str:token>/certificate/<slug:cause>/<int:year>.pdf", card.proof, name="certificate"),
    path("j/<slug:slug>", join.join, name="join"),
    path("c/<str:token>", card.card, name="card"),
    path("c/<str:token>/code", card.code, name="card-code"),
    path("k/<str:code>", card.scanned, name="scanned"),
]
