"""What is owed in units today: by unit, how it came about, what will be used, what is deferred."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.core.breakage import ONE, Curve
from habitue.core.liability import Roll
from habitue.core.program import Program
from habitue.core.statement import Deferral, Group, Holding, Statement
from habitue.ledger import books, liabilities
from habitue.members.models import Business
from habitue.pages import access, accounts, charts, spreadsheet
from habitue.pages.charts import Series
from habitue.pages.program import saying, versions
from habitue.pages.program.check import Table
from habitue.pages.templatetags import words as say

MONTHS: Final = 12
POINTS: Final = 24
"""Ages at which the curve is shown."""


class Owed(Struct, frozen=True):
    """One unit on the page: its sentences, tables and curve."""

    id: str
    title: str
    fact: str
    said: tuple[str, ...]
    tables: tuple[Table, ...]
    curve: SafeString | str
    curve_table: Table | None
    deferral: tuple[str, ...]


class Asked(forms.Form):
    """As of which day, and which share of units is ever redeemed."""

    on = forms.DateField(
        label=gettext_lazy("At the end of which day?"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    redemption = forms.DecimalField(
        label=gettext_lazy("Of 100 units, how many are ever used?"),
        help_text=gettext_lazy("Leave it empty to take what your own history says."),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        localize=True,
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date | None:
        given: date | None = self.cleaned_data["on"]
        if given is not None and given > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return given


@never_cache
@require_GET
@access.owner
def liability(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    form, found = _read(request, business)
    current = versions.current(versions.every(business))
    context = {
        "business": business,
        "here": "program",
        "form": form,
        "on": found.on,
        "owed": [_owed(current.program, found, one) for one in found.holdings] if current else [],
        "asked": request.GET.urlencode(),
    }
    status = 422 if form.errors else 200
    return render(request, "pages/program/liability.html", context, status=status)


@require_GET
@access.owner
def months_csv(request: HttpRequest, business: Business) -> HttpResponse:
    """The months, for the accountant."""
    found = _read(request, business)[1]
    rows = accounts.months(found, spreadsheet.number)
    name = f"{business.slug}-{found.on}.csv"
    return spreadsheet.answer(name, accounts.HEADER, rows)


@require_GET
@access.owner
def lots_csv(request: HttpRequest, business: Business) -> HttpResponse:
    """Every open lot."""
    found = _read(request, business)[1]
    number_on = books.shelf(business.pk).book.number_on
    lots = liabilities.lots(business.pk, on=found.on)
    rows = accounts.lots(lots, found, number_on, spreadsheet.number)
    return spreadsheet.answer(f"{business.slug}-{found.on}-lots.csv", accounts.LOT_HEADER, rows)


def _read(request: HttpRequest, business: Business) -> tuple[Asked, Statement]:
    today = versions.today(business)
    form = Asked(request.GET or None, today=today)
    stated = form.cleaned_data if form.is_valid() else {}
    share = stated.get("redemption")
    redemption = None if share is None else Fraction(share) / 100
    on = stated.get("on") or today
    found = liabilities.read(business.pk, on=on, months=MONTHS, redemption=redemption)
    return form, found


# --- one unit ----------------------------------------------------------------------------------


def _owed(of: Program, found: Statement, one: Holding) -> Owed:
    points = _sampled(one.curve)
    return Owed(
        id=one.unit,
        title=saying.called(of, one.unit),
        fact=_fact(of, one),
        said=tuple(_said(of, one)),
        tables=tuple(_tables(of, one)),
        curve=_curve(points) if len(points) > 1 else "",
        curve_table=_curve_table(points) if len(points) > 1 else None,
        deferral=tuple(_worked(of, one)),
    )


def _fact(of: Program, one: Holding) -> str:
    units = saying.fixed(of, one.unit, sum(group.units for group in one.groups))
    if one.worth is None:
        return _("%(units)s are open.") % {"units": units}
    values = {
        "units": units,
        "value": say.money(one.value, of.currency),
        "expected": say.money(one.expected, of.currency),
    }
    if one.known:
        return (
            _("%(units)s are open, worth %(value)s; %(expected)s is expected to be used.") % values
        )
    return _("%(units)s are open, worth %(value)s.") % values


def _said(of: Program, one: Holding) -> Iterator[str]:
    values = {
        "share": saying.share(one.redemption),
        "lots": say.count(one.curve.lots),
        "units": saying.called(of, one.unit),
    }
    if one.stated:
        yield _("As you state, %(share)s of them are ever used.") % values
    elif one.curve.enough:
        yield _("By your own history, %(share)s of them are ever used.") % values
    else:
        yield _(
            "There is not enough history yet to say how many are never used, so all are taken to "
            "be. You may state a share below."
        )
    if one.unswept:
        units = saying.fixed(of, one.unit, one.unswept)
        yield _("Of this, %(units)s fell due and are written down at night.") % {"units": units}
    if one.owed:
        units = saying.fixed(of, one.unit, one.owed)
        yield _("Members owe %(units)s after returns.") % {"units": units}
    if one.worth is None:
        yield _(
            "Nothing says what they are worth in money: give the unit a “worth” in the program."
        )


def _tables(of: Program, one: Holding) -> Iterator[Table]:
    places = of.units[of.unit_index(one.unit)].decimals
    unit = {"unit": saying.called(of, one.unit)}

    def units(value: int) -> str:
        return saying.number(Fraction(value, 10**places))

    def cash(value: int) -> str:
        return say.money(value, of.currency)

    yield _rolled(_("Month by month, in %(unit)s") % unit, one.rolls, units)
    if one.values:
        yield _rolled(_("Month by month, in money"), one.values, cash)
        yield Table(
            _("Open, by when it lapses"),
            (_("Lapses in"), _("Lots"), _("Units"), _("Worth"), _("Expected")),
            tuple(_group(group, units, cash) for group in one.groups),
        )
    else:
        yield Table(
            _("Open, by when it lapses"),
            (_("Lapses in"), _("Lots"), _("Units")),
            tuple(_group(group, units, cash)[:3] for group in one.groups),
        )
    if one.deferrals:
        yield Table(
            _("Deferred under IFRS 15"),
            (
                _("Month"),
                _("Sales to members"),
                _("Worth of units given"),
                _("Deferred"),
                _("Recognized"),
                _("Contract liability"),
            ),
            tuple(_deferral(each, cash) for each in one.deferrals),
        )


def _rolled(caption: str, rolls: Sequence[Roll], write: charts.Written) -> Table:
    names = ["opening", "issued", "redeemed", "expired", "corrected"]
    heads = [_("Month"), _("Opening"), _("Issued"), _("Used"), _("Lapsed"), _("Corrected")]
    if any(roll.revalued for roll in rolls):
        names.append("revalued")
        heads.append(_("Revalued"))
    names.append("closing")
    heads.append(_("Closing"))
    rows = tuple(
        (saying.short_month(roll.month), *(write(getattr(roll, name)) for name in names))
        for roll in rolls
    )
    return Table(caption, tuple(heads), rows)


def _group(group: Group, units: charts.Written, cash: charts.Written) -> tuple[str, ...]:
    lapses = saying.month_of(group.lapses) if group.lapses else _("no date of their own")
    worth = cash(group.value), cash(group.expected)
    return lapses, say.count(group.lots), units(group.units), *worth


def _deferral(one: Deferral, cash: charts.Written) -> tuple[str, ...]:
    amounts = (one.sales, one.standalone, one.deferred, one.recognized, one.closing)
    return saying.short_month(one.month), *(cash(amount) for amount in amounts)


# --- the curve ---------------------------------------------------------------------------------


def _sampled(curve: Curve) -> list[tuple[int, int, int, int]]:
    """Ages in days with what was used, lapsed and open by then, in percent of all given."""
    if not curve.points:
        return []
    oldest = max(curve.last.age, 1)
    count = min(POINTS, oldest)
    ages = sorted({round(oldest * step / count) for step in range(count + 1)})
    found = []
    for age in ages:
        point = curve.at(age)
        redeemed, lapsed = (100 * share // ONE for share in (point.redeemed, point.lapsed))
        found.append((age, redeemed, lapsed, 100 - redeemed - lapsed))
    return found


def _curve(points: Sequence[tuple[int, int, int, int]]) -> SafeString:
    series = [
        Series(_("used"), [used for _age, used, _lapsed, _open in points]),
        Series(_("lapsed"), [lapsed for _age, _used, lapsed, _open in points]),
    ]
    labels = [say.count(age) for age, *_rest in points]
    title = _("What became of what was given, in percent, by its age in days")
    return charts.lines(series, labels, title=title, written=lambda value: f"{value} %")


def _curve_table(points: Sequence[tuple[int, int, int, int]]) -> Table:
    rows = tuple(
        (saying.days(age), *(saying.share(Fraction(part, 100)) for part in parts))
        for age, *parts in points
    )
    heads = (_("Age"), _("Used"), _("Lapsed"), _("Still open"))
    return Table(_("What became of what was given"), heads, rows)


# --- IFRS 15, worked ---------------------------------------------------------------------------


def _worked(of: Program, one: Holding) -> Iterator[str]:
    """The allocation with the shop's own numbers of the last month that sold anything."""
    sold = [each for each in one.deferrals if each.sales and each.standalone]
    if not sold:
        return
    last = sold[-1]
    values = {
        "month": saying.month_of(last.month),
        "sales": say.money(last.sales, of.currency),
        "worth": say.money(last.standalone, of.currency),
        "share": saying.share(one.redemption),
        "deferred": say.money(last.deferred, of.currency),
        "both": say.money(last.sales + last.standalone, of.currency),
        "rest": say.money(last.sales - last.deferred, of.currency),
        "units": saying.called(of, one.unit),
    }
    yield (
        _(
            "In %(month)s members bought for %(sales)s and were given %(units)s that are worth "
            "%(worth)s, counting the %(share)s that are ever used."
        )
        % values
    )
    if sum(1 for unit in of.units if unit.redeemable) > 1:
        yield (
            _(
                "The price is divided between the goods and everything given, in proportion: "
                "%(deferred)s of it is for %(units)s."
            )
            % values
        )
    else:
        yield (
            _(
                "The price is divided in proportion: %(sales)s × %(worth)s / %(both)s = "
                "%(deferred)s."
            )
            % values
        )
    yield (
        _(
            "So %(deferred)s is deferred until they are used or lapse, and %(rest)s is revenue "
            "at once."
        )
        % values
    )
