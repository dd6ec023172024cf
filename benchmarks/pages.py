"""The server's time for each page, as a ratio to an empty Django page behind the same middleware.

The empty page is a template without content on our base, as the page's own visitor gets it: an
owner's knows who is signed in; that of a card or of the page to join opens no session, because they
open none. A view that answers a constant and draws nothing is measured beside them.

A made-up shop with about a million purchases in three years and its report of figures, as the
worker makes it at night. Each page is asked for in this process, without a network, by the WSGI
application that the web process serves, compressed as every browser asks for it: a round asks for
the empty page, then for every page in turn, each warm. Ratios are of the medians of a round.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.measure import Row, Sample, Subject, rounds, show
from benchmarks.server import running

if TYPE_CHECKING:
    from habitue.members.models import Business

PURCHASES: Final = 1_000_000
PER_CUSTOMER: Final = 10
DAYS: Final = 1_096
ASKED: Final = 30
"""How often a page is asked for in a round."""

SIGNED_IN: Final = (
    """{% extends "pages/base.html" %}{% block title %}{{ user.email }}{% endblock %}"""
)
ANYBODY: Final = """{% extends "pages/base.html" %}"""
VISITORS: Final = ("card", "join")
"""Pages of whoever comes, without a session."""

GOALS: Final = {"today": 1 / 3, "card": 1 / 2}

_EVENTS: Final = """COPY ledger_event (customer_id, id, business_id, at, recorded_at, amount,
    business_date, kind, currency, what) FROM STDIN"""


def main(times: int, purchases: int = PURCHASES) -> None:
    """Measure and print."""
    with running("F"):
        pages, told = prepare(purchases)
        subjects = {
            name: Subject(name, _asks(page), GOALS.get(name)) for name, page in pages.items()
        }
        anybody = [subjects.pop(name) for name in ("visitor's empty", *VISITORS)]
        empty, constant, *owners = subjects.values()
        of_owners = rounds(times, empty, [constant, *owners])
        of_visitors = rounds(times, anybody[0], anybody[1:])
        bare = of_owners[1].client
        notes = [told, *_slower(of_owners, bare), *_slower(of_visitors, bare)]
        show("pages beside an empty page", [*of_owners, *of_visitors], notes)


def _slower(rows: list[Row], constant: float) -> list[str]:
    """How many times the empty page each is, by the clock and by processor time."""
    empty = rows[0].client
    return [
        f"{row.name}: {1 / row.ratio:.1f}× ({1 / row.highest:.1f}–{1 / row.lowest:.1f}) of "
        f"{rows[0].name}; processor {row.client / 1000:.2f} ms, {row.client / empty:.1f}×, "
        f"{row.client / constant:.0f}× of the constant"
        for row in rows
    ]


def prepare(purchases: int) -> tuple[dict[str, Callable[[], int]], str]:
    """A filled business, and a way to ask for each page; the empty one first."""
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpRequest, HttpResponse
    from django.template import engines
    from django.urls import path

    from habitue.site import urls

    signed_in, anybody = map(engines["django"].from_string, (SIGNED_IN, ANYBODY))

    def empty(request: HttpRequest) -> HttpResponse:
        return HttpResponse(signed_in.render({}, request))

    def visitors(request: HttpRequest) -> HttpResponse:
        return HttpResponse(anybody.render({}, request))

    def constant(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("<!doctype html><title>.</title>")

    urls.urlpatterns[:0] = [
        path("benchmarks/empty", empty),
        path("benchmarks/visitor", visitors),
        path("benchmarks/constant", constant),
    ]
    business = _business()
    count = fill(business, purchases)
    member, token = _member(business)
    cookie = _signed_in(business)
    _report(business)
    places = {
        "empty": "/benchmarks/empty",
        "constant": "/benchmarks/constant",
        "visitor's empty": "/benchmarks/visitor",
        "today": "/",
        "customers": "/customers",
        "customer": f"/customers/{member}",
        "card": f"/c/{token}",
        "join": f"/j/{business.slug}",
        "sheet": f"/s/{business.counter_key}/m/{member}",
        "scan": f"/s/{business.counter_key}",
        "program": "/program",
        "measures": "/measures",
        "settings": "/settings",
    }
    application = get_wsgi_application()
    public = ("visitor's empty", *VISITORS)
    pages = {
        name: _ask(application, place, "" if name in public else cookie)
        for name, place in places.items()
    }
    return pages, f"{count:,} purchases of {count // PER_CUSTOMER:,} customers"


def fill(business: Business, purchases: int) -> int:
    """A history until yesterday, written as the ledger would have, and everybody's life."""
    from django.db import connection

    from habitue.ledger import database, lives
    from habitue.members.models import Customer

    people = purchases // PER_CUSTOMER
    keys = [256 * (n + 1) for n in range(people)]
    Customer.objects.bulk_create(
        [Customer(id=key, business=business, name=f"Guest {key}") for key in keys], batch_size=5_000
    )
    first = datetime.now(UTC).date() - timedelta(DAYS)
    with connection.cursor() as cursor:
        with cursor.copy(_EVENTS) as copy:
            for row in _visits(np.random.default_rng(7), people, first, business.pk):
                copy.write_row(row)
        lives.recount(database.cursor(), keys)
        cursor.execute("VACUUM ANALYZE")
    return purchases


def _visits(chance: np.random.Generator, people: int, first: date, business: int) -> Any:
    """Everybody comes `PER_CUSTOMER` times, each at a rhythm of their own, in order of the days."""
    since = chance.uniform(0, DAYS, people)
    gap = chance.gamma(2.0, 20.0, people) + 2
    steps = np.cumsum(chance.exponential(gap[:, None], (people, PER_CUSTOMER)), axis=1)
    days = ((since[:, None] + steps) % DAYS).astype(int).ravel()
    amounts = chance.integers(200, 9_000, len(days))
    for number, place in enumerate(np.argsort(days, kind="stable").tolist(), 1):
        on, amount = first + timedelta(int(days[place])), int(amounts[place])
        at = datetime.combine(on, datetime.min.time(), UTC) + timedelta(hours=11)
        what = f'{{"type":"purchase","lines":[{{"amount":{amount}}}],"currency":"EUR"}}'
        who = 256 * (place // PER_CUSTOMER + 1)
        yield (who, 256 * number, business, at, at, amount, on, "purchase", "EUR", what)


def _business() -> Business:
    """A café whose eleventh coffee is free."""
    from habitue import ledger
    from habitue.members import businesses
    from habitue.pages.start import sentence

    made = businesses.create(name="Café des Amis", kind="cafe", country="FR")
    promise = sentence.Sentence(count=10, item="cafés", language="fr", head_start=True)
    ledger.publish(made.pk, sentence.program(promise, made))
    return made


def _member(business: Business) -> tuple[int, str]:
    """One member with a card and thirty stamps today; what they hold is posted."""
    from habitue import ledger
    from habitue.core import facts
    from habitue.members import ids
    from habitue.members.models import Customer
    from habitue.pages.card import join

    now = datetime.now(UTC)
    one = Customer.objects.create(id=ids.make(), business=business, name="Alice Martin")
    card = join.welcome(one, at=now)
    for _ in range(30):
        fact = ledger.Fact(customer=one.pk, at=now, what=facts.Visit(channel="counter"))
        ledger.post(business.pk, [fact], now=now)
    return one.pk, card.token


def _signed_in(business: Business) -> str:
    """The cookies of the owner's browser."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from habitue.members import staff

    user = User.objects.create_user("zoe@example.org", "zoe@example.org")
    staff.add_owner(business, user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def _report(business: Business) -> None:
    from habitue.metrics.report import VERSION
    from habitue.pages.program import studies
    from habitue.site import studying

    studying.run(studies.begin(business, studies.MeasuresAsked(VERSION)).pk)


def _ask(application: Any, place: str, cookie: str) -> Callable[[], int]:
    """Asks for a page; how many bytes came."""

    def once() -> int:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": place,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "HTTP_ACCEPT_LANGUAGE": "fr",
            "HTTP_ACCEPT_ENCODING": "gzip",
            "HTTP_COOKIE": cookie,
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
            "wsgi.url_scheme": "http",
            "REMOTE_ADDR": "127.0.0.1",
        }
        told: list[str] = []
        answer = application(environ, lambda status, headers: told.append(status))
        size = sum(len(part) for part in answer)
        answer.close()
        if not told[0].startswith("200"):
            raise AssertionError(f"{place} answers {told[0]}")
        return size

    return once


def _asks(page: Callable[[], int]) -> Callable[[], Sample]:
    """A round: the median time of so many requests, as requests a second."""

    def sample() -> Sample:
        took, cpu = [], time.process_time()
        for _ in range(ASKED):
            begin = time.perf_counter()
            page()
            took.append(time.perf_counter() - begin)
        used = (time.process_time() - cpu) / ASKED
        return Sample(1 / median(took), client=used * 1e6)

    return sample
