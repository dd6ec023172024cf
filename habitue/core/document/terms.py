"""The terms that a program sets its members: what they pay, win, pool and pass on.

Each must be possible: prices follow one another, what pays has a worth, what is pooled can be
spent, and a draw has prizes enough for its odds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Final

from habitue.core import program
from habitue.core.document import phrases
from habitue.core.document.page import Sheet

LEAST_ODDS: Final = Fraction(1, 4)
"""A draw in which fewer than a quarter of the entrants win is refused."""


def check(found: program.Program, sheet: Sheet) -> None:
    """Note every term that cannot be kept."""
    units = {unit.id: unit for unit in found.units}
    if found.fee is not None:
        _fee(found, found.fee, sheet)
    if found.pay_with is not None:
        _worth(units[found.pay_with.unit], sheet)
    if found.refund_of_spent == "lower the refund" and not _priced(found.units):
        sentence = "no unit has a worth by which a refund could be lowered; add worth to one"
        sheet.fault_at("refund_of_spent", sentence)
    if found.household is not None:
        _spendable("household.pools", found.household.pools, units, sheet)
    if found.transfers is not None:
        _transfers(found.transfers, units, sheet)
    if found.dividend is not None:
        _dividend(found.dividend, units, sheet)
    for path, partner in zip(sheet.paths("partners"), found.partners, strict=True):
        if partner.account == "prepaid" and not partner.issuing:
            sentence = "a prepaid partner needs a price; add issuing: 0.01"
            sheet.fault_at(f"{path}.account", sentence)
    for path, draw in zip(sheet.paths("draws"), found.draws, strict=True):
        _draw(draw, path, sheet)


# --- money -------------------------------------------------------------------------------------


def _fee(found: program.Program, fee: program.Fee, sheet: Sheet) -> None:
    if not found.benefits and not found.rules and not sheet.problems:
        sheet.fault_at("fee", "a fee for nothing: add benefits, or rules to earn by")
    placed = list(zip(sheet.paths("fee.prices"), fee.prices, strict=False))
    for path, price in placed:
        if fee.every == "once" and price.at_renewal_since:
            sheet.fault_at(f"{path}.at_renewal_since", "a fee that is paid once has no renewal")
        elif price.at_renewal_since and price.at_renewal_since < (price.since or date.min):
            sentence = "members cannot renew at a price before it is there"
            sheet.fault_at(f"{path}.at_renewal_since", sentence)
    for (_, earlier), (path, later) in pairwise(placed):
        if later.since is None:
            sheet.fault_at(f"{path}.since", '"since" is missing: from when does this price hold?')
        elif later.since <= (earlier.since or date.min) or _renewed(later) <= _renewed(earlier):
            sentence = "prices stand in the order of their days, oldest first"
            sheet.fault_at(f"{path}.since", sentence)


def _renewed(price: program.Price) -> date:
    return price.at_renewal_since or price.since or date.min


def _worth(unit: program.Unit, sheet: Sheet) -> None:
    if not unit.redeemable:
        sentence = f"{unit.id} cannot be spent; add redeemable: true"
        sheet.fault_at("pay_with.unit", sentence)
    elif unit.worth is None:
        sentence = f"nobody knows what {unit.id} are worth; add worth: 0.05 to the unit"
        sheet.fault_at("pay_with.unit", sentence)


def _priced(units: Sequence[program.Unit]) -> bool:
    return any(unit.redeemable and unit.worth is not None for unit in units)


# --- units between members ---------------------------------------------------------------------


def _spendable(
    path: str, named: Sequence[str], units: dict[str, program.Unit], sheet: Sheet
) -> None:
    for unit in named:
        if not units[unit].redeemable:
            sheet.fault_at(path, f"{unit} cannot be spent; add redeemable: true")


def _transfers(transfers: program.Transfers, units: dict[str, program.Unit], sheet: Sheet) -> None:
    _spendable("transfers.units", transfers.units, units, sheet)
    limit = transfers.limit
    if limit is not None and limit.amount is not None and len(transfers.units) > 1:
        sentence = "a limit in units needs one unit to count in; limit the times instead"
        sheet.fault_at("transfers.limit", sentence)
    if limit is not None and limit.total:
        sheet.fault_at("transfers.limit", "what a member gives is limited for each member")


def _dividend(dividend: program.Dividend, units: dict[str, program.Unit], sheet: Sheet) -> None:
    if not units[dividend.pays].redeemable:
        sentence = f"{dividend.pays} cannot be spent; add redeemable: true"
        sheet.fault_at("dividend.pays", sentence)
    if not units[dividend.of].qualifying:
        sentence = f"{dividend.of} is not counted; add qualifying: true"
        sheet.fault_at("dividend.of", sentence)
    if dividend.pays == dividend.of:
        sentence = "a dividend cannot be paid in what it is a share of; it would grow by itself"
        sheet.fault_at("dividend.pays", sentence)


# --- draws -------------------------------------------------------------------------------------


def _draw(draw: program.Draw, path: str, sheet: Sheet) -> None:
    for prize_path, prize in zip(sheet.paths(f"{path}.prizes"), draw.prizes, strict=True):
        if prize.gift.kind == "draw entry":
            sheet.fault_at(prize_path, "an entry in a draw is no prize")
    if draw.limit is not None and draw.limit < draw.entries:
        sentence = f"it brings {draw.entries} entries, and a member may have {draw.limit}"
        sheet.fault_at(f"{path}.limit", sentence)
    if draw.where is not None and not draw.when:
        sheet.fault_at(f"{path}.where", "where goes with when: what has to happen?")
    if not any(problem.path.startswith(f"{path}.") for problem in sheet.problems):
        _odds(draw, path, sheet)


def _odds(draw: program.Draw, path: str, sheet: Sheet) -> None:
    odds = max(draw.odds, LEAST_ODDS)
    needed = ceil(odds * draw.expects)
    held = sum(prize.pieces or 0 for prize in draw.prizes)
    enough = any(prize.pieces is None for prize in draw.prizes) or held >= needed
    missing = "" if enough else f"; {_missing(needed - held)}"
    at = f"{draw.expects:,} entrants at {phrases.show_exact(odds * 100)}% need {needed:,} prizes"
    if draw.odds < LEAST_ODDS:
        sheet.fault_at(f"{path}.odds", f"odds below 25% are refused: {at}{missing}")
    elif missing:
        sheet.fault_at(f"{path}.prizes", f"{at}, and there are {held:,}{missing}")


def _missing(count: int) -> str:
    return "1 prize is missing" if count == 1 else f"{count:,} prizes are missing"
