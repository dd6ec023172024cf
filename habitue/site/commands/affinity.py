"""`habitue affinity`: what is bought together, and what each customer may like next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from habitue.site import named

if TYPE_CHECKING:
    from habitue.members.models import Business
    from habitue.metrics.affinity.judging import Judgement
    from habitue.metrics.affinity.pairs import Pair
    from habitue.metrics.affinity.suggesting import Suggestions

WIDE: Final = 120


class By(Enum):
    """What of a line is looked at."""

    product = "product"
    category = "category"


def command(
    business: Annotated[str, typer.Option(help="The business, by its short name.")],
    by: Annotated[By, typer.Option(help="Look at products, or at their categories.")] = By.product,
    top: Annotated[int, typer.Option(help="How many pairs to print.", min=1)] = 20,
    to_csv: Annotated[
        Path | None, typer.Option("--csv", help="Write each customer's suggestions to this file.")
    ] = None,
) -> None:
    """Print what is bought together beyond chance, and how good suggestions are here."""
    from habitue.site.database import database

    with database():
        owner = named.business(business)
        from habitue.metrics.affinity import pairs, suggesting
        from habitue.metrics.affinity.words import Refusal
        from habitue.outreach import lines

        found = lines.baskets(owner, by=by.value, now=datetime.now(UTC))
        console = Console(highlight=False)
        if not console.is_terminal:
            console.width = max(console.width, WIDE)
        together = pairs.together(found)
        if isinstance(together, Refusal):
            console.print(together.words["en"], soft_wrap=True)
        else:
            _print_pairs(console, owner, together, top)
        suggested = suggesting.suggest(found)
        if isinstance(suggested, Refusal):
            console.print(suggested.words["en"], soft_wrap=True)
            return
        for line in _judged(suggested.judgement):
            console.print(line, soft_wrap=True)
        console.print(suggested.words["en"], soft_wrap=True)
        if to_csv is not None:
            _save(to_csv, owner, suggested)


def _print_pairs(console: Console, owner: Business, pairs: Sequence[Pair], top: int) -> None:
    table = Table(title=f"{owner.name}: bought together", box=box.SIMPLE_HEAD)
    for name in ("with", "also"):
        table.add_column(name)
    for name in ("baskets", "customers", "support", "confidence", "lift", "95 % interval"):
        table.add_column(name, justify="right")
    for pair in pairs[:top]:
        table.add_row(
            pair.first,
            pair.second,
            f"{pair.together:,}",
            f"{pair.customers:,}",
            f"{100 * pair.support:.2f} %",
            f"{100 * pair.confidence:.0f} %",
            f"{pair.lift:.1f}",
            f"{pair.low:.1f} – {pair.high:.1f}",
        )
    console.print(table)
    console.print(
        f"{len(pairs):,} pairs are no chance. Confidence: of the baskets with the first, the share"
        " that has the second. Lift: how many times as often as if they were unrelated.",
        soft_wrap=True,
    )


def _judged(judgement: Judgement) -> Iterator[str]:
    popular = judgement.popular
    yield (
        f"Held back: the last baskets of {popular.judged:,} customers who bought something new"
        f" there. Five suggestions of what most buy hit {100 * popular.hit_rate:.1f} % of them"
        f" (recall {100 * popular.recall:.1f} %)."
    )
    if judgement.taste is None or judgement.low is None or judgement.high is None:
        yield "Too few to judge anything else by."
        return
    yield (
        f"Five by the taste of similar customers hit {100 * judgement.taste.hit_rate:.1f} %"
        f" (recall {100 * judgement.taste.recall:.1f} %): {100 * judgement.low:+.1f} to"
        f" {100 * judgement.high:+.1f} points apart."
    )


def _save(path: Path, owner: Business, suggested: Suggestions) -> None:
    from habitue.site import saved

    rows = [(str(who), *names) for who, names in suggested.named()]
    most = suggested.product.shape[1]
    saved.save(path, owner, ("customer", *(f"suggestion {n + 1}" for n in range(most))), rows)
    print(f"{len(rows):,} customers written to {path}.")
