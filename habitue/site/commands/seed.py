"""`habitue seed`: made-up businesses with a credential of every kind, to try the API out."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from habitue.site import environment
from habitue.site.usage import misuse

if TYPE_CHECKING:
    from habitue.site.seed import Seed, Tenant

MOST = 50


def command(
    tenants: Annotated[int, typer.Option(min=1, max=MOST, help="How many businesses.")] = 2,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything as JSON, for a program.")
    ] = False,
    prefix: Annotated[
        str, typer.Option(help="How their short names begin: small letters, digits, -.")
    ] = "seed",
    yes: Annotated[
        bool, typer.Option("--yes", help="Also where a real business lives already.")
    ] = False,
) -> None:
    """Make businesses up, with customers and histories; keys and tokens are shown this once.

    Each time new ones: those of before stay as they are.
    """
    from habitue.site.database import database

    if not prefix.isascii() or not prefix.replace("-", "").isalnum() or prefix != prefix.lower():
        misuse(f"--prefix is made of small letters, digits and -, not {prefix!r}.")
    if len(prefix) > 30:
        misuse("--prefix is longer than 30 characters.")
    with database():
        from habitue.site import seed, tree

        real = seed.lived_in()
        if real is not None and not yes:
            misuse(
                f"A real business lives here ({real.name}). Add --yes to make others up beside it;"
                " they stay apart, and every key of theirs opens only them."
            )
        address, now = tree.address(environment.read()), datetime.now(UTC)
        made = seed.build(tenants, prefix=prefix, address=address, now=now, tell=_tell)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())
    else:
        _print(made)


def _tell(slug: str) -> None:
    print(f"{slug} is ready.", file=sys.stderr)


def _print(made: Seed) -> None:
    """The same for a reader: a table for each business."""
    screen = Console(highlight=False, soft_wrap=True)
    screen.print(f"The API is at {made.api}, its description at {made.openapi}.")
    for tenant in made.tenants:
        shop = tenant.business
        title = f"{shop.name} ({shop.slug}), business {shop.id}"
        table = Table(title=title, box=box.SIMPLE, title_justify="left", show_header=False)
        for what, value in _rows(tenant):
            table.add_row(what, value)
        screen.print(table)
    screen.print("Keys and tokens are not shown again. With --json: everything, for a program.")


def _rows(tenant: Tenant) -> list[tuple[str, str]]:
    people = (tenant.owner, tenant.manager, tenant.cashier, tenant.partner_cashier)
    rewards = [
        " ".join([one, *(f"({amount} {unit})" for unit, amount in cost.items())])
        for one, cost in tenant.rewards.items()
    ]
    return [
        *((f"{scope} key", text) for scope, text in tenant.keys.items()),
        *(
            (
                f"{one.role} {one.name}" + (f" at {one.partner}" if one.partner else ""),
                f"{one.token}  staff {one.id}" + (f", PIN {one.pin}" if one.pin else ""),
            )
            for one in people
        ),
        *(
            (f"member {one.name}", f"{one.token}  customer {one.customer}, {one.external}")
            for one in tenant.members
        ),
        ("rewards", ", ".join(rewards)),
        ("voucher", f"{tenant.voucher.code} ({tenant.voucher.reward})"),
        ("purchase", f"event {tenant.purchase.event}, {tenant.purchase.reference}"),
    ]
