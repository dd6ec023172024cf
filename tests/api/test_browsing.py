"""The page a developer reads: it holds together, and what it says to type works."""

from __future__ import annotations

import html
import json
import re
import shlex
from typing import Final

import pytest

from habitue.api import browsing, document, routing
from tests.api import world
from tests.api.asking import ask
from tests.docs.test_api import curl

CODE: Final = re.compile(r"<pre[^>]*><code>(.*?)</code></pre>", re.DOTALL)


def page() -> str:
    answer = browsing.answer(routing.PREFIX)
    assert answer is not None
    return answer.body.decode()


def shown() -> list[str]:
    """Every block of code."""
    return [html.unescape(block) for block in CODE.findall(page())]


def test_every_link_within_the_page_leads_somewhere_and_every_anchor_is_one() -> None:
    ids = re.findall(r'\bid="([^"]+)"', page())
    assert len(set(ids)) == len(ids)
    links = set(re.findall(r'href="#([^"]+)"', page()))
    assert links - set(ids) == set()
    assert len(links) > 200


def test_every_operation_and_shape_is_on_it() -> None:
    whole = document.document()
    for path, methods in whole["paths"].items():
        for said in methods.values():
            assert f'<article id="{said["operationId"]}"' in page(), path
    for name in whole["components"]["schemas"]:
        assert f'<article id="schema-{name}"' in page()


def test_a_call_to_copy_holds_what_its_body_must_hold() -> None:
    """Also where there is no example: a voucher's code or a PIN is whoever's it is."""
    schemas = document.document()["components"]["schemas"]
    bodies = {
        line.split("$HABITUE")[1].split('"')[0]: json.loads(shlex.split(call)[-1])
        for call in shown()
        if call.startswith("curl -X POST") and " -d " in call
        for line in call.splitlines()[:1]
    }
    for path, name in (("/vouchers/use", "NewVoucherUse"), ("/webhooks", "NewEndpoint")):
        assert bodies[f"{routing.PREFIX}{path}"].keys() >= set(schemas[name]["required"])


def test_nothing_runs_and_nothing_comes_from_elsewhere() -> None:
    answer = browsing.answer(routing.PREFIX)
    assert answer is not None
    policy = dict(answer.headers)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert not re.findall(r"<script|<style|\bstyle=|\bon\w+=|src=|href=.https?:", page())


def test_marks_of_the_descriptions_became_tags() -> None:
    text = re.sub(r"<[^>]+>", "", CODE.sub("", page()))
    assert not re.findall(r"\*\*|`", text)
    assert "<code>Idempotent-Replayed</code>" in page()


def test_text_of_the_document_is_no_markup() -> None:
    assert browsing._marked("a <b> & `x<y`") == "a &lt;b&gt; &amp; <code>x&lt;y</code>"


@pytest.mark.django_db
def test_the_five_minutes_work(cafe: world.Place) -> None:
    lines = [block for block in shown() if "Bearer $KEY" in block]
    first = [
        line.replace("\\\n", "") for line in lines if line.startswith('curl -X POST "$HABITUE')
    ]
    start = [
        line for line in first if '"42"' in line or "external:42" in line or "2026-0001" in line
    ]
    assert len(start) == 4
    for line in start:
        told = curl(line, cafe.till)
        assert told.status in (200, 201), told.raw
    balance = ask("GET", "/customers/external:42/balances", key=cafe.till).json
    assert next(one["usable"] for one in balance["units"] if one["unit"] == "points") == "10"


def test_every_call_can_be_pasted_into_a_shell() -> None:
    bodies = 0
    for block in shown():
        if block.startswith("curl"):
            words = shlex.split(block.replace("\\\n", ""))
            if "-d" in words:
                json.loads(words[words.index("-d") + 1])
                bodies += 1
    assert bodies > 30
