"""The addresses of first run and the demo."""

from django.urls import path

from habitue.pages.start import demo, first_run

urlpatterns = [
    path("start", first_run.shop, name="start"),
    path("start/sentence", first_run.promise, name="start-sentence"),
    path("start/preview", first_run.preview, name="start-preview"),
    path("start/save", first_run.save, name="start-save"),
    path("start/code", first_run.code, name="start-code"),
    path("start/ready", first_run.ready, name="start-ready"),
    path("start/waiting", first_run.waiting, name="start-waiting"),
    path("demo", demo.progress, name="demo"),
    path("demo/begin", demo.begin, name="demo-begin"),
    path("demo/look", demo.look, name="demo-look"),
    path("demo/leave", demo.leave, name="demo-leave"),
]
