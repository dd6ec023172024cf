"""`habitue program what-if`: a history replayed under one program, or under two side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from habitue.connectors.text import Unusable
from habitue.core import money
from habitue.core.program import Program
from habitue.core.whatif.behaviour import Behaviour, Choice
from habitue.core.whatif.result import Trial, WhatIf
from habitue.pages import trials
from habitue.site import cores, named, opened, replays
from habitue.site.replays import Plan, Tell
from habitue.site.usage import misuse

WIDE: Final = 120
CURRENT: Final = "current"
"""The word for the program that a business has now, with all its versions."""

_WORDS: Final[dict[str, Choice]] = {
    "never": "never",
    "soonest": "soonest",
    "dearest": "dearest",
    "as-posted": "as posted",
}
_MOST_CORES: Final = 256


def what_if(
    program: Annotated[
        str, typer.Argument(help="A program file, or `current` for what the business has now.")
    ],
    second: Annotated[
        str, typer.Argument(metavar="[PROGRAM2]", help="Another one, to see both side by side.")
    ] = "",
    bought: Annotated[
        Path | None, typer.Option("--purchases", help="Replay the purchases of this file.")
    ] = None,
    business: Annotated[
        str, typer.Option(help="Replay what the ledger holds of this business.")
    ] = "",
    take: Annotated[
        list[str] | None,
        typer.Option(
            help="How rewards are taken: never, soonest, dearest, as-posted; a reward's id"
            " (only this one); 30% (how likely on a day). May be given several times."
        ),
    ] = None,
    worth: Annotated[
        list[str] | None,
        typer.Option(help="What one unit is worth where the program does not say: stamps=0.25."),
    ] = None,
    processes: Annotated[
        int | None, typer.Option("--cores", help="How many cores to use (default: all).")
    ] = None,
    as_json: Annotated[
        Path | None, typer.Option("--json", help="Write the result to this file, as JSON.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--page", help="Write a page with charts to this file.")
    ] = None,
) -> None:
    """Replay a history under one program or two: cost, liability, tiers, winners and losers."""
    if (bought is None) == (not business):
        misuse("Say what to replay: --purchases FILE, or --business NAME.")
    if CURRENT in (program, second) and not business:
        misuse(f"`{CURRENT}` is what a business has now: say which, with --business NAME.")
    names = [name for name in (program, second) if name]
    processes = min(processes or cores.count(), _MOST_CORES)
    if processes < 1:
        misuse("--cores is at least 1.")
    screen = Console(stderr=True)
    if bought is not None:
        plan = _plan([(opened.program(Path(name)),) for name in names], take, worth)
        found = _of_file(plan, bought, processes, screen)
    else:
        found = _of_business(business, names, take, worth, processes, screen)
    if as_json is not None:
        _write(as_json, json.dumps(as_data(found), indent=1, ensure_ascii=False) + "\n")
    if page is not None:
        _write(page, trials.page(found))
    _print(found)


def as_data(found: WhatIf) -> object:
    """A result for machines: money in minor units, units in fixed point, fractions as text."""
    return msgspec.to_builtins(found, enc_hook=str, str_keys=True)


def _of_file(plan: Plan, path: Path, processes: int, screen: Console) -> WhatIf:
    zone = ZoneInfo(plan.programs[0][-1].timezone)
    today = datetime.now(UTC).astimezone(zone).date()
    try:
        with _progress(screen) as tell:
            return replays.of_file(plan, path, today=today, processes=processes, tell=tell)
    except Unusable as error:
        misuse(str(error))


def _of_business(
    slug: str,
    names: list[str],
    take: list[str] | None,
    worth: list[str] | None,
    processes: int,
    screen: Console,
) -> WhatIf:
    from habitue.site.database import database

    with database():
        from django.db import connection

        from habitue.ledger import books
        from habitue.site import replayed_ledger

        owner = named.business(slug)
        now = books.shelf(owner.pk).book
        own = tuple(now.programs)
        tried = [own if name == CURRENT else (opened.program(Path(name)),) for name in names]
        plan = _plan(tried, take or ["as-posted"], worth)
        if plan.programs[0][-1].currency != owner.currency:
            misuse(f"{owner.name} counts in {owner.currency}, the program does not.")
        enroll = now.latest.program.enrolment == "automatic"
        plan = msgspec.structs.replace(plan, enroll=enroll)
        connection.ensure_connection()
        with _progress(screen) as tell:
            return replayed_ledger.of_business(
                plan, connection.connection, owner.pk, processes=processes, tell=tell
            )


def _plan(
    tried: list[tuple[Program, ...]], take: list[str] | None, worth: list[str] | None
) -> Plan:
    newest = [versions[-1] for versions in tried]
    if len({of.currency for of in newest}) > 1:
        misuse("Two programs are compared in one currency.")
    return Plan(
        programs=tuple(tried),
        behaviour=behaviour(take or [], newest),
        worths=_worths(worth or [], newest),
    )


def behaviour(words: list[str], programs: list[Program]) -> Behaviour:
    """How rewards are taken, as it was typed."""
    choice: Choice = "soonest"
    chance, only = Fraction(1), list[str]()
    rewards = {reward.id for of in programs for reward in of.rewards if reward.cost}
    for word in words:
        if word in _WORDS:
            choice = _WORDS[word]
        elif word.endswith("%"):
            chance = _chance(word)
        elif word in rewards:
            only.append(word)
        else:
            known = ", ".join([*_WORDS, "30%", *sorted(rewards)])
            misuse(f"--take {word[:40]!r} is none of: {known}.")
    return Behaviour(choice, tuple(only), chance)


def _chance(word: str) -> Fraction:
    try:
        share = Fraction(money.fixed(word.removesuffix("%").strip(), 4), 100 * 10**4)
    except ValueError as error:
        misuse(str(error))
    if not 0 < share <= 1:
        misuse("A chance is more than 0% and at most 100%.")
    return share


def _worths(given: list[str], programs: list[Program]) -> dict[str, Fraction]:
    units = {unit.id for of in programs for unit in of.units if unit.redeemable}
    found = {}
    for text in given:
        unit, _, amount = text.partition("=")
        if unit not in units:
            misuse(f"--worth {text[:40]!r} names no unit; there is {', '.join(sorted(units))}.")
        try:
            found[unit] = Fraction(money.fixed(amount, 6), 10**6)
        except ValueError as error:
            misuse(str(error))
    return found


@contextmanager
def _progress(screen: Console) -> Iterator[Tell]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeRemainingColumn(), console=screen, transient=True) as progress:
        bar = progress.add_task("Looking at the history", total=1.0)

        def tell(doing: str, share: float) -> None:
            progress.update(bar, description=doing, completed=share)

        yield tell


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        misuse(f"{path} cannot be written: {error.strerror}.")


def _print(found: WhatIf) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDE)
    for trial in found.trials:
        console.print(_table(trial))
        for sentence in trial.notes:
            console.print(sentence, soft_wrap=True, markup=False)
        for code, count in trial.refused.items():
            console.print(f"{count:,} events were refused: {code}.", markup=False)
    if found.compared is not None:
        console.print(_winners(found))
    behaviours = dict.fromkeys(trial.behaviour for trial in found.trials)
    said = [f"{found.customers:,} customers, {found.events:,} events.", *behaviours, *found.notes]
    console.print(" ".join(said), soft_wrap=True, markup=False)


def _table(trial: Trial) -> Table:
    title = next(iter(trial.title.values()), trial.program)
    table = Table(title=f"{title} ({trial.currency})", title_justify="left", box=box.SIMPLE_HEAD)
    write = _writer(trial.currency)
    columns = ["month", "purchases", "spent", "rewards", "cost", "owed", "lapsed", *trial.tiers]
    for column in columns:
        table.add_column(column, justify="left" if column == "month" else "right")
    for month in trial.months:
        table.add_row(
            f"{month.month:%Y-%m}",
            f"{month.purchases:,}",
            write(month.money),
            f"{sum(month.taken.values()):,}",
            write(month.cost),
            write(month.liability),
            write(month.breakage),
            *(f"{month.members[tier]:,}" for tier in trial.tiers),
        )
    table.add_section()
    table.add_row(
        "all",
        f"{sum(month.purchases for month in trial.months):,}",
        write(trial.money),
        f"{sum(sum(month.taken.values()) for month in trial.months):,}",
        write(trial.cost),
        "",
        write(sum(month.breakage for month in trial.months)),
        style="bold",
    )
    return table


def _winners(found: WhatIf) -> Table:
    """Who gets more back under the second program, and who less."""
    compared = found.compared
    assert compared is not None, "there are two programs"
    write = _writer(found.trials[0].currency)
    table = Table(title="The second against the first", title_justify="left", box=box.SIMPLE_HEAD)
    for column in ("", "customers", "in all", "most"):
        table.add_column(column, justify="left" if column in ("", "most") else "right")
    for name, count, amount, most in (
        ("more back", compared.winners, compared.gained, compared.most_gained),
        ("less back", compared.losers, -compared.lost, compared.most_lost),
        ("the same", compared.same, 0, []),
    ):
        shown = ", ".join(f"{who} {write(gain)}" for gain, who in most[:3])
        table.add_row(name, f"{count:,}", write(amount) if amount else "", shown)
    return table


def _writer(currency: str) -> Callable[[int], str]:
    places = money.decimals(currency)
    return lambda value: f"{value / 10**places:,.{places}f}"
