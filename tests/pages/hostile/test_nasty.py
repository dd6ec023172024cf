"""Nothing that anybody writes into a form or an address breaks a page, or does half of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import resolve

from tests.pages.hostile import life, watching
from tests.pages.hostile.doors import DOORS
from tests.pages.hostile.forms import Page
from tests.pages.hostile.life import Life

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
NASTY = [
    "\x00", "a\x00b", "%FF", "%ED%A0%80", "%C0%AF", "\u202eevil", "\u0000\ufeff", "1e300000",
    "1E+999999999", "-1", "0", "00", "9223372036854775807", "9223372036854775808", "9" * 400,
    "9" * 5_000, "-" + "9" * 30, "NaN", "Infinity", "-0.0", "1,5", "1.5.5", "٣", "²", "½", "0x10",
    "true", "[]", "{}", "[1,2]", "null", "' OR 1=1 --", "\"><img src=x onerror=alert(1)>",
    "{{ 7*7 }}", "{% load x %}", "%(x)s", "../../etc/passwd", "a\r\nBcc: x@example.org", "",
    " ", "x" * 20_000, "2026-02-30", "0000-00-00", "9999-12-31", "31/02", "29/02",
    "a@b", "é" * 300, "👩‍👩‍👧‍👦" * 40, "ß" * 254 + "@example.org", ":::",
    "a:1:99999999999999999999",
]  # fmt: skip
RAW = ("%FF", "%ED%A0%80", "%C0%AF")  # bytes that are no text, sent as they are
EACH = 3  # of them for each field, by chance that is always the same
# A wrong PIN counts, a wrong code too; what the rules refuse is an event without entries, and told.
MEANT = frozenset(
    {
        "members_staff",
        "members_coderefusal",
        "ledger_event",
        "ledger_reference",
        "ledger_outbox",
    }
)


def sent(fields: dict[str, str]) -> str:
    """The fields as they go over the wire."""
    return "&".join(
        f"{quote(name)}={value if value in RAW else quote(value)}" for name, value in fields.items()
    )


def doors(ours: Life) -> dict[str, Client]:
    """A browser for every door."""
    owner = life.browser(ours.owner)
    counter = life.phone(ours, ours.cashier, "4711")
    return {
        "everybody": life.browser(), "card": life.browser(), "partner": life.browser(),
        "counter": counter, "owner": owner, "chief": owner,
    }  # fmt: skip


def pages(ours: Life, browsers: dict[str, Client]) -> Iterator[tuple[Client, Page]]:
    """Every page that can be looked at."""
    for name, door in DOORS.items():
        path = door.path(name, ours)
        with watching.undone():
            answer = watching.ask(browsers[door.whose], "GET", path)
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            yield browsers[door.whose], Page(path, watching.body(answer))


def test_no_form_breaks_or_does_half_of_it(ours: Life) -> None:
    browsers, chance, wrong = doors(ours), random.Random(5), []
    forms = {
        (form.action, *sorted(form.fields)): (client, form)
        for client, page in pages(ours, browsers)
        for form in page.forms
        if form.method == "post" and not form.action.startswith(("/sign-out", "/i18n"))
    }
    assert len(forms) > 60
    whole = watching.fingerprint()
    for client, form in forms.values():
        for name in form.fields:
            if name == "csrfmiddlewaretoken":
                continue
            for value in chance.sample(NASTY, EACH):
                changed = form.fields | {name: value}
                with watching.undone():
                    before = watching.written()
                    answer = client.generic("POST", form.action, sent(changed), content_type=FORM)
                    status, wrote = answer.status_code, watching.since(before) - watching.COUNTS
                    half = 400 <= status < 500 and wrote - MEANT and watching.fingerprint() != whole
                    if status >= 500 or half:
                        wrong.append(f"{form.action} {name}={value[:30]!r}: {status} {wrote}")
    assert "\n".join(wrong) == ""


def test_no_question_in_an_address_breaks_a_page(ours: Life) -> None:
    browsers, chance, wrong = doors(ours), random.Random(7), []
    asked: dict[tuple[str, str], tuple[str, Client]] = {}
    for client, page in pages(ours, browsers):
        links = [*page.asked.items()]
        links += [(one.action, set(one.fields)) for one in page.forms if one.method == "get"]
        for path, names in links:
            path = path.partition("?")[0]
            if not path.startswith("/static"):
                asked |= {(resolve(path).view_name, name): (path, client) for name in names}
    assert len(asked) > 20
    for (_view, name), (path, client) in asked.items():
        for value in chance.sample(NASTY, EACH):
            with watching.undone():
                answer = client.get(f"{path}?{sent({name: value})}")
            if answer.status_code >= 500:
                wrong.append(f"{path} {name}={value[:30]!r}: {answer.status_code}")
    assert "\n".join(wrong) == ""


BODIES = [
    (b"\xff\xfe\x00", FORM), (b'{"device": "1", "actions": [{}]}', "application/json"),
    (b'{"device": "\\ud800", "actions": [1]}', "application/json"),
    (b'{"device": "1", "device": "2", "actions": [{"number": 1e300000}]}', "application/json"),
    (b"[" * 100_000, "application/json"), (b"x", "multipart/form-data"),
    (b"x", "multipart/form-data; boundary=\u00e9"),
    (b'--b\r\nContent-Disposition: form-data; name="file"; filename="..\x00"\r\n\r\nx\r\n--b--',
     "multipart/form-data; boundary=b"),
    (b"a=1&" * 2_000, FORM), (b"x", "text/xml; charset=utf-99"), (b"", ""),
]  # fmt: skip


def test_no_body_breaks_a_page(ours: Life) -> None:
    browsers, wrong = doors(ours), []
    chance = random.Random(3)
    for name, door in DOORS.items():
        all_of_them = name in ("counter-queue", "passkey", "settings-passkey-add", "import")
        for body, kind in BODIES if all_of_them else chance.sample(BODIES, EACH):
            with watching.undone():
                path = door.path(name, ours)
                answer = browsers[door.whose].generic("POST", path, body, content_type=kind)
            if answer.status_code >= 500:
                wrong.append(f"{name} {kind} {body[:20]!r}: {answer.status_code}")
    assert "\n".join(wrong) == ""


def test_ten_megabytes_are_refused_where_no_file_comes_in(ours: Life) -> None:
    browsers = doors(ours)
    large = b"a=" + b"x" * 10 * 1024 * 1024
    for name in ("join", "sign-in", "customer-edit", "counter", "counter-queue", "passkey"):
        door = DOORS[name]
        kind = "application/json" if name in ("counter-queue", "passkey") else FORM
        with watching.undone():
            path = door.path(name, ours)
            answer = browsers[door.whose].generic("POST", path, large, content_type=kind)
        assert 400 <= answer.status_code < 500, name
