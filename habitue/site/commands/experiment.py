"""`habitue experiment`: hold customers out by lot, and see what that changes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from habitue.core import money
from habitue.metrics.experiments.assignment import SHARES
from habitue.metrics.experiments.judging import Judgement, Untold, Verdict
from habitue.site.usage import misuse

if TYPE_CHECKING:
    from habitue.members.models import Business
    from habitue.metrics.experiments.matching import Compared
    from habitue.outreach.models import Audience, Experiment

WIDE: Final = 120
SEED_BYTES: Final = 16

command = typer.Typer(
    help="Hold customers out by lot, and see what that changes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Shop = Annotated[str, typer.Option(help="The business, by its short name.")]
Name = Annotated[str, typer.Argument(help="The experiment's name, such as birthday-gift.")]
Share = Annotated[float, typer.Option(help="How many per cent are held out.")]
Days = Annotated[int, typer.Option(help="How many days it is planned for.")]
Figures = Annotated[
    str, typer.Option(help="revenue, orders, buyers, order_value; the primary one first.")
]
Of = Annotated[str, typer.Option(help="Only the customers of this audience (default: everybody).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]


@command.command()
def start(
    name: Name,
    business: Shop,
    share: Share = 10.0,
    days: Days = 60,
    figures: Figures = "revenue",
    audience: Of = "",
) -> None:
    """Declare and begin one today. Lots are drawn now; nothing of it can be changed afterwards."""
    with _business(business) as owner:
        from habitue.outreach import experiments

        now, of = datetime.now(UTC), _audience(owner, audience)
        declared = _figures(figures)
        try:
            for seen in experiments.foresee(
                owner,
                now=now,
                share=_share(share),
                days=days,
                figures=declared,
                audience=of,
            ):
                print(f"{seen.measure.title['en']}: {seen.words['en']}")
            made = experiments.start(
                owner,
                name,
                seed=secrets.token_hex(SEED_BYTES),
                now=now,
                share=_share(share),
                days=days,
                figures=declared,
                audience=of,
            )
        except ValueError as error:
            misuse(str(error))
        print(f"{made.name} has begun on {made.started_on}: {share:g} % are held out.")


@command.command()
def foresee(
    business: Shop,
    share: Share = 10.0,
    days: Days = 60,
    figures: Figures = "revenue",
    audience: Of = "",
) -> None:
    """Say which differences could be seen, without beginning anything."""
    with _business(business) as owner:
        from habitue.outreach import experiments

        try:
            found = experiments.foresee(
                owner,
                now=datetime.now(UTC),
                share=_share(share),
                days=days,
                figures=_figures(figures),
                audience=_audience(owner, audience),
            )
        except ValueError as error:
            misuse(str(error))
    for seen in found:
        print(f"{seen.measure.title['en']}: {seen.words['en']}")


@command.command()
def status(business: Shop) -> None:
    """List the experiments of a business."""
    with _business(business) as owner:
        from habitue.outreach import experiments

        found = list(experiments.every(owner).values())
        if not found:
            print("No experiment yet: habitue experiment start NAME")
        for one in found:
            until = f"ended before {one.ended_on}" if one.ended_on else f"planned: {one.days} days"
            whom = one.audience.name if one.audience else "everybody known before"
            print(
                f"{one.name}: from {one.started_on}, {until}; {100 * one.share / SHARES:g} % held"
                f" out of {whom}; {', '.join(one.figures)}"
            )


@command.command()
def result(name: Name, business: Shop, as_json: Json = False) -> None:
    """Compare both groups as of yesterday. Look as often as you like."""
    with _business(business) as owner:
        from habitue.outreach import experiments

        found = experiments.result(_named(owner, name), now=datetime.now(UTC))
        currency = owner.currency
    if as_json:
        print(json.dumps(as_numbers(found, currency), indent=2))
    else:
        _print(name, found, currency)


@command.command()
def end(name: Name, business: Shop) -> None:
    """End an experiment: today is no longer part of it."""
    with _business(business) as owner:
        from habitue.outreach import experiments

        one = _named(owner, name)
        experiments.end(one, now=datetime.now(UTC))
        print(f"{one.name} ended before {one.ended_on}.")


@command.command()
def members(
    business: Shop,
    since: Annotated[str, typer.Option(help="From this day on, e.g. 2026-01-01.")],
) -> None:
    """Put members beside others who bought alike before: a look, and no result."""
    try:
        day = date.fromisoformat(since)
    except ValueError:
        misuse(f"{since[:40]!r} is not a date written like 2026-01-31.")
    with _business(business) as owner:
        from habitue.metrics.experiments.matching import Refused
        from habitue.outreach import beside, populations

        try:
            today = populations.today(owner, datetime.now(UTC))
            found = beside.compare(owner, since=day, until=today)
        except ValueError as error:
            misuse(str(error))
        if isinstance(found, Refused):
            print(found.why["en"])
        else:
            _print_beside(found, owner.currency)


def as_numbers(found: Judgement, currency: str) -> dict[str, object]:
    """A judgement for machines; money in whole currency units."""
    return {
        "control": found.control,
        "treated": found.treated,
        "days": found.days,
        "sample_odds": found.odds,
        "withheld": found.withheld and found.withheld["en"],
        "figures": [_figure(one, currency) for one in found.figures],
    }


def _figure(one: Verdict | Untold, currency: str) -> dict[str, object]:
    if isinstance(one, Untold):
        return {"id": one.measure.id, "decided": None, "why": one.why["en"]}
    scale = 10 ** money.decimals(currency) if one.measure.kind == "money" else 1
    names = ("control", "treated", "difference", "low", "high")
    values = {name: getattr(one, name) / scale for name in names}
    return {
        "id": one.measure.id,
        "decided": one.decided,
        **values,
        "chance": one.chance,
        "needed": one.needed,
        "explained": one.explained,
    }


@contextmanager
def _business(slug: str) -> Iterator[Business]:
    from habitue.site.database import database

    with database():
        from habitue.site import named

        yield named.business(slug)


def _named(owner: Business, name: str) -> Experiment:
    from habitue.outreach import experiments

    known = experiments.every(owner)
    if name not in known:
        misuse(f"There is no experiment {name[:40]!r}; there is {', '.join(known) or 'none yet'}.")
    return known[name]


def _audience(owner: Business, name: str) -> Audience | None:
    from habitue.outreach import audiences

    if not name:
        return None
    known = {one.name: one for one in audiences.every(owner)}
    if name not in known:
        misuse(f"There is no audience {name[:40]!r}; there is {', '.join(known) or 'none yet'}.")
    return known[name]


def _share(per_cent: float) -> int:
    """Ten-thousandths; what is out of bounds or finer is refused later or rounded."""
    return round(per_cent * SHARES / 100) if 0 < per_cent < 100 else 0


def _figures(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _print(name: str, found: Judgement, currency: str) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDE)
    console.print(
        f"{name}: {found.control:,} held out, {found.treated:,} with it, after {found.days} of"
        f" {found.plan.days} days."
    )
    if found.withheld:
        console.print(found.withheld["en"])
        return
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("figure")
    for title in ("held out", "with it", "difference", "surely between"):
        table.add_column(title, justify="right")
    for one in found.figures:
        if isinstance(one, Untold):
            continue
        shown = [_value(each, one, currency) for each in (one.control, one.treated)]
        difference, low, high = (
            _value(each, one, currency, signed=True) for each in (one.difference, one.low, one.high)
        )
        table.add_row(one.measure.title["en"], *shown, difference, f"{low} … {high}")
    for one in found.figures:
        words = one.why if isinstance(one, Untold) else one.words
        console.print(f"{one.measure.title['en']}: {words['en']}")
    if not table.rows:
        return
    console.print(table)
    console.print(
        "What customers bought before the start is taken off. The bounds hold however often you"
        " look, and for all figures together.",
        style="dim",
    )


def _value(value: float, of: Verdict, currency: str, *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    match of.measure.kind:
        case "money":
            places = money.decimals(currency)
            return f"{value / 10**places:{sign},.{places}f}"
        case "share":
            return f"{100 * value:{sign}.1f} %"
        case _:
            return f"{value:{sign}.2f}"


def _print_beside(found: Compared, currency: str) -> None:
    places = money.decimals(currency)
    scale = 10**places
    print(found.warning["en"])
    mine, theirs, difference, low, high = (
        value / scale
        for value in (
            found.member_value,
            found.other_value,
            found.difference,
            found.low,
            found.high,
        )
    )
    print(
        f"{found.matched_members:,} of {found.members:,} members have somebody like them among"
        f" {found.others:,} others."
    )
    print(
        f"Since then members spent {mine:.{places}f} {currency}, those like them"
        f" {theirs:.{places}f}: a difference of {difference:+.{places}f}"
        f" ({low:+.{places}f} … {high:+.{places}f})."
    )
    print("How far apart they were before, in standard deviations (all, then those compared):")
    for one in found.balance:
        print(f"  {one.trait}: {one.before:+.2f}, {one.after:+.2f}")
