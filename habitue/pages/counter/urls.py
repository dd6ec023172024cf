"""The addresses of the counter."""

from django.urls import path

from habitue.pages.counter import sheet

urlpatterns = [
    path("s/<str:key>", sheet.scan, name="counter"),
    path("s/<str:key>/in", sheet.enter, name="counter-in"),
    path("s/<str:key>/out", sheet.leave, name="counter-out"),
    path("s/<str:key>/search", sheet.search, name="counter-search"),
    path("s/<str:key>/m/<int:member>", sheet.sheet, name="sheet"),
    path("s/<str:key>/m/<int:member>/stamp", sheet.stamp, name="stamp"),
    path("s/<str:key>/m/<int:member>/give", sheet.give, name="give"),
    path("s/<str:key>/m/<int:member>/use", sheet.use, name="use"),
    path("s/<str:key>/m/<int:member>/pay", sheet.pay, name="pay"),
    path("s/<str:key>/m/<int:member>/undo", sheet.undo, name="undo"),
]
