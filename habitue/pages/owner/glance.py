"""What the first page says of the past: worked out once a day, kept, and read as it is.

Two things are kept. `Figures` are exact: whatever is posted into their past makes them anew.
`Morning` is what was so this morning: groups of customers, what lapses soon, who may be one person.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Count
from msgspec import Struct

from habitue import metrics
from habitue.ledger import figures as figures_of
from habitue.ledger import kept, rhythm
from habitue.members.models import Business
from habitue.metrics.lowerings import moves
from habitue.metrics.periods import Period
from habitue.outreach.models import Stage
from habitue.pages import events
from habitue.pages.person import duplicates

SPAN: Final = timedelta(days=90)
PERIODS: Final = 6
"""How many spans a sparkline shows."""

WEEKS: Final = 8
"""With how many weeks before it the last one is compared."""

LAPSING: Final = timedelta(days=7)
"""What lapses within so many days lapses soon."""

PAIRS: Final = 5
FEW: Final = 2_000
"""Of so many customers everybody is compared with everybody while a page waits; else at night."""

VERSION: Final = 3
"""Of what is kept here: another version is worked out anew, whatever is kept."""

NAMES: Final = ("repeat_purchase_rate", "strict_retention")


class Known(Struct, frozen=True):
    """A share: its value, what it is made of, the span before, and the last spans for a line."""

    value: float | None
    of: tuple[int, int] | None
    change: int | None


class Figures(Struct, frozen=True):
    """The last 90 days beside the 90 days before, with one window; visits of full weeks.

    `shares` are the figures of `NAMES`.
    `weeks[0]` are the visits of the seven days until yesterday, then week by week further back, as
    far as there is history.
    """

    window: int
    shares: tuple[Known, ...]
    active: int
    active_change: int
    weeks: tuple[int, ...]


class Morning(Struct, frozen=True):
    """What was so this morning. `pairs`: some who may be one person, the newer first.

    `series` are the figures of `NAMES`, then the active customers.
    """

    series: tuple[tuple[float | None, ...], ...]
    groups: dict[str, int]
    leaking: int
    lapsing: int
    lapsing_until: date
    pairs: tuple[tuple[int, int], ...]


_WEEKS: Final = f"""
SELECT (%(until)s - 1 - business_date) / 7, coalesce(sum(sign), 0)::bigint
FROM ({moves.came("since")}) AS came GROUP BY 1"""

_FIRST: Final = """
SELECT first_on FROM ledger_life WHERE business_id = %(business)s AND first_on IS NOT NULL
ORDER BY first_on LIMIT 1"""

LAPSES: Final = """
    account.business_id = %(business)s AND account.due_on <= %(until)s AND (
        EXISTS (SELECT FROM ledger_lot lot WHERE lot.customer_id = account.customer_id
            AND lot.remaining > 0 AND lot.expires_on BETWEEN %(today)s AND %(until)s)
        OR EXISTS (SELECT FROM ledger_voucher voucher
            WHERE voucher.customer_id = account.customer_id AND voucher.state = 'issued'
              AND voucher.expires_on BETWEEN %(today)s AND %(until)s))"""
"""Of which accounts units or a reward that is ready lapse until a day."""

_LAPSING: Final = f"SELECT count(*) FROM ledger_account account WHERE {LAPSES}"

_GROUPS: Final = """
SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM members_member member WHERE member.customer_id = customer.id)),
    count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM members_consent yes
        WHERE yes.customer_id = customer.id AND yes.purpose = 'marketing' AND yes.granted
          AND NOT EXISTS (SELECT FROM members_consent later
            WHERE later.customer_id = yes.customer_id AND later.purpose = yes.purpose
              AND later.channel = yes.channel AND (later.at, later.id) > (yes.at, yes.id))))
FROM members_customer customer
WHERE business_id = %(business)s AND erased_at IS NULL AND merged_into_id IS NULL
  AND binned_at IS NULL"""


def today(business: Business, now: datetime) -> date:
    """The business's local day."""
    return now.astimezone(ZoneInfo(business.timezone)).date()


def figures(business: Business, now: datetime) -> Figures:
    """The figures as of this morning."""
    day = today(business, now)
    period = Period(day - SPAN, day)
    found = kept.page(
        business, f"page {VERSION}", period, lambda: _encoded(_figures(business, day, now)), now=now
    )
    return msgspec.json.decode(found, type=Figures)


def morning(business: Business, now: datetime, *, anew: bool = False) -> Morning:
    """What was so this morning; `anew` after the report has been made."""
    day = today(business, now)
    period = Period(day - SPAN, day)
    found = kept.page(
        business,
        f"morning {VERSION}",
        period,
        lambda: _encoded(_morning(business, day, now, anew=anew)),
        now=now,
        of_day=True,
        anew=anew,
    )
    return msgspec.json.decode(found, type=Morning)


def _encoded(found: Struct) -> bytes:
    return msgspec.json.encode(found)


def _figures(business: Business, day: date, now: datetime) -> Figures:
    latest = _answers(business, day, now)
    before = _answers(business, day - SPAN, now, window=latest.window.days)
    active = latest.aggregates.counts.end
    return Figures(
        window=latest.window.days,
        shares=tuple(_known(latest.get(name), before.get(name)) for name in NAMES),
        active=active,
        active_change=active - before.aggregates.counts.end,
        weeks=_weeks(business, day),
    )


def _known(latest: metrics.Result, before: metrics.Result) -> Known:
    of = change = None
    if latest.numerator is not None and latest.denominator:
        of = (int(latest.numerator), int(latest.denominator))
    if latest.value is not None and before.value is not None and not before.few:
        change = round(100 * (latest.value - before.value))
    return Known(latest.value, of, change)


def _weeks(business: Business, day: date) -> tuple[int, ...]:
    """Visits week by week back from yesterday, of weeks that lie whole in the history."""
    first = events.query(_FIRST, {"business": business.pk})
    if not first:
        return ()
    whole = min(WEEKS + 1, (day - first[0][0]).days // 7)
    values = {"business": business.pk, "since": day - timedelta(weeks=WEEKS + 1), "until": day}
    found = dict(events.query(_WEEKS, values))
    return tuple(int(found.get(back, 0)) for back in range(whole))


def _morning(business: Business, day: date, now: datetime, *, anew: bool) -> Morning:
    until = day + LAPSING
    values: dict[str, Any] = {"business": business.pk, "today": day, "until": until}
    ((lapsing,),) = events.query(_LAPSING, values)
    ((everybody, strangers, silent),) = events.query(_GROUPS, values)
    stages = Stage.objects.filter(business=business, customer__binned_at=None)
    stages = stages.filter(customer__erased_at=None, customer__merged_into=None)
    groups = dict(stages.values_list("stage").annotate(Count("pk")).order_by())
    alike = _alike(business) if anew or everybody <= FEW else []
    return Morning(
        series=_series(business, day, now),
        groups={
            **groups,
            "everybody": everybody,
            "strangers": strangers,
            "silent": silent,
            "vip": stages.filter(vip=True).count(),
        },
        leaking=stages.filter(leaking=True).count(),
        lapsing=lapsing,
        lapsing_until=until,
        pairs=tuple(alike[:PAIRS]),
    )


def _series(business: Business, day: date, now: datetime) -> tuple[tuple[float | None, ...], ...]:
    """The figures span by span, the oldest first, with today's window, since the first day."""
    first = events.query(_FIRST, {"business": business.pk})
    window = rhythm.window(business, now=now).days
    ends = [day - SPAN * back for back in reversed(range(PERIODS))]
    ends = [end for end in ends if first and end > first[0][0]]
    answers = [_answers(business, end, now, window=window) for end in ends]
    shares = (tuple(each.get(name).value for each in answers) for name in NAMES)
    return (*shares, tuple(float(each.aggregates.counts.end) for each in answers))


def _alike(business: Business) -> list[tuple[int, int]]:
    """Customers who may be one person, the newer of each pair first."""
    return [(pair.right.id, pair.left.id) for pair in duplicates.pairs(business)]


def _answers(
    business: Business, until: date, now: datetime, window: int | None = None
) -> metrics.Answers:
    period = metrics.Period(until - SPAN, until)
    return figures_of.answer(business, period=period, now=now, window=window, figures=NAMES)
