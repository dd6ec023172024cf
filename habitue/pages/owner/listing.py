"""Customers as an owner lists them: searched, grouped, in an order, by pages; the same for bulk.

No page counts customers: how many are in a group was counted this morning (`glance`). Lives and
stages are kept, so that no list reads a history.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from habitue.members import searching
from habitue.members.models import Business
from habitue.metrics.segments import catalogue
from habitue.pages import events, naming, words
from habitue.pages.owner import glance
from habitue.pages.templatetags import words as say

PAGE: Final = 50
SOON: Final = 14
"""Days within which a birthday is soon."""

MONTH: Final = 30
"""After so many days the last visit is told in months, then in years."""

Sort = Literal["newest", "visit", "visits", "name"]

STAGES: Final = {"new": "new", "regular": "regular", "risk": "slipping", "lost": "lost"}
"""Groups that are stages of `metrics.segments.lifecycle`, under the names addresses have."""

GROUPS: Final = ("new", "regular", "vip", "risk", "lost", "birthday", "silent", "strangers")
HIDDEN: Final = ("lapsing",)
"""Groups that only Today leads to."""

_ORDERS: Final[dict[Sort, str]] = {
    "newest": "customer.id DESC",
    "visit": "life.last_on DESC NULLS LAST, customer.id DESC",
    "visits": "coalesce(life.orders, 0) DESC, customer.id DESC",
    "name": "customer.name = '', lower(customer.name), customer.id",
}

_STAGE: Final = """EXISTS (SELECT FROM outreach_stage stage
    WHERE stage.customer_id = customer.id AND stage.business_id = %(business)s AND {which})"""

_WHERE: Final = {
    **dict.fromkeys(STAGES, _STAGE.format(which="stage.stage = %(stage)s")),
    "vip": _STAGE.format(which="stage.vip"),
    "birthday": "100 * customer.birth_month + customer.birth_day = ANY (%(birthdays)s)",
    "silent": """NOT EXISTS (SELECT FROM members_consent yes
        WHERE yes.customer_id = customer.id AND yes.purpose = 'marketing' AND yes.granted
          AND NOT EXISTS (SELECT FROM members_consent later
            WHERE later.customer_id = yes.customer_id AND later.purpose = yes.purpose
              AND later.channel = yes.channel AND (later.at, later.id) > (yes.at, yes.id)))""",
    "strangers": """NOT EXISTS (SELECT FROM members_member member
        WHERE member.customer_id = customer.id)""",
    "lapsing": f"""customer.id IN (
        SELECT account.customer_id FROM ledger_account account WHERE {glance.LAPSES})""",
}

_ROWS: Final = """
SELECT customer.id, customer.name, life.last_on, coalesce(life.orders, 0), member.number,
    stage.stage, coalesce(stage.vip, false)
FROM members_customer customer
LEFT JOIN ledger_life life ON life.customer_id = customer.id
LEFT JOIN members_member member ON member.customer_id = customer.id
LEFT JOIN outreach_stage stage ON stage.customer_id = customer.id
WHERE customer.id = ANY (%(keys)s) AND customer.business_id = %(business)s
ORDER BY array_position(%(keys)s::bigint[], customer.id)"""


class View(Struct, frozen=True):
    """What is asked for: a search, a group (or all), an order."""

    q: str = ""
    group: str = ""
    sort: Sort = "newest"


class Person(Struct, frozen=True):
    """One row: the name or, without one, a number; when they came last and how often, in words."""

    key: str
    name: str
    about: str
    visits: int
    stage: str
    vip: bool


class Page(Struct, frozen=True):
    """A page of the list; `more` where another one follows."""

    people: tuple[Person, ...]
    number: int
    more: bool


def asked(given: QueryDict) -> View:
    """The view that an address asks for; what it cannot mean is left out."""
    group, text = given.get("group", ""), given.get("q", "").strip()[: searching.MOST]
    sorts: dict[str, Sort] = {name: name for name in _ORDERS}
    return View(
        q="".join(letter for letter in text if letter.isprintable()),
        group=group if group in GROUPS + HIDDEN else "",
        sort=sorts.get(given.get("sort", ""), "newest"),
    )


def page(business: Business, view: View, number: int, *, now: datetime) -> Page:
    """A page of a view, the last that there is if it has not so many."""
    keys = _keys(business, view, now=now, limit=PAGE + 1, offset=(number - 1) * PAGE)
    people = tuple(_people(business, keys[:PAGE], now=now))
    return Page(people, number, len(keys) > PAGE)


def find(business: Business, text: str, *, most: int, now: datetime) -> list[Person]:
    """The first customers that answer to a few letters."""
    return _people(business, _keys(business, View(q=text), now=now, limit=most), now=now)


def keys(business: Business, view: View, *, now: datetime, most: int) -> list[int]:
    """The numbers of the customers of a view, ascending; at most so many."""
    return sorted(_keys(business, view, now=now, limit=most))


def chosen(business: Business, customers: list[int]) -> list[int]:
    """Those of these customers who are there, ascending."""
    sql = f"""SELECT customer.id FROM members_customer customer
        WHERE {searching.PRESENT} AND customer.id = ANY (%(keys)s) ORDER BY customer.id"""
    rows = events.query(sql, {"business": business.pk, "keys": customers})
    return [key for (key,) in rows]


def title(group: str) -> str:
    """What a group is called; stages as the measures call them."""
    if group in STAGES or group == "vip":
        return catalogue.get(STAGES.get(group, group)).title[words.language()]
    titles = {
        "birthday": _("Birthday soon"),
        "silent": _("No consent"),
        "strangers": _("Not a member"),
        "lapsing": _("Something about to expire"),
    }
    return titles.get(group, "")


def _keys(
    business: Business, view: View, *, now: datetime, limit: int, offset: int = 0
) -> list[int]:
    """The numbers of customers of a view, in its order."""
    day = glance.today(business, now)
    values: dict[str, Any] = {
        "business": business.pk,
        "stage": STAGES.get(view.group),
        "birthdays": _birthdays(day) if view.group == "birthday" else None,
        "today": day,
        "until": day + glance.LAPSING,
        "limit": limit,
        "offset": offset,
    }
    where = [searching.PRESENT, *([_WHERE[view.group]] if view.group else [])]
    if view.q:
        found = searching.search(business, view.q)
        values |= found.values
        where.append(found.sql)
    life = "" if view.sort in ("newest", "name") else _LIFE
    sql = f"""SELECT customer.id FROM members_customer customer {life}
        WHERE {" AND ".join(where)}
        ORDER BY {_ORDERS[view.sort]} LIMIT %(limit)s OFFSET %(offset)s"""
    return [key for (key,) in events.query(sql, values)]


_LIFE: Final = "LEFT JOIN ledger_life life ON life.customer_id = customer.id"


def _birthdays(day: date) -> list[int]:
    """The coming days as month and day; the 29th of February is kept on the 28th in other years."""
    coming = [day + timedelta(days) for days in range(SOON + 1)]
    found = {100 * one.month + one.day for one in coming}
    return sorted(found | ({229} if 228 in found else set()))


def _people(business: Business, keys: list[int], *, now: datetime) -> list[Person]:
    if not keys:
        return []
    rows = events.query(_ROWS, {"keys": keys, "business": business.pk})
    nameless = naming.numbers(business, [row[0] for row in rows if not row[1]])
    day = glance.today(business, now)
    return [
        Person(
            key=str(key),
            name=name or nameless.get(key, ""),
            about=_about(last, visits, number if name else None, day),
            visits=visits,
            stage=stage or "",
            vip=vip,
        )
        for key, name, last, visits, number, stage, vip in rows
    ]


def _about(last: date | None, visits: int, number: str | None, day: date) -> str:
    """When they came last, how often in all, and their card's number."""
    parts = [_last(last, day)]
    if visits:
        text = ngettext("%(count)s visit", "%(count)s visits", visits)
        parts.append(text % {"count": say.count(visits)})
    if number:
        parts.append(_("card %(number)s") % {"number": f"{number[:4]} {number[4:]}"})
    return " · ".join(parts)


def _last(last: date | None, day: date) -> str:
    if last is None:
        return _("no visit yet")
    days = (day - last).days
    if days <= 0:
        return _("here today")
    if days == 1:
        return _("here yesterday")
    if days <= MONTH:
        text = ngettext("here %(days)s day ago", "here %(days)s days ago", days)
        return text % {"days": say.count(days)}
    return _("here %(ago)s") % {"ago": say.long_ago(timedelta(days))}
