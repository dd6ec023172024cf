"""What there is to do today: at most three cards of one action each, the most pressing first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from msgspec import Struct

from habitue.members import ids
from habitue.members.models import Business
from habitue.pages import access, events
from habitue.pages.owner import glance
from habitue.pages.owner.glance import Morning
from habitue.pages.templatetags import words as say

MOST: Final = 3
LATELY: Final = timedelta(days=7)
COPIED: Final = 2
"""From how many refused codes of one card in `LATELY` on it looks copied."""

DONE: Final = "done_today"


class Card(Struct, frozen=True):
    """One thing to do: what it is about, in a sentence, and the one action."""

    id: str
    title: str
    said: str
    action: str
    to: str


class Signs(Struct, frozen=True):
    """What happened lately that asks for somebody. `pair`: the names of two who may be one."""

    worker: bool
    unhappy: tuple[str, int, int, str] | None
    copied: tuple[int, str, int] | None
    rejected: int
    pair: tuple[str, str] | None


# One statement, because the page is opened all day: is the worker alive; the newest low answer;
# the card whose codes were refused most; what the newest import left out; two who may be one.
_SIGNS: Final = """
SELECT
    (SELECT now() - max(last_heartbeat) < %(alive)s FROM procrastinate_workers),
    (SELECT json_build_array(answer.question, answer.score, answer.scale,
            coalesce(customer.name, ''))
        FROM members_answer answer LEFT JOIN members_customer customer
            ON customer.id = answer.customer_id AND customer.binned_at IS NULL
        WHERE answer.business_id = %(business)s AND answer.question IN ('nps', 'csat', 'ces')
          AND answer.answered_on > %(day)s
          AND CASE answer.question WHEN 'nps' THEN answer.score <= 6
              ELSE 5 * answer.score <= 2 * answer.scale END
        ORDER BY answer.answered_on DESC, answer.id DESC LIMIT 1),
    (SELECT json_build_array(card.customer_id, customer.name, count(*))
        FROM members_coderefusal refusal
        JOIN members_card card ON card.id = refusal.card_id
        JOIN members_customer customer ON customer.id = card.customer_id
        WHERE refusal.business_id = %(business)s AND refusal.at > %(since)s
          AND refusal.reason IN ('used', 'stale') AND customer.binned_at IS NULL
        GROUP BY card.customer_id, customer.name HAVING count(*) >= %(copied)s
        ORDER BY count(*) DESC LIMIT 1),
    (SELECT (what->>'rejected')::integer FROM (
        SELECT what FROM members_journalline
        WHERE business_id = %(business)s AND id > %(oldest)s AND kind = 'import'
        ORDER BY id DESC LIMIT 1) AS newest),
    (SELECT json_build_array(one.name, other.name)
        FROM unnest(%(ones)s::bigint[], %(others)s::bigint[]) AS pair (one_id, other_id)
        JOIN members_customer one ON one.id = one_id AND one.merged_into_id IS NULL
            AND one.binned_at IS NULL AND one.erased_at IS NULL
        JOIN members_customer other ON other.id = other_id AND other.merged_into_id IS NULL
            AND other.binned_at IS NULL AND other.erased_at IS NULL
        WHERE NOT EXISTS (SELECT FROM members_journalline line
            WHERE line.business_id = %(business)s AND line.kind = 'distinct'
              AND line.customer_id = least(one_id, other_id)
              AND line.what->>'other' = greatest(one_id, other_id)::text)
        LIMIT 1)"""


def signs(business: Business, morning: Morning, now: datetime, *, alive: timedelta) -> Signs:
    """What happened lately; `alive` is how old the worker's last sign of life may be."""
    since = now - LATELY
    values: dict[str, Any] = {
        "business": business.pk,
        "alive": alive,
        "day": since.date(),
        "since": since,
        "oldest": _number_of(since),
        "copied": COPIED,
        "ones": [one for one, _other in morning.pairs],
        "others": [other for _one, other in morning.pairs],
    }
    ((worker, unhappy, copied, rejected, pair),) = events.query(_SIGNS, values)
    return Signs(
        worker=bool(worker),
        unhappy=tuple(unhappy) if unhappy else None,
        copied=tuple(copied) if copied else None,
        rejected=rejected or 0,
        pair=tuple(pair) if pair else None,
    )


def cards(request: HttpRequest, morning: Morning, found: Signs, day: date) -> list[Card]:
    """The cards that apply and were not put aside on that day, at most three."""
    aside = _aside(request, day)
    made = (_unhappy, _leaking, _copied, _lapsing, _alike, _rejected)
    every = (card(morning, found) for card in made)
    return [one for one in every if one is not None and one.id not in aside][:MOST]


@require_POST
@access.owner
def put_aside(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """A card is not shown any more today, in this browser."""
    day = glance.today(business, timezone.now())
    aside = {*_aside(request, day), name}
    request.session[DONE] = {"day": day.isoformat(), "cards": sorted(aside)}
    return redirect("today")


def _aside(request: HttpRequest, day: date) -> set[str]:
    done = request.session.get(DONE)
    return set(done["cards"]) if done and done["day"] == day.isoformat() else set()


def _unhappy(morning: Morning, found: Signs) -> Card | None:
    if found.unhappy is None:
        return None
    _question, score, scale, name = found.unhappy
    values = {"name": name or _("Somebody"), "score": score, "most": scale}
    return Card(
        "unhappy",
        _("A low score"),
        _("%(name)s answered %(score)s of %(most)s. A word from you can still mend it.") % values,
        _("Read the answers"),
        reverse("measures-satisfaction"),
    )


def _leaking(morning: Morning, found: Signs) -> Card | None:
    if not morning.leaking:
        return None
    text = ngettext(
        "%(count)s customer who used to come back is later than usual.",
        "%(count)s customers who used to come back are later than usual.",
        morning.leaking,
    )
    said = text % {"count": say.count(morning.leaking)}
    return Card(
        "leaking", _("Regulars slipping away"), said, _("See who"), reverse("measures-leaks")
    )


def _copied(morning: Morning, found: Signs) -> Card | None:
    if found.copied is None:
        return None
    customer, name, count = found.copied
    text = ngettext(
        "%(count)s old or used code of %(name)s was shown this week: perhaps a picture of it.",
        "%(count)s old or used codes of %(name)s were shown this week: perhaps a picture of them.",
        count,
    )
    said = text % {"count": say.count(count), "name": name or _("a customer")}
    return Card(
        "copied", _("A code may be copied"), said, _("Open"), reverse("customer", args=[customer])
    )


def _lapsing(morning: Morning, found: Signs) -> Card | None:
    if not morning.lapsing:
        return None
    text = ngettext(
        "%(count)s customer loses units or a reward by %(day)s.",
        "%(count)s customers lose units or a reward by %(day)s.",
        morning.lapsing,
    )
    values = {"count": say.count(morning.lapsing), "day": say.day(morning.lapsing_until)}
    return Card(
        "lapsing",
        _("Rewards about to expire"),
        text % values,
        _("See who"),
        reverse("customers") + "?group=lapsing",
    )


def _alike(morning: Morning, found: Signs) -> Card | None:
    if found.pair is None:
        return None
    one, other = (name or _("Somebody") for name in found.pair)
    said = _("%(one)s and %(other)s may be the same person.") % {"one": one, "other": other}
    title, action = _("Perhaps one person"), _("Compare and merge")
    return Card("alike", title, said, action, reverse("duplicates"))


def _rejected(morning: Morning, found: Signs) -> Card | None:
    if not found.rejected:
        return None
    text = ngettext(
        "%(count)s row of the last import was left out.",
        "%(count)s rows of the last import were left out.",
        found.rejected,
    )
    said = text % {"count": say.count(found.rejected)}
    return Card("rejected", _("An import to finish"), said, _("See the rows"), reverse("import"))


def _number_of(at: datetime) -> int:
    """The smallest number that something made at that time or later can have."""
    return max(0, int(at.timestamp() * 1000) - ids.EPOCH_NS // 10**6) << 22
