"""The addresses of the measures."""

from django.urls import path

from habitue.pages.measures import (
    audiences,
    behind,
    cohorts,
    experiments,
    figure,
    leaks,
    numbers,
    overview,
    reports,
    satisfaction,
    scenario,
    segments,
    staying,
    together,
    worth,
)

urlpatterns = [
    path("measures", overview.overview, name="measures"),
    path("measures.json", numbers.numbers, name="measures-json"),
    path("measures/anew", reports.anew, name="measures-anew"),
    path("measures/cohorts", cohorts.cohorts, name="measures-cohorts"),
    path("measures/cohorts.csv", cohorts.sheet, name="measures-cohorts-csv"),
    path("measures/leaks", leaks.leaks, name="measures-leaks"),
    path("measures/leaks.csv", leaks.sheet, name="measures-leaks-csv"),
    path("measures/segments", segments.segments, name="measures-segments"),
    path("measures/segments/<slug:name>", segments.segment, name="measures-segment"),
    path("measures/segments/<slug:name>/audience", audiences.make, name="measures-audience"),
    path("measures/audiences", audiences.audiences, name="measures-audiences"),
    path("measures/audiences/<int:key>.csv", audiences.sheet, name="measures-audience-csv"),
    path("measures/experiments", experiments.experiments, name="measures-experiments"),
    path("measures/experiments/<slug:name>", experiments.experiment, name="measures-experiment"),
    path("measures/together", together.together, name="measures-together"),
    path("measures/scenario", scenario.what_if, name="measures-scenario"),
    path("measures/staying", staying.staying, name="measures-staying"),
    path("measures/satisfaction", satisfaction.satisfaction, name="measures-satisfaction"),
    path("measures/worth", worth.worth, name="measures-worth"),
    path("measures/customers/<slug:name>", behind.customers, name="measure-customers"),
    path("measures/customers/<slug:name>.csv", behind.sheet, name="measure-customers-csv"),
    path("measures/figure/<slug:name>", figure.figure, name="measure"),
    path("measures/figure/<slug:name>.csv", figure.sheet, name="measure-csv"),
]
