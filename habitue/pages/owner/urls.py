"""The addresses of the owner's own pages."""

from django.urls import path

from habitue.pages.owner import (
    customers,
    export,
    more,
    posters,
    selection,
    today,
    todo,
)

urlpatterns = [
    path("", today.today, name="today"),
    path("today/lights", today.lights, name="today-lights"),
    path("today/aside/<slug:name>", todo.put_aside, name="today-aside"),
    path("go", more.go, name="go"),
    path("customers", customers.customers, name="customers"),
    path("customers.csv", export.export, name="customers-csv"),
    path("customers/selection", selection.ask, name="selection"),
    path("customers/selection/<slug:action>", selection.do, name="selection-do"),
    path("more", more.more, name="more"),
    path("posters", posters.posters, name="posters"),
    path("poster.pdf", posters.poster_pdf, name="poster"),
]
