"""`habitue program check`: a program as its owner should know it, printed or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from habitue.core import advice, money
from habitue.core.advice import customer, saying
from habitue.core.advice.generosity import Rate
from habitue.core.program import Program
from habitue.site import opened
from habitue.site.usage import misuse

WIDE = 120
"""Columns of the tables where nobody says how wide the screen is."""


def check(
    file: opened.File,
    basket: Annotated[
        str | None, typer.Option(help="What a typical customer spends at a visit, e.g. 12.50.")
    ] = None,
    visits: Annotated[
        str | None, typer.Option(help="How often they come, e.g. 2/month or 1/week.")
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="As the program stands on this day; by default today.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Say what is wrong in a program file; how generous it is, how fast, and what to think over."""
    found = opened.program(file)
    typical = _typical(found.currency, basket, visits)
    report = advice.report(found, typical, on=_day(on, found.timezone))
    if as_json:
        print(json.dumps(as_data(report), indent=2, ensure_ascii=False))
        return
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    console.print(f"{file} is well written: {_counts(found)}.", soft_wrap=True)
    for part in _parts(report):
        console.print()
        if isinstance(part, Table):
            console.print(part.title)
            part.title = None
        console.print(part, soft_wrap=isinstance(part, str))


def as_data(report: advice.Report) -> dict[str, Any]:
    """A report for machines: shares of 1, money in minor units, exact numbers as `a/b` texts."""
    found = msgspec.to_builtins(
        {
            "program": report.program.id,
            "currency": report.program.currency,
            "on": report.on,
            "typical": report.pace.typical,
            "pace": {
                "rewards": list(report.pace.rewards.values()),
                "tiers": list(report.pace.tiers.values()),
                "first": report.pace.first,
            },
            "generosity": report.generosity,
            "draws": report.draws,
            "advice": [
                {
                    "path": one.path,
                    "key": one.said.key,
                    "sentence": one.sentence,
                    "instead": one.instead,
                    "same": one.same,
                }
                for one in report.advice
            ],
        },
        enc_hook=str,
    )
    assert isinstance(found, dict)
    return found


# --- what was asked ----------------------------------------------------------------------------


def _typical(currency: str, basket: str | None, visits: str | None) -> advice.Typical:
    assumed = customer.assumed(currency)
    spent, often = assumed.basket, assumed.visits
    if basket is not None:
        try:
            spent = money.fixed(basket, money.decimals(currency))
        except ValueError as error:
            misuse(f"--basket: {error}")
        if not 0 < spent <= customer.MOST_BASKET:
            misuse("--basket: what a customer spends is above 0, and not huge.")
    if visits is not None:
        often = _often(visits)
    return advice.Typical(spent, often, assumed=basket is None and visits is None)


def _often(text: str) -> Fraction:
    """`2/month`, `1/week`, `3/year`; a bare number counts per month."""
    number, _, per = text.partition("/")
    a_month = {
        "": Fraction(1),
        "month": Fraction(1),
        "week": customer.DAYS_A_MONTH / 7,
        "day": customer.DAYS_A_MONTH,
        "year": Fraction(1, 12),
    }.get(per)
    try:
        often = Fraction(money.fixed(number, 6), 10**6)
    except ValueError:
        often = Fraction(0)
    if a_month is None or not 0 < often * a_month <= customer.MOST_A_MONTH:
        misuse("--visits: write it like 2/month, 1/week or 3/year; at most 100 a month.")
    return often * a_month


def _day(text: str | None, timezone: str) -> date:
    if text is None:
        return datetime.now(UTC).astimezone(ZoneInfo(timezone)).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        misuse(f"--on: {text!r} is not a date such as 2026-03-01.")


# --- what is said ------------------------------------------------------------------------------


def _counts(of: Program) -> str:
    counts = {
        "unit": len(of.units),
        "rule": len(of.rules),
        "tier": len(of.tiers.levels) if of.tiers else 0,
        "reward": len(of.rewards),
    }
    more = {"benefit": len(of.benefits), "draw": len(of.draws), "partner": len(of.partners)}
    counts |= {what: count for what, count in more.items() if count}
    return ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items())


def _parts(report: advice.Report) -> Iterator[str | Table]:
    yield _customer(report)
    if report.pace.rewards or report.pace.tiers:
        yield _pace(report)
    if report.generosity.rates:
        yield _rates(report)
    if report.generosity.rewards:
        yield _rewards(report)
    yield from _beside(report)
    if report.draws:
        yield _draws(report)
    yield from _advice(report)


def _customer(report: advice.Report) -> str:
    typical, first = report.pace.typical, report.pace.first
    said = "assumed; say yours with --basket and --visits" if typical.assumed else "as stated"
    often = saying.plain(typical.visits)
    goods = f" ({typical.buys.said})" if typical.buys.said else ""
    text = (
        f"A typical customer ({said}) spends {saying.cash(report.program, typical.basket)}{goods} "
        f"at each of {often} visits a month."
    )
    if any(reward.cost for reward in report.program.rewards):
        if first is None:
            return f"{text}\nSuch purchases alone reach no reward within {customer.YEARS} years."
        text += f"\nThe first reward, {first.id}, comes at visit {first.visits}"
        text += f", {_after(first.days)}."
    return text


def _after(days: int) -> str:
    return "on the day of joining" if not days else f"after {_days(days)}"


def _days(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", justify="left" if number == 0 else "right")
    return table


def _pace(report: advice.Report) -> Table:
    table = _table("How long it takes, saving up from the day of joining", "", "visits", "days")
    for kind, found in (("reward", report.pace.rewards), ("tier", report.pace.tiers)):
        for one in sorted(found.values(), key=lambda one: (one.days, one.visits)):
            table.add_row(f"{kind} {one.id}", str(one.visits), str(one.days))
    return table


def _rates(report: advice.Report) -> Table:
    of = report.program
    each = money.written(100 * 10 ** money.decimals(of.currency), money.decimals(of.currency))
    table = _table(
        "What comes back",
        "spending",
        f"per {each} {of.currency}",
        "of the money",
        "worst reward",
        "best reward",
    )
    for rate in report.generosity.rates:
        table.add_row(
            _spending(rate),
            f"{saying.plain(rate.per_money * 100)} {rate.unit}",
            *(_share(share) for share in (rate.share, rate.least, rate.most)),
        )
    return table


def _spending(rate: Rate) -> str:
    return ", ".join(filter(None, [rate.tier, rate.with_])) or "any purchase"


def _share(share: Fraction | None) -> str:
    return "not known" if share is None else saying.percent(share)


def _rewards(report: advice.Report) -> Table:
    of = report.program
    table = _table("What a reward gives", "reward", "cost", "gives", f"{of.currency} per unit")
    for back in report.generosity.rewards:
        per_unit = "not known" if back.per_unit is None else saying.plain(back.per_unit)
        table.add_row(back.reward, f"{saying.plain(back.cost)} {back.unit}", back.gives, per_unit)
    return table


def _beside(report: advice.Report) -> Iterator[str]:
    """What is not known, fees and dividends: a sentence each."""
    for unit in report.generosity.unknown:
        yield (
            f"What {unit} are worth in money cannot be said: give the unit a `worth`, what the "
            "goods cost in the shop per unit."
        )
    fee, of = report.generosity.fee, report.program
    if fee is not None:
        every = "once" if fee.every == "once" else f"a {fee.every}"
        uses = " or ".join(f"{count} uses of {benefit}" for benefit, count in fee.uses.items())
        paid = f" It has paid for itself after {uses}." if uses else ""
        yield f"Membership costs {saying.cash(of, fee.price)} {every}.{paid}"
    if report.generosity.dividend is not None and of.dividend is not None:
        share = saying.percent(report.generosity.dividend)
        yield f"A dividend pays {share} of what was counted as {of.dividend.of} the year before."


def _draws(report: advice.Report) -> Table:
    columns = ("draw", "entrants", "prizes", "odds", "asked", "prizes missing")
    table = _table("Draws, with as many entrants as they expect", *columns)
    for draw in report.draws:
        table.add_row(
            f"{draw.id}, each {draw.every}",
            str(draw.expects),
            "as many as needed" if draw.pieces is None else str(draw.pieces),
            saying.percent(draw.odds),
            saying.percent(draw.asked),
            str(draw.missing),
        )
    return table


def _advice(report: advice.Report) -> Iterator[str]:
    if not report.advice:
        yield "Nothing to think over."
        return
    lines = ["To think over:"]
    for one in report.advice:
        lines.append(f"  {one.path}: {one.sentence}")
        if one.instead:
            lines.append(f"    instead{', with the same for everybody' if one.same else ''}:")
            lines += [f"      {line}" for line in one.instead]
    yield "\n".join(lines)
