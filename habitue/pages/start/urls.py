"""The addresses of first run and the demo."""

from django.urls import path

from habitue.pages.start import checklist, demo, first_run, gallery, ready

urlpatterns = [
    path("start", first_run.shop, name="start"),
    path("start/derived", first_run.derived, name="start-derived"),
    path("start/sentence", first_run.promise, name="start-sentence"),
    path("start/preview", first_run.preview, name="start-preview"),
    path("start/ideas", gallery.gallery, name="start-ideas"),
    path("start/ideas/take", gallery.take, name="start-take"),
    path("start/ideas/<str:name>", gallery.one, name="start-idea"),
    path("start/save", first_run.save, name="start-save"),
    path("start/code", first_run.code, name="start-code"),
    path("start/ready", ready.ready, name="start-ready"),
    path("start/waiting", ready.waiting, name="start-waiting"),
    path("start/checklist/hide", checklist.hide, name="checklist-hide"),
    path("demo", demo.progress, name="demo"),
    path("demo/begin", demo.begin, name="demo-begin"),
    path("demo/look", demo.look, name="demo-look"),
    path("demo/leave", demo.leave, name="demo-leave"),
]
