"""`habitue demo`: Café des Amis, a demo business with a year of history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn


def command() -> None:
    """Fill the demo business with a year of history; running it again adds nothing."""
    from habitue.site.database import database

    screen = Console(highlight=False, soft_wrap=True)
    with database():
        from habitue.site import demo

        columns = (TextColumn("Telling a year"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TextColumn("visits"), console=screen) as progress:
            bar = progress.add_task("")

            def tell(done: int, total: int) -> None:
                progress.update(bar, completed=done, total=total)

            business = demo.build(now=datetime.now(UTC), tell=tell)
    until = business.created_at.date().replace(day=1)
    since = (until - timedelta(days=80)).replace(day=1)
    screen.print(
        f"{business.name}, a demo business, is ready: start Habitué and look around, or type"
        f" habitue figures --business {business.slug} --period {since}..{until}"
    )
