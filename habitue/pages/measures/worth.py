"""What customers will probably be worth in the year to come, and the models that say so."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.members.models import Business
from habitue.metrics.report import Bin, Holdout, Model, Worth
from habitue.pages import access, charts
from habitue.pages.charts import Series
from habitue.pages.measures import reports, saying
from habitue.pages.program import saying as phrases
from habitue.pages.program.check import Table
from habitue.pages.templatetags import words as say


class Margin(forms.Form):
    """What is left of a sale."""

    margin = forms.DecimalField(
        label=gettext_lazy("Of 100 of sales, how much is left to you?"),
        help_text=gettext_lazy("Your margin, in percent. Left empty, sales are shown, not profit."),
        required=False,
        min_value=Decimal("0.1"),
        max_value=100,
        max_digits=4,
        decimal_places=1,
        localize=True,
    )


class Fitted(Struct, frozen=True):
    """One model on the page: why there is none, or its parameters and cautions."""

    name: str
    refused: str
    cautions: tuple[str, ...]
    table: Table | None


@never_cache
@require_GET
@access.owner
def worth(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    kept = reports.latest(business)
    if kept is None:
        return redirect("measures")
    form = Margin(request.GET or None)
    given = form.cleaned_data["margin"] if form.is_valid() else None
    margin = Fraction(1) if given is None else Fraction(given) / 100
    found = kept.report.worth
    context = {
        "business": business,
        "here": "measures",
        "kept": kept,
        "form": form,
        "margin": given,
        "worth": found,
        "models": [_fitted(one) for one in found.models] if found else [],
    }
    if found is not None:
        context |= _shown(business, found, margin)
    if kept.report.holdout is not None:
        context |= _held(kept.report.holdout)
    status = 422 if form.errors else 200
    return render(request, "pages/measures/worth.html", context, status=status)


def _shown(business: Business, found: Worth, margin: Fraction) -> dict[str, object]:
    def money(value: int | None) -> str:
        return "" if value is None else say.whole(round(value * margin), business.currency)

    people = sum(one.customers for one in found.bins)
    best = found.best / found.total if found.best is not None and found.total else None
    return {
        "total": money(found.total),
        "mean": money(found.mean),
        "median": money(found.median),
        "best": "" if best is None else saying.whole_percent(best),
        "alive": "" if found.alive is None else say.count(round(found.alive)),
        "purchases": "" if found.purchases is None else say.count(round(found.purchases)),
        "known": say.count(people),
        "chart": _chart(business, found.bins, margin) if found.bins else "",
        "table": _table(business, found.bins, margin) if found.bins else None,
    }


def _held(found: Holdout) -> dict[str, object]:
    """The model held against what came: all together, and by how often somebody had come back."""
    series = [
        Series(_("expected"), [round(one.expected) for one in found.track]),
        Series(_("actual"), [one.actual for one in found.track]),
    ]
    labels = [phrases.short_month(one.until) for one in found.track]
    times = [f"{one.again}+" if one.more else str(one.again) for one in found.rows]
    rows = [
        Series(_("expected"), [round(100 * one.expected) for one in found.rows]),
        Series(_("actual"), [round(100 * one.actual) for one in found.rows]),
    ]
    few = saying.few_signs()
    return {
        "held": found,
        "trusted": _(
            "For %(customers)s customers it expected %(expected)s purchases; there were %(actual)s."
        )
        % {
            "customers": say.count(found.customers),
            "expected": say.count(round(found.expected)),
            "actual": say.count(found.actual),
        },
        "track": charts.lines(series, labels, title=_("Repeat purchases in all"), written=few),
        "track_table": Table(
            _("Repeat purchases in all"),
            (_("Until"), _("Expected"), _("Actual")),
            tuple(
                (say.day(one.until), say.count(round(one.expected)), say.count(one.actual))
                for one in found.track
            ),
        ),
        "rows": charts.bars(
            rows, times, title=_("Purchases since, each"), written=saying.few_signs(100)
        ),
        "rows_table": Table(
            _("Purchases since, each"),
            (_("Had come back"), _("Customers"), _("Expected"), _("Actual")),
            tuple(
                (
                    name,
                    say.count(one.customers),
                    saying.decimal(one.expected),
                    saying.decimal(one.actual),
                )
                for name, one in zip(times, found.rows, strict=True)
            ),
        ),
    }


def _chart(business: Business, bins: tuple[Bin, ...], margin: Fraction) -> SafeString:
    title = _("How many customers are worth how much in the year to come")
    labels = [saying.whole_money(float(one.low * margin), business.currency) for one in bins]
    series = [Series("", [one.customers for one in bins])]
    return charts.bars(series, labels, title=title, written=saying.few_signs())


def _table(business: Business, bins: tuple[Bin, ...], margin: Fraction) -> Table:
    def money(value: int) -> str:
        return say.whole(round(value * margin), business.currency)

    people = sum(one.customers for one in bins)
    rows = []
    for one in bins:
        low = money(one.low)
        between = (
            _("%(low)s and more") % {"low": low}
            if one.high is None
            else f"{low} – {money(one.high)}"
        )
        share = saying.whole_percent(one.customers / people) if people else "–"
        rows.append((between, say.count(one.customers), share))
    heads = (_("Worth"), _("Customers"), _("Share"))
    return Table(_("How many customers are worth how much"), heads, tuple(rows))


def _fitted(model: Model) -> Fitted:
    language = saying.language()
    rows = tuple(
        (one.name, saying.significant(one.value), saying.give_or_take(one.error))
        for one in model.parameters
    )
    heads = (_("Parameter"), _("Value"), _("Give or take"))
    return Fitted(
        name=model.name,
        refused=model.refused[language] if model.refused else "",
        cautions=tuple(text[language] for text in model.cautions),
        table=Table(model.name, heads, rows) if rows else None,
    )
