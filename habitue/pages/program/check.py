"""The program checked: what to think over, how fast it is, how generous, with what odds."""

from collections.abc import Iterator
from fractions import Fraction

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.core import advice
from habitue.core.advice.customer import YEARS
from habitue.core.advice.generosity import A_VISIT, Back, Rate
from habitue.core.advice.reach import Reached
from habitue.core.program import Period, Program
from habitue.members.models import Business
from habitue.pages import access
from habitue.pages.program import advising, clauses, rules, saying, typical, versions
from habitue.pages.program.typical import Known
from habitue.pages.templatetags import words as say


class Thought(Struct, frozen=True):
    """A piece of advice on the page. `same`: with the lines, everybody gets the same."""

    about: str
    sentence: str
    instead: tuple[str, ...]
    same: bool


class Table(Struct, frozen=True):
    """A table on the page: its caption, heads and rows; the first cell of a row names it."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@never_cache
@require_GET
@access.owner
def check(request: HttpRequest, business: Business) -> HttpResponse:
    """The page; of the version in force, or of the one that is asked for."""
    found = versions.every(business)
    shown = versions.current(found)
    if asked := request.GET.get("version"):
        shown = next((one for one in found if str(one.number) == asked), shown)
    if shown is None:
        return redirect("program")
    source, today = shown.program, versions.today(business)
    form = typical.Stated(request.GET or None)
    known = typical.of_business(business, form, on=today)
    report = advice.report(source, known.typical, on=max(today, shown.since or today))
    context = {
        "business": business,
        "here": "program",
        "version": shown,
        "form": form,
        "customer": customer(source, known, report),
        "first": first(source, report),
        "thoughts": [
            Thought(
                advising.about(source, one), advising.sentence(source, one), one.instead, one.same
            )
            for one in report.advice
        ],
        "tables": [table for table in _tables(source, report) if table.rows],
        "beside": list(_beside(source, report)),
    }
    return render(request, "pages/program/check.html", context)


def customer(of: Program, known: Known, report: advice.Report) -> str:
    """Whom the check has in mind, and why."""
    values = {
        "basket": saying.cash(known.typical.basket, of.currency),
        "visits": saying.number(round(known.typical.visits, 1)),
        "days": say.count(known.days),
    }
    text = _("A typical customer spends %(basket)s at each of %(visits)s visits a month.") % values
    if {known.basket, known.visits} == {"seen"}:
        source = _(
            "That is your own median purchase, and how often people came, of the last %(days)s "
            "days."
        )
    elif "stated" in (known.basket, known.visits):
        source = _("That is as you say.")
    elif known.visits == "seen":
        source = _(
            "How often they come is from your last %(days)s days; what they spend is assumed."
        )
    else:
        source = _("That is assumed: in the last %(days)s days too few came to say.")
    bought = report.pace.typical.buys
    goods = _("They buy: %(goods)s.") % {"goods": _kind(bought.said)} if bought.said else ""
    return " ".join(filter(None, [text, source % values, goods]))


def first(of: Program, report: advice.Report) -> str:
    """When the first reward comes."""
    found = report.pace.first
    if not any(reward.cost for reward in of.rewards):
        return ""
    if found is None:
        years = saying.period(Period(YEARS, "year"))
        return _("Such purchases alone reach no reward within %(years)s.") % {"years": years}
    values = {
        "reward": saying.reward(of, found.id),
        "visits": say.count(found.visits),
        "days": saying.days(found.days),
    }
    if not found.days:
        return _("The first reward, “%(reward)s”, comes on the day of joining.") % values
    return _("The first reward, “%(reward)s”, comes at visit %(visits)s, after %(days)s.") % values


# --- tables ------------------------------------------------------------------------------------


def _tables(of: Program, report: advice.Report) -> Iterator[Table]:
    yield Table(
        _("How long it takes, saving up from the day of joining"),
        (_("Reached"), _("Visits"), _("Days")),
        (
            *_reached(report.pace.rewards, lambda name: saying.reward(of, name)),
            *_reached(report.pace.tiers, lambda name: saying.tier(of, name)),
        ),
    )
    hundred = saying.cash(100 * 10 ** saying.decimals(of.currency), of.currency)
    yield Table(
        _("What comes back"),
        (
            _("Spending"),
            _("per %(amount)s") % {"amount": hundred},
            _("of the money"),
            _("worst reward"),
            _("best reward"),
        ),
        tuple(_rate(of, rate) for rate in report.generosity.rates),
    )
    yield Table(
        _("What rewards give"),
        (_("Reward"), _("Costs"), _("Gives"), _("Worth of one unit")),
        tuple(_back(of, back) for back in report.generosity.rewards),
    )
    yield Table(
        _("Draws, with as many people as they expect"),
        (_("Draw"), _("People"), _("Prizes"), _("Odds"), _("Asked"), _("Prizes missing")),
        tuple(
            (
                f"{saying.draw(of, one.id)}, {saying.each(draw.every)}",
                say.count(one.expects),
                _("as many as needed") if one.pieces is None else say.count(one.pieces),
                saying.share(one.odds),
                saying.share(one.asked),
                say.count(one.missing),
            )
            for one, draw in zip(report.draws, of.draws, strict=True)
        ),
    )


def _reached(found: dict[str, Reached], title: saying.Titled) -> list[tuple[str, str, str]]:
    return [
        (title(one.id), say.count(one.visits), say.count(one.days))
        for one in sorted(found.values(), key=lambda one: (one.days, one.visits))
    ]


def _rate(of: Program, rate: Rate) -> tuple[str, ...]:
    level = saying.tier(of, rate.tier) if rate.tier else ""
    spending = saying.joined([level, _kind(rate.with_)]) or _("any purchase")
    given = saying.amount(of, rate.unit, round(rate.per_money * 100, 1))
    return spending, given, *map(_share, (rate.share, rate.least, rate.most))


def _share(value: Fraction | None) -> str:
    return _("not known") if value is None else saying.share(value)


def _back(of: Program, back: Back) -> tuple[str, ...]:
    reward = of.reward(back.reward)
    title = saying.reward(of, back.reward) if reward else _("At the till")
    gives = clauses.gift(of, reward.gifts) if reward else _("part of the price")
    if reward and rules.says_gift(reward):
        gives = title
    worth = _("not known")
    if back.per_unit is not None:
        worth = saying.price(back.per_unit, of.currency)
    return title, saying.amount(of, back.unit, back.cost), gives, worth


def _kind(said: str) -> str:
    """A kind of purchase as the core names it: `category coffee`, a scan."""
    if said in ("", A_VISIT):
        return _("a scan at each visit") if said else ""
    what, _space, name = said.partition(" ")
    texts = {
        "sku": _("product “%(name)s”"),
        "category": _("category “%(name)s”"),
        "label": _("label “%(name)s”"),
        "channel": _("channel “%(name)s”"),
        "place": _("place “%(name)s”"),
        "partner": _("partner “%(name)s”"),
        "tender": _("paid by “%(name)s”"),
    }
    return texts[what] % {"name": name}


# --- beside ------------------------------------------------------------------------------------


def _beside(of: Program, report: advice.Report) -> Iterator[str]:
    """What is not known, fees and dividends: a sentence each."""
    for unit in report.generosity.unknown:
        yield _(
            "What %(units)s are worth in money cannot be said: give the unit a “worth” in the "
            "program, what the goods cost in the shop per unit."
        ) % {"units": saying.called(of, unit)}
    fee = report.generosity.fee
    for benefit, count in fee.uses.items() if fee else ():
        title = next((one.title for one in of.benefits if one.id == benefit), {})
        values = {"benefit": saying.words(title, benefit), "count": say.count(count)}
        yield _("The fee has paid for itself after using “%(benefit)s” %(count)s times.") % values
