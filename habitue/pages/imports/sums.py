"""The sheet of balances as the pages show it: a line a unit, in the reader's words and numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from habitue import ledger
from habitue.connectors import reconciling
from habitue.core.program import Unit
from habitue.members.models import Business
from habitue.pages import holdings
from habitue.pages.imports import reasons
from habitue.pages.templatetags import words


def lines(business: Business, sheet: reconciling.Sheet | None) -> list[dict[str, Any]]:
    """Each unit with its sums; none where the file was not of balances."""
    if sheet is None:
        return []
    program = ledger.program(business.pk)
    units = {unit.id: unit for unit in program.units} if program else {}
    return [_line(line, units.get(line.unit)) for line in sheet.lines]


def _line(line: reconciling.Line, unit: Unit | None) -> dict[str, Any]:
    def shown(amount: int) -> str:
        return words.count(Decimal(amount).scaleb(-unit.decimals if unit else 0))

    return {
        "title": holdings.words(unit.title, unit.id) if unit else "",
        "rows": line.rows,
        "customers": line.customers,
        "in_file": shown(line.in_file),
        "posted": shown(line.posted),
        "there": shown(line.there),
        "left_out": shown(line.left_out),
        "difference": shown(line.difference) if line.difference else "",
        "left": [
            {
                "reason": reasons.say(one.reason),
                "rows": one.rows,
                "amount": shown(one.amount) if one.amount else "",
                "unread": one.unread,
            }
            for one in line.left
        ],
    }
