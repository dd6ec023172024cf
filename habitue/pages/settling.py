"""A partner's month in words and as a file: the same for the owner and for the partner."""

from collections.abc import Iterator
from datetime import date

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.core import money
from habitue.core.program import Partner, Unit
from habitue.ledger import books, settlement
from habitue.ledger.settlement import Movement, Statement
from habitue.members.models import Business
from habitue.pages import holdings, spreadsheet

SHOWN = 500  # lines of a month on the page; the file has all


class Row(Struct, frozen=True):
    """One line of a month: units as text, money in minor units."""

    unit: str
    issued: str
    issued_money: int
    redeemed: str
    redeemed_money: int


class Line(Struct, frozen=True):
    """One event of a month: what it gave or took, and the money for it."""

    day: date
    what: str
    units: str
    money: int


class Page(Struct, frozen=True):
    """A month as it is shown."""

    of: Statement
    rows: tuple[Row, ...]
    lines: tuple[Line, ...]
    more: bool


def terms(business: Business, name: str) -> Partner:
    """A partner as the newest version that names it has it; others do not exist."""
    for program in reversed(books.shelf(business.pk).programs):
        for partner in program.partners:
            if partner.id == name:
                return partner
    raise Http404


def months(business: Business, name: str) -> list[Statement]:
    """Every statement, newest first."""
    return settlement.statements(business.pk, name)[::-1]


def page(business: Business, name: str, month: str) -> Page:
    """The statement of a month that is written like 2026-03, with what it is made of."""
    first = _first(month)
    statement, units = settlement.statement(business.pk, name, first), _units(business)
    movements = list(settlement.detail(business.pk, name, first))
    rows = [
        Row(
            holdings.words(units[line.unit].title, line.unit),
            holdings.shown(units[line.unit], line.issued),
            line.issued_money,
            holdings.shown(units[line.unit], line.redeemed),
            line.redeemed_money,
        )
        for line in statement.units
    ]
    lines = [_line(units, each) for each in movements[:SHOWN]]
    return Page(statement, tuple(rows), tuple(lines), len(movements) > SHOWN)


def sheet(business: Business, name: str, month: str) -> HttpResponse:
    """The month as a file: every event, every payment, and the balances around them."""
    terms(business, name)
    first = _first(month)
    statement = settlement.statement(business.pk, name, first)
    header = [_("day"), _("what"), _("event or reference"), _("unit"), _("units"), _("money")]
    rows = list(_rows(business, name, statement))
    return spreadsheet.answer(f"{business.slug}-{name}-{month}.csv", header, rows)


def _rows(business: Business, name: str, statement: Statement) -> Iterator[list[str]]:
    places, units = money.decimals(business.currency), _units(business)
    month = statement.month.isoformat()
    yield [month, _("brought forward"), "", "", "", spreadsheet.number(statement.opening, places)]
    for each in settlement.detail(business.pk, name, statement.month):
        sign = 1 if each.issued else -1
        yield [
            each.day.isoformat(),
            _what(each),
            str(each.event),
            spreadsheet.neutral(each.unit),
            spreadsheet.number(each.units, units[each.unit].decimals),
            spreadsheet.number(sign * each.money, places),
        ]
    for payment in statement.payments:
        paid = spreadsheet.number(-payment.money, places)
        reference = spreadsheet.neutral(payment.reference)
        yield [payment.day.isoformat(), _("payment"), reference, "", "", paid]
    yield ["", _("carried forward"), "", "", "", spreadsheet.number(statement.closing, places)]


def _line(units: dict[str, Unit], each: Movement) -> Line:
    unit = units[each.unit]
    amount = f"{holdings.shown(unit, each.units)} {holdings.words(unit.title, unit.id)}"
    return Line(each.day, _what(each), amount, each.money if each.issued else -each.money)


def _what(each: Movement) -> str:
    return _("given here") if each.issued else _("spent here")


def _units(business: Business) -> dict[str, Unit]:
    return {unit.id: unit for unit in books.shelf(business.pk).book.latest.program.units}


def _first(month: str) -> date:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None
    if f"{first:%Y-%m}" != month or not 1900 < first.year < 9000:
        raise Http404
    return first
