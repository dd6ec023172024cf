"""`habitue verify`: the ledger's promises, checked on the living database."""

from __future__ import annotations

from typing import Annotated

import typer

from habitue.site import named


def command(
    business: Annotated[
        str | None, typer.Option(help="One business, by its short name (default: all).")
    ] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="Also fold every history again and compare.")
    ] = False,
) -> None:
    """Check every invariant; exit code 1 when something is broken, with a sentence each."""
    from habitue.site.database import database

    with database():
        from habitue import ledger
        from habitue.members.models import Business

        owners = [named.business(business)] if business else list(Business.objects.order_by("slug"))
        broken = ledger.verify(owners[0].pk if business else None)
        for owner in owners if replay else ():
            broken += [f"{owner.slug}: {sentence}" for sentence in ledger.replay(owner.pk)]
    for sentence in broken:
        print(sentence)
    if broken:
        raise typer.Exit(1)
    done = ", and every history leads to its balances" if replay else ""
    print(f"The ledger of {business or f'{len(owners)} businesses'} keeps every promise{done}.")
