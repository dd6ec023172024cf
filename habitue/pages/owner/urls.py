"""The addresses of the owner's own pages."""

from django.urls import path

from habitue.pages.owner import customer, customers, posters, settings, today

urlpatterns = [
    path("", today.today, name="today"),
    path("customers", customers.customers, name="customers"),
    path("customers/<int:key>", customer.customer, name="customer"),
    path("more", settings.more, name="more"),
    path("settings", settings.settings, name="settings"),
    path("settings/pin/<int:key>", settings.new_pin, name="new-pin"),
    path("poster.pdf", posters.poster_pdf, name="poster"),
]
