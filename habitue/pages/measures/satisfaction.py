"""What customers say: recommendation, satisfaction and ease, question by question, over time."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.members import models
from habitue.members.models import Business
from habitue.metrics import satisfaction as asking
from habitue.metrics.cadence import SHOWN
from habitue.metrics.satisfaction import Answer, Measured, Point, Step
from habitue.pages import access, charts
from habitue.pages.charts import Series
from habitue.pages.measures import saying
from habitue.pages.program import versions
from habitue.pages.program.check import Table
from habitue.pages.templatetags import words as say


class Question(Struct, frozen=True):
    """One question on the page."""

    id: str
    title: str
    asked: str
    value: str
    interval: str
    sentence: str
    trend: SafeString | str
    trend_table: Table
    spread: SafeString | str
    spread_table: Table


@never_cache
@require_GET
@access.owner
def satisfaction(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    by: Step = "quarter" if request.GET.get("by") == "quarter" else "month"
    found = answers(business)
    questions = asking.questions(found)
    context = {
        "business": business,
        "here": "measures",
        "by": by,
        "cadences": [(name, saying.every(name), "") for name in ("month", "quarter")]
        if questions
        else [],
        "questions": [
            _question(business, found, name, scale, scores, by)
            for (name, scale), scores in questions.items()
        ],
    }
    return render(request, "pages/measures/satisfaction.html", context)


def answers(business: Business) -> list[Answer]:
    """How often each score was given on each day."""
    rows = (
        models.Answer.objects.filter(business=business)
        .values_list("answered_on", "question", "scale", "score")
        .annotate(Count("pk"))
        .order_by("answered_on")
    )
    return [Answer(*row) for row in rows]


def _question(
    business: Business,
    found: Sequence[Answer],
    name: str,
    scale: int,
    scores: dict[int, int],
    by: Step,
) -> Question:
    measured = asking.measure(name, scale, scores)
    points = _shown(asking.trend(found, name, scale, step=by, today=versions.today(business)), by)
    title, asked = _words(name)
    spread = asking.distribution(name, scale, scores)
    return Question(
        id=f"{name}-{scale}",
        title=title,
        asked=asked,
        value=_value(measured, measured.value),
        interval=_interval(measured),
        sentence=measured.words[saying.language()],
        trend=_trend(points, title, by),
        trend_table=_trend_table(points, by),
        spread=charts.bars(
            [Series("", [count for _score, count in spread])],
            [str(score) for score, _count in spread],
            title=_("How often each answer was given"),
            written=saying.few_signs(),
        ),
        spread_table=Table(
            _("How often each answer was given"),
            (_("Answer"), _("Times")),
            tuple((str(score), say.count(count)) for score, count in spread),
        ),
    )


def _shown(points: Sequence[Point], by: Step) -> Sequence[Point]:
    """As many periods as other figures have, up to the last that anybody answered in."""
    answered = max((place for place, one in enumerate(points) if one.measured.answers), default=0)
    if points[answered + 1 :] and points[answered + 1].ripens_on is not None:
        answered += 1  # the running one, of which nobody has answered yet
    return points[max(0, answered - SHOWN[by]) : answered + 1]


def _words(name: str) -> tuple[str, str]:
    return {
        "nps": (_("Recommendation (NPS)"), _("“Would you recommend us?” from 0 to 10")),
        "csat": (_("Satisfaction (CSAT)"), _("“Are you satisfied?”")),
        "ces": (_("Ease (CES)"), _("“Was it easy?”")),
    }[name]


def _value(measured: Measured, value: float | None) -> str:
    if value is None:
        return "–"
    match measured.question:
        case "nps":
            return saying.signed(value)
        case "csat":
            return saying.percent(value)
        case _:
            values = {"score": saying.decimal(value), "most": say.count(measured.scale)}
            return _("%(score)s of %(most)s") % values


def _interval(measured: Measured) -> str:
    if measured.low is None or measured.high is None:
        return ""
    return _("probably between %(low)s and %(high)s") % {
        "low": _value(measured, measured.low),
        "high": _value(measured, measured.high),
    }


def _ends(measured: Measured) -> str:
    if measured.low is None or measured.high is None:
        return ""
    return f"{_value(measured, measured.low)} – {_value(measured, measured.high)}"


def _trend(points: Sequence[Point], title: str, by: Step) -> SafeString | str:
    ripe = [one for one in points if one.ripens_on is None]
    if sum(one.measured.value is not None for one in ripe) < 2:
        return ""
    factor = {"nps": 1, "csat": 1000, "ces": 100}[ripe[0].measured.question]

    def column(name: str) -> list[int | None]:
        found = [getattr(one.measured, name) for one in ripe]
        return [None if value is None else round(value * factor) for value in found]

    written = saying.per_mille if factor == 1000 else saying.few_signs(factor)
    return charts.lines(
        [Series(title, column("value"), column("low"), column("high"))],
        [saying.short(one.period, by) for one in ripe],
        title=title,
        written=written,
    )


def _trend_table(points: Sequence[Point], by: Step) -> Table:
    rows = tuple(
        (
            saying.period(one.period, by),
            saying.ripens(one.ripens_on)
            if one.ripens_on
            else _value(one.measured, one.measured.value),
            _ends(one.measured),
            say.count(one.measured.answers),
        )
        for one in reversed(points)
    )
    heads = (_("Period"), _("Value"), _("Probably"), _("Answers"))
    return Table(_("Period by period"), heads, rows)
