"""What goes with every answer, and what names may hold: headers, cookies, files, markup."""

from __future__ import annotations

import csv
import io
import re
from typing import Final

import pytest
from django.core import mail
from django.http import HttpResponseBase
from django.test import Client, override_settings
from django.utils import timezone

from habitue.members.models import Business, Customer, Staff
from habitue.pages.card import letters
from tests.pages.hostile import life, watching
from tests.pages.hostile.doors import DOORS
from tests.pages.hostile.life import Life

pytestmark = pytest.mark.django_db
NAMES: Final = (
    '"><img src=x onerror=alert(1)>',
    "</script><svg/onload=alert(1)>",
    "{{ 7*7 }}{% now 'Y' %}",
    '=HYPERLINK("http://x")',
    "\u202eمرحبا\u2066",
    "👩‍👩‍👧‍👦🇫🇷" * 6,
    "W" * 60,
)
OPEN: Final = {
    "join", "privacy", "goodbye", "design", "start-derived", "import-sample", "draw-record",
    "draw-public", "counter-kept", "counter-manifest", "counter-worker",
}  # fmt: skip
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY: Final = (
    "default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'",
    "frame-ancestors 'none'",
)  # fmt: skip


def browsers(ours: Life) -> dict[str, Client]:
    """By whose door: the browser that may open it."""
    owner = life.browser(ours.owner)
    return {
        "everybody": life.browser(), "card": life.browser(), "partner": life.browser(),
        "counter": life.phone(ours, ours.cashier, "4711"), "owner": owner, "chief": owner,
    }  # fmt: skip


def missing(name: str, answer: HttpResponseBase) -> list[str]:
    """What an answer lacks."""
    found = [
        f"{key}: {answer.get(key)}" for key, value in HEADERS.items() if answer.get(key) != value
    ]
    policy = answer.get("Content-Security-Policy", "")
    found += [part for part in POLICY if part not in policy]
    if "unsafe" in policy:
        found.append(policy)
    kept = answer.get("Cache-Control", "")
    if answer.status_code == 200 and name not in OPEN and "no-store" not in kept:
        found.append(f"Cache-Control: {kept}")
    return found


def test_every_answer_is_closed_to_frames_caches_and_foreign_scripts(ours: Life) -> None:
    known, wrong = browsers(ours), []
    for name, door in DOORS.items():
        for method in ("GET", "POST"):
            with watching.undone():
                answer = watching.ask(known[door.whose], method, door.path(name, ours))
            wrong += [f"{method} {name}: {lack}" for lack in missing(name, answer)]
            for cookie in answer.cookies.values():
                if cookie.value and (not cookie["httponly"] or cookie["samesite"] != "Lax"):
                    wrong.append(f"{method} {name}: cookie {cookie.key}")
    assert "\n".join(wrong) == ""


def renamed(ours: Life, name: str) -> None:
    """The shop and everybody in it are called that."""
    Business.objects.filter(pk=ours.shop.pk).update(name=name)
    Customer.objects.filter(business=ours.shop).update(name=name, note=name)
    Staff.objects.filter(business=ours.shop).update(name=name[:60])


def cells(content: bytes) -> list[str]:
    text = content.decode("utf-8-sig")
    dialect = ";" if text.partition("\n")[0].count(";") else ","
    return [cell for row in csv.reader(io.StringIO(text), delimiter=dialect) for cell in row]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_people_are_called_pages_stay_pages_and_files_files(ours: Life, name: str) -> None:
    renamed(ours, name)
    known, wrong = browsers(ours), []
    for each, door in DOORS.items():
        with watching.undone():
            answer = watching.ask(known[door.whose], "GET", door.path(each, ours))
            said = watching.body(answer)
        kind = answer.get("Content-Type", "")
        if answer.status_code >= 500:
            wrong.append(f"{each}: {answer.status_code}")
        if (
            ("html" in kind or "svg" in kind)
            and name[0] not in "W="
            and len(name) < 60
            and (re.search(r"<img src=x|<svg/onload", said) or "49" + "20" in said)
        ):
            wrong.append(f"{each}: markup")
        if kind.startswith("text/csv"):
            body = said.partition("\ufeff")[2].encode("utf-8-sig")
            wrong += [f"{each}: {cell}" for cell in cells(body) if cell.startswith(("=", "+", "@"))]
        disposition = answer.get("Content-Disposition", "")
        if not re.fullmatch(r'|(inline|attachment); filename="[\w.-]+"', disposition):
            wrong.append(f"{each}: {disposition}")
    assert "\n".join(wrong) == ""


def test_no_name_adds_a_header_to_a_letter(ours: Life) -> None:
    name = "Bar\r\nBcc: x@example.org\r\n\r\n<b>hello</b>"
    Business.objects.filter(pk=ours.shop.pk).update(name=name)
    Customer.objects.filter(pk=ours.alice.pk).update(name=name)
    ours.alice.refresh_from_db()
    mailed = ours.alice.identities.get(kind="email")
    for kind in ("card", "confirm", "moved"):
        letters.send(kind, mailed.pk, "https://x.example", now=timezone.now())
    letters.change(ours.alice, "new@example.org", "https://x.example")
    life.browser(ours.owner).post(
        "/settings/staff/invite", {"email": "new@example.org", "role": "manager"}
    )
    assert len(mail.outbox) == 5
    for one in mail.outbox:
        assert "Bcc" not in one.message()
        assert one.recipients() in (["new@example.org"], [mailed.value])


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_address_leads_away_from_here(ours: Life, to: str) -> None:
    known, wrong = browsers(ours), []
    for name, door in DOORS.items():
        query = "&".join(f"{key}={to}" for key in ("next", "back", "to", "url", "from"))
        with watching.undone():
            path = f"{door.path(name, ours)}?{query}"
            answer = watching.ask(known[door.whose], "GET", path)
            said = watching.body(answer)
        if answer.get("Location", "").startswith(to) or f'href="{to}' in said:
            wrong.append(f"{name}: {answer.get('Location', '')}")
    assert "\n".join(wrong) == ""
    for client in known.values():
        answer = client.post("/i18n/setlang/", {"language": "it", "next": to})
        assert "evil.example" not in answer.get("Location", "")


@override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True)
def test_a_worker_of_a_card_sees_no_other_page(ours: Life) -> None:
    for name in ("card-worker", "counter-worker"):
        path = DOORS[name].path(name, ours)
        answer = life.browser().get(path)
        scope = answer.get("Service-Worker-Allowed", path)
        assert path.startswith(scope), (path, scope)
        assert len(scope.split("/")[2]) > 10  # one card's, or one counter's own folder
