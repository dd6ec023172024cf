"""The addresses of the counter."""

from django.urls import path

from habitue.pages.counter import (
    entering,
    installing,
    newcomer,
    queue,
    scanning,
    sheet,
    shift,
    showing,
)

urlpatterns = [
    path("s/<str:key>", scanning.scan, name="counter"),
    path("s/<str:key>/in", entering.enter, name="counter-in"),
    path("s/<str:key>/out", entering.leave, name="counter-out"),
    path("s/<str:key>/kept", installing.kept, name="counter-kept"),
    path("s/<str:key>/app.webmanifest", installing.manifest, name="counter-manifest"),
    path("s/<str:key>/worker.js", installing.worker, name="counter-worker"),
    path("s/<str:key>/here", queue.here, name="counter-here"),
    path("s/<str:key>/device", queue.device, name="counter-device"),
    path("s/<str:key>/queue", queue.queue, name="counter-queue"),
    path("s/<str:key>/search", scanning.search, name="counter-search"),
    path("s/<str:key>/code", showing.show, name="till-show"),
    path("s/<str:key>/code/state", showing.state, name="till-state"),
    path("s/<str:key>/shift", shift.shift, name="shift"),
    path("s/<str:key>/new", newcomer.newcomer, name="newcomer"),
    path("s/<str:key>/new/<int:member>", newcomer.card, name="newcomer-card"),
    path("s/<str:key>/m/<int:member>", sheet.sheet, name="sheet"),
    path("s/<str:key>/m/<int:member>/stamp", sheet.stamp, name="stamp"),
    path("s/<str:key>/m/<int:member>/give", sheet.give, name="give"),
    path("s/<str:key>/m/<int:member>/use", sheet.use, name="use"),
    path("s/<str:key>/m/<int:member>/pay", sheet.pay, name="pay"),
    path("s/<str:key>/m/<int:member>/undo", sheet.undo, name="undo"),
]
