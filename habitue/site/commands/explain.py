"""`habitue explain`: why a balance is what it is, why an event gave what it gave."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from habitue.core import money
from habitue.site import named
from habitue.site.usage import misuse

if TYPE_CHECKING:
    from habitue import ledger
    from habitue.core import program

SHOWN = 50


def command(
    business: Annotated[str, typer.Option(help="The business, by its short name.")],
    customer: Annotated[
        str, typer.Option(help="Id, e-mail, phone, card number, or another system's number.")
    ],
    event: Annotated[
        int | None, typer.Option(help="One event only (default: the balance and the last lines).")
    ] = None,
) -> None:
    """Say why a member holds what they hold, line by line."""
    from habitue.site.database import database

    with database():
        from habitue import ledger

        owner = named.business(business)
        who = named.customer(owner, customer)
        if event is not None:
            sentences = ledger.explain(owner.pk, who, event)
            if not sentences:
                misuse(f"Customer {who} has no event {event}.")
            print("\n".join(sentences))
            return
        standing = ledger.standing(owner.pk, who, now=datetime.now(UTC))
        rules = ledger.program(owner.pk)
        if standing is None or rules is None:
            print(f"Nothing was posted for customer {who} yet.")
            return
        print("\n".join(_standing(standing, rules)))
        events = dict.fromkeys(
            (line.event, line.day) for line in ledger.entries(owner.pk, who, limit=SHOWN)
        )
        for made, day in events:
            print(f"\n{day}, event {made}:")
            for sentence in ledger.explain(owner.pk, who, made):
                print(f"  {sentence}")


def _standing(standing: ledger.Standing, rules: program.Program) -> list[str]:
    decimals = {unit.id: unit.decimals for unit in rules.units}
    lines = [f"Customer {standing.customer}, {_membership(standing)}."]
    for unit, balance in standing.balances.items():
        waiting = standing.pending.get(unit, 0)
        more = f", {money.written(waiting, decimals[unit])} more to come" if waiting else ""
        lines.append(f"  {money.written(balance, decimals[unit])} {unit}{more}")
        for lot in standing.lots:
            if lot.unit == unit:
                until = f"through {lot.expires_on}" if lot.expires_on else "without a date"
                part = money.written(lot.remaining, decimals[unit])
                lines.append(f"    {part} usable from {lot.active_on} {until}")
    for voucher in standing.vouchers:
        until = f", valid through {voucher.expires_on}" if voucher.expires_on else ""
        lines.append(f"  reward {voucher.reward}, issued {voucher.issued_on}{until}")
    return lines


def _membership(standing: ledger.Standing) -> str:
    if standing.enrolled_on is None:
        return "not a member"
    until = f" through {standing.tier_until}" if standing.tier_until else ""
    tier = f", {standing.tier}{until}" if standing.tier else ""
    return f"a member since {standing.enrolled_on}{tier}"
