"""What is another's does not exist: every address tried by everybody whom it does not belong to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.http import HttpResponseBase
from django.test import Client

from tests.pages.hostile import doors, life, watching
from tests.pages.hostile.doors import DOORS, Door
from tests.pages.hostile.life import Life

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST")
REFUSED = (403, 404, 405)


class Try(NamedTuple):
    """One request by somebody, and what came of it."""

    who: str
    name: str
    method: str
    answer: HttpResponseBase
    wrote: set[str]

    def __str__(self) -> str:
        said = f"{self.answer.status_code} {self.answer.get('Location', '')}"
        return f"{self.who}: {self.method} {self.name}: {said} wrote {sorted(self.wrote)}"


def test_every_address_says_whose_it_is() -> None:
    assert sorted(DOORS) == sorted(set(doors.every()))


def tried(client: Client, who: str, name: str, path: str) -> Iterator[Try]:
    """Each method once; whatever it did is undone."""
    for method in METHODS:
        with watching.undone():
            before = watching.written()
            answer = watching.ask(client, method, path)
            yield Try(who, name, method, answer, watching.since(before))


def outsiders(ours: Life, theirs: Life) -> dict[str, Client]:
    """Everybody who is not the shop's owner or manager."""
    holder = life.browser()
    assert holder.get(f"/c/{ours.known['token']}").status_code == 200
    return {
        "nobody": life.browser(),
        "a member": holder,
        "a cashier of another shop": life.phone(theirs, theirs.cashier, "4711"),
        "a cashier": life.phone(ours, ours.cashier, "4711"),
        "a partner's till": life.phone(ours, ours.till, "4712"),
    }


def test_an_owner_s_page_leads_everybody_else_to_the_door(ours: Life, theirs: Life) -> None:
    wrong = []
    for who, client in outsiders(ours, theirs).items():
        for name, door in DOORS.items():
            if door.whose in ("owner", "chief"):
                for one in tried(client, who, name, door.path(name, ours)):
                    sent = (one.answer.status_code, one.answer.get("Location")) == (302, "/sign-in")
                    if not (sent or one.answer.status_code == 405) or one.wrote:
                        wrong.append(str(one))
    assert "\n".join(wrong) == ""


def test_another_shop_s_owner_finds_nothing_and_changes_nothing(ours: Life, theirs: Life) -> None:
    client, wrong = life.browser(theirs.owner), []
    for name, door in DOORS.items():
        for one in tried(client, "another owner", name, door.path(name, ours)):
            if door.whose in ("owner", "chief") and door.sealed:
                fine = one.answer.status_code in REFUSED and not one.wrote
            elif door.whose == "counter":
                fine = one.answer.status_code in (302, 405) and not one.wrote
            else:  # a page of their own, or anybody's
                fine = one.answer.status_code < 500
            if door.whose in ("owner", "chief", "counter"):
                said = watching.body(one.answer)
                fine = fine and not any(word in said for word in ours.secret)
            if not fine:
                wrong.append(str(one))
    assert "\n".join(wrong) == ""


def test_a_manager_does_not_reach_people_keys_and_backups(ours: Life) -> None:
    client, wrong = life.browser(ours.manager), []
    for name, door in DOORS.items():
        if door.whose == "chief":
            for one in tried(client, "a manager", name, door.path(name, ours)):
                if one.answer.status_code not in (403, 405) or one.wrote:
                    wrong.append(str(one))
    assert "\n".join(wrong) == ""


INSIDE = ("a cashier", "a partner's till")


def test_the_counter_lets_in_nobody_else(ours: Life, theirs: Life) -> None:
    wrong, to = [], f"/s/{ours.shop.counter_key}/in"
    for who, client in outsiders(ours, theirs).items():
        for name in _at_counter() if who not in INSIDE else ():
            for one in tried(client, who, name, DOORS[name].path(name, ours)):
                sent = (one.answer.status_code, one.answer.get("Location")) == (302, to)
                if not (sent or one.answer.status_code == 405) or one.wrote:
                    wrong.append(str(one))
    assert "\n".join(wrong) == ""


def test_a_counter_knows_nobody_of_another_shop_and_a_partner_s_till_nobody_s_name(
    ours: Life, theirs: Life
) -> None:
    wrong, known = [], outsiders(ours, theirs)
    mixed = Life(**vars(ours) | {"known": ours.known | {"customer": theirs.alice.pk}})
    for who in INSIDE:
        for name in _at_counter("member"):
            for one in tried(known[who], who, name, DOORS[name].path(name, mixed)):
                if one.answer.status_code not in (404, 405) or one.wrote:
                    wrong.append(str(one))
    till = known["a partner's till"]
    for name in _at_counter():
        for one in tried(till, "a partner's till", name, DOORS[name].path(name, ours)):
            if "Zanzibar" in watching.body(one.answer):
                wrong.append(f"{one} names a member")
    assert "\n".join(wrong) == ""


def _at_counter(word: str = "key") -> list[str]:
    """The addresses of the counter that have this word."""
    return [name for name, door in DOORS.items() if door.whose == "counter" and word in door.names]


def damaged(door: Door, life: Life) -> Life:
    """The same address with its secret word one letter off."""
    word = next(iter(door.names))
    value = str(life.known[door.names[word]])
    other = "A" if value[5] != "A" else "B"
    changed = {door.names[word]: value[:5] + other + value[6:]}
    return Life(**vars(life) | {"known": life.known | changed})


def test_a_secret_address_that_is_one_letter_off_opens_nothing(ours: Life) -> None:
    client, wrong = life.browser(), []
    for name, door in DOORS.items():
        if door.whose in ("card", "partner", "counter") or "signed" in door.names:
            for one in tried(client, "nobody", name, door.path(name, damaged(door, ours))):
                if one.answer.status_code not in (404, 405) or one.wrote:
                    wrong.append(str(one))
    assert "\n".join(wrong) == ""
