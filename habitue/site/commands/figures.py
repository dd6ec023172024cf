"""`habitue figures`: how loyal the customers are, each figure with what it was computed from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habitue import metrics
from habitue.core import money
from habitue.site import computing, figures_table
from habitue.site.computing import Engine
from habitue.site.usage import misuse

if TYPE_CHECKING:
    from habitue.members.models import Business


def command(
    business: Annotated[str, typer.Option(help="The business, by its short name.")],
    period: Annotated[
        str, typer.Option(help="Half-open: 1998-01-01..1998-04-01 ends with 31 March.")
    ],
    window: Annotated[
        int | None,
        typer.Option(
            help="A customer at a day bought within so many days before it"
            " (default: the business's own rhythm)."
        ),
    ] = None,
    lifespan: Annotated[
        str | None,
        typer.Option(help="For the lifetime value: so many periods (default: 1 / churn)."),
    ] = None,
    figure: Annotated[
        list[str] | None,
        typer.Option(help="Only this figure, and how it is computed; may be repeated."),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="Where to compute: in PostgreSQL, or over the lake.")
    ] = Engine.STATE,
    lake: Annotated[
        Path | None, typer.Option(help="The lake's folder (default: lake in HABITUE_HOME).")
    ] = None,
    spark_master: Annotated[
        str, typer.Option(help="For --engine spark: the cluster's address.")
    ] = f"spark://127.0.0.1:{computing.PORT}",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Print the essential figures of a period, with numerator, denominator and interval."""
    asked, periods, only = _period(period), _lifespan(lifespan), _figures(figure or [])
    from habitue.site.database import database

    with database():
        from habitue.ledger import figures

        owner = _business(business)
        try:
            with computing.source(engine, owner, only, folder=lake, master=spark_master) as source:
                answers = figures.answer(
                    owner,
                    period=asked,
                    now=datetime.now(UTC),
                    window=window,
                    lifespan=periods,
                    figures=only,
                    source=source,
                )
        except ValueError as error:
            misuse(str(error))
        if as_json:
            print(json.dumps([figures.as_numbers(result) for result in answers.results], indent=2))
        elif only:
            figures_table.one(f"{owner.name}, {asked}", answers)
        else:
            figures_table.table(f"{owner.name}, {asked}", answers, periods)


def _period(text: str) -> metrics.Period:
    try:
        return metrics.periods.parse(text)
    except ValueError as error:
        misuse(str(error))


def _figures(names: list[str]) -> list[str]:
    unknown = [name for name in names if name not in metrics.every()]
    if unknown:
        misuse(f"There is no figure {unknown[0]!r}; there are {', '.join(metrics.every())}.")
    return names


def _lifespan(text: str | None) -> Fraction | None:
    if text is None:
        return None
    try:
        thousandths = money.fixed(text, 3)
    except ValueError as error:
        misuse(str(error))
    if thousandths <= 0:
        misuse("A lifespan is longer than 0 periods.")
    return Fraction(thousandths, 1000)


def _business(slug: str) -> Business:
    from habitue.members.models import Business

    found = Business.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Business.objects.order_by("slug").values_list("slug", flat=True)[:10])
        misuse(f"There is no business {slug!r}; there is {known or 'none yet'}.")
    return found
