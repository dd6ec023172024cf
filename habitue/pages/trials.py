"""What a replay gave, as charts with their tables: for the command's page and the owner's.

The words and the way of writing numbers are handed in, so that the same pictures serve a page in
any language, and one that is written without a web server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from msgspec import Struct

from habitue.core import money as minor
from habitue.core.whatif.result import Trial, WhatIf
from habitue.core.whatif.sums import Compared
from habitue.pages import charts
from habitue.pages.charts import Series, Written

Amount = Callable[[int, str], str]


def percent(part: int, whole: int) -> str:
    """A share of money, to a tenth of a percent."""
    return f"{float(Fraction(100 * part, whole)):.1f} %" if whole else "–"


class Words(Struct, frozen=True, kw_only=True):
    """What the pictures say, and how they write money, counts and months (English here)."""

    liability: str = "What open units are worth at the month’s end"
    cost: str = "What rewards cost"
    breakage: str = "What lapsed was worth"
    members: str = "Members by tier at the month’s end"
    taken: str = "Rewards taken"
    issued: str = "issued"
    redeemed: str = "redeemed"
    expired: str = "expired"
    open: str = "open"
    month: str = "month"
    reward: str = "reward"
    spent: str = "Spent by customers"
    share: str = "Rewards as a share of it"
    owed: str = "Owed at the end"
    lapsed: str = "Lapsed"
    purchases: str = "Purchases"
    people: str = "Who gets more back"
    gain: str = "gain, % of spend"
    customers: str = "customers"
    winners: str = "more under the second"
    losers: str = "less under the second"
    same: str = "the same"
    totals: str = "In all"
    money: Amount = lambda value, currency: (
        f"{int(value) / 10 ** minor.decimals(currency):,.{minor.decimals(currency)}f} {currency}"
    )
    count: Written = lambda value: f"{value:,}"
    when: Callable[[date], str] = lambda month: f"{month:%b %y}"
    percent: Callable[[int, int], str] = percent
    titled: Callable[[str, str], str] = lambda name, what: f"{name}: {what}"


ENGLISH: Final = Words()


def figures(found: WhatIf, words: Words = ENGLISH) -> SafeString:
    """Every chart of a result, each with its table."""
    trials = found.trials
    if not trials or not trials[0].months:
        return mark_safe("")
    parts = [_totals(trials, words)]
    parts += [
        _over_time(trials, words, title, field)
        for title, field in (
            (words.liability, "liability"),
            (words.cost, "cost"),
            (words.breakage, "breakage"),
        )
        if any(getattr(month, field) for one in trials for month in one.months)
    ]
    for number, trial in enumerate(trials):
        name = _name(trials, number)
        parts += _units(trial, name, words)
        parts += _members(trial, name, words)
    parts += _taken(trials, words)
    if found.compared is not None:
        parts.append(_compared(found.compared, trials[0].currency, words))
    return format_html_join("", "{}", ((part,) for part in parts))


def _totals(trials: Sequence[Trial], words: Words) -> SafeString:
    """The few numbers that say most, a column a program."""
    rows = [
        (words.purchases, [words.count(sum(m.purchases for m in one.months)) for one in trials]),
        (words.spent, [words.money(one.money, one.currency) for one in trials]),
        (words.cost, [words.money(one.cost, one.currency) for one in trials]),
        (words.share, [words.percent(one.cost, one.money) for one in trials]),
        (words.owed, [words.money(one.months[-1].liability, one.currency) for one in trials]),
        (
            words.lapsed,
            [words.money(sum(m.breakage for m in one.months), one.currency) for one in trials],
        ),
    ]
    heads = ["", *(_name(trials, number) for number in range(len(trials)))]
    return _scrolling(words.totals, table(heads, [[name, *values] for name, values in rows]))


def _over_time(trials: Sequence[Trial], words: Words, title: str, field: str) -> SafeString:
    """One amount of money of each program, month by month."""
    currency = trials[0].currency
    series = [
        Series(_name(trials, number), [getattr(month, field) for month in one.months])
        for number, one in enumerate(trials)
    ]
    return _with_table(
        title,
        series,
        _months(trials[0], words),
        words,
        lambda value: words.money(value, currency),
        short(currency),
    )


def _units(trial: Trial, name: str, words: Words) -> list[SafeString]:
    found = []
    for holding in trial.holdings:
        whole = 10**holding.decimals
        series = [
            Series(words.issued, [roll.issued // whole for roll in holding.rolls]),
            Series(words.redeemed, [roll.redeemed // whole for roll in holding.rolls]),
            Series(words.expired, [roll.expired // whole for roll in holding.rolls]),
            Series(words.open, [roll.closing // whole for roll in holding.rolls]),
        ]
        title = words.titled(name, holding.unit) if name else holding.unit
        months = _months(trial, words)
        found.append(_with_table(title, series, months, words, words.count, short()))
    return found


def _members(trial: Trial, name: str, words: Words) -> list[SafeString]:
    if not trial.tiers:
        return []
    series = [
        Series(tier, [month.members.get(tier, 0) for month in trial.months]) for tier in trial.tiers
    ]
    title = words.titled(name, words.members) if name else words.members
    return [_with_table(title, series, _months(trial, words), words, words.count, short())]


def _taken(trials: Sequence[Trial], words: Words) -> list[SafeString]:
    """How often each reward was taken in all months."""
    rewards = sorted({reward for one in trials for reward in one.rewards})
    if not rewards:
        return []
    series = [
        Series(
            _name(trials, number) or words.taken,
            [sum(month.taken.get(reward, 0) for month in one.months) for reward in rewards],
        )
        for number, one in enumerate(trials)
    ]
    picture = charts.bars(series, rewards, title=words.taken, written=short())
    rows = [
        [reward, *(_cell(one.values[place], words.count) for one in series)]
        for place, reward in enumerate(rewards)
    ]
    return [_figure(words.taken, picture, table([words.reward, *(s.name for s in series)], rows))]


def _compared(found: Compared, currency: str, words: Words) -> SafeString:
    """Winners and losers: how many customers gain what part of their spend."""
    bands = sorted(found.bands)
    series = [Series(words.customers, [found.bands[band] for band in bands])]
    labels = [f"{band:+d}" if band else "0" for band in bands]
    picture = charts.bars(series, labels, title=words.people, written=short())
    rows = [
        [words.winners, words.count(found.winners), words.money(found.gained, currency)],
        [words.losers, words.count(found.losers), words.money(-found.lost, currency)],
        [words.same, words.count(found.same), ""],
    ]
    numbers = table(["", words.customers, ""], rows)
    by_band = table(
        [words.gain, words.customers],
        [
            [label, words.count(found.bands[band])]
            for band, label in zip(bands, labels, strict=True)
        ],
    )
    return _figure(words.people, picture, format_html("{}{}", numbers, by_band))


def _with_table(
    title: str,
    series: Sequence[Series],
    labels: Sequence[str],
    words: Words,
    written: Written,
    brief: Written,
) -> SafeString:
    """Lines by month; `written` is how the table writes a value, `brief` how the axis does."""
    picture = charts.lines(series, labels, title=title, written=brief)
    rows = [
        [label, *(_cell(one.values[place], written) for one in series)]
        for place, label in enumerate(labels)
    ]
    heads = [words.month, *(one.name or title for one in series)]
    return _figure(title, picture, table(heads, rows))


def _cell(value: int | None, written: Written) -> str:
    return "" if value is None else written(value)


def _figure(title: str, picture: SafeString, numbers: SafeString) -> SafeString:
    return format_html(
        '<figure><figcaption>{}</figcaption><div class="pair"><div>{}</div>{}</div></figure>',
        title,
        picture,
        _scrolling(title, numbers),
    )


def _scrolling(title: str, numbers: SafeString) -> SafeString:
    """Numbers that scroll in a place of their own, by keyboard too, where they need more room."""
    return format_html(
        '<div class="numbers" tabindex="0" role="region" aria-label="{}">{}</div>', title, numbers
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> SafeString:
    """A table whose first column names the row."""
    return format_html(
        "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        format_html_join("", "{}", ((_head(head),) for head in heads)),
        format_html_join(
            "",
            '<tr><th scope="row">{}</th>{}</tr>',
            (
                (row[0], format_html_join("", "<td>{}</td>", ((c,) for c in row[1:])))
                for row in rows
            ),
        ),
    )


def _head(text: str) -> SafeString:
    """A column's head; a corner without words is no head."""
    return format_html('<th scope="col">{}</th>', text) if text else mark_safe("<td></td>")


def short(currency: str = "") -> Written:
    """Writes a value in few signs for an axis: 1.2k, 3M; money without its minor units."""
    scale = 10 ** minor.decimals(currency) if currency else 1

    def written(value: int) -> str:
        whole = value / scale
        for size, sign in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
            if abs(whole) >= size:
                return f"{whole / size:.3g}{sign}"
        return f"{whole:.3g}"

    return written


def _name(trials: Sequence[Trial], number: int) -> str:
    """A program's name; a number too where both are called alike. None where there is only one."""
    if len(trials) == 1:
        return ""
    titles = [next(iter(one.title.values()), one.program) for one in trials]
    alike = titles.count(titles[number]) > 1
    return f"{titles[number]} ({number + 1})" if alike else titles[number]


def _months(trial: Trial, words: Words) -> list[str]:
    return [words.when(month.month) for month in trial.months]


STYLE: Final = (
    charts.STYLE
    + """\
figure{margin:2rem 0}figcaption{font-weight:600;margin-bottom:.5rem}
.pair{display:grid;gap:1rem;grid-template-columns:minmax(0,1fr)}
@media (min-width:60rem){.pair{grid-template-columns:minmax(0,3fr) minmax(0,2fr)}}
.numbers{overflow:auto;max-height:22rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:.2rem .5rem;text-align:right;border-bottom:1px solid #8884}
th:first-child{text-align:left;font-weight:400}thead th{font-weight:600}
"""
)
"""What the figures need of a style sheet, for a page that has no other."""


def page(found: WhatIf, words: Words = ENGLISH) -> str:
    """A whole page that needs nothing else: no server, no network, no script."""
    titles = [_name(found.trials, place) or one.program for place, one in enumerate(found.trials)]
    said = [*found.notes, *(note for one in found.trials for note in one.notes)]
    behaviour = found.trials[0].behaviour if found.trials else ""
    return format_html(
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark"><title>{}</title><style>{}</style>'
        "<main><h1>{}</h1><p>{}</p>{}{}</main></html>\n",
        "What if",
        mark_safe(_PAGE_STYLE + STYLE),
        " · ".join(titles),
        f"{found.customers:,} customers, {found.events:,} events. {behaviour}",
        format_html_join("", "<p>{}</p>", ((sentence,) for sentence in said)),
        figures(found, words),
    )


_PAGE_STYLE: Final = """\
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:Canvas;color:CanvasText}
main{max-width:72rem;margin:auto;padding:1rem}
h1{line-height:1.2;overflow-wrap:anywhere}
"""
