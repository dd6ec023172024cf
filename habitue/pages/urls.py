"""The addresses of the pages."""

from django.urls import path

from habitue.pages import account, card, counter, demo, first_run, join, owner, today

urlpatterns = [
    path("", today.today, name="today"),
    path("customers", owner.customers, name="customers"),
    path("customers/<int:key>", owner.customer, name="customer"),
    path("settings", owner.settings, name="settings"),
    path("settings/pin/<int:key>", owner.new_pin, name="new-pin"),
    path("poster.pdf", owner.poster_pdf, name="poster"),
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
    path("sign-in", account.sign_in, name="sign-in"),
    path("sign-in/code", account.sign_in_code, name="sign-in-code"),
    path("sign-out", account.sign_out, name="sign-out"),
    path("j/<slug:slug>", join.join, name="join"),
    path("c/<str:token>", card.card, name="card"),
    path("c/<str:token>/code", card.code, name="card-code"),
    path("k/<str:code>", card.scanned, name="scanned"),
    path("s/<str:key>", counter.scan, name="counter"),
    path("s/<str:key>/in", counter.enter, name="counter-in"),
    path("s/<str:key>/out", counter.leave, name="counter-out"),
    path("s/<str:key>/search", counter.search, name="counter-search"),
    path("s/<str:key>/m/<int:member>", counter.sheet, name="sheet"),
    path("s/<str:key>/m/<int:member>/stamp", counter.stamp, name="stamp"),
    path("s/<str:key>/m/<int:member>/give", counter.give, name="give"),
    path("s/<str:key>/m/<int:member>/undo", counter.undo, name="undo"),
]
