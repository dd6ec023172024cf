"""A program as sentences that its owner can read aloud, section by section.

Nothing is read but the program itself, so the same sentences serve any version of it.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.core import program as rules
from habitue.core.program import EarnRule, Program, Reward, Unit
from habitue.pages.program import beyond, clauses, ladder, saying
from habitue.pages.program.saying import sentence
from habitue.pages.program.sentences import places
from habitue.pages.program.sentences.places import Place
from habitue.pages.program.told import Told
from habitue.pages.templatetags import words as say


class Line(Struct, frozen=True):
    """One thing: what it is called, and its sentences. `over`: its dates have passed.

    `place` is where a sentence may change it.
    """

    title: str
    sentences: tuple[str, ...]
    over: bool = False
    place: Place | None = None


class Section(Struct, frozen=True):
    """Things of one kind under a heading; `id` is its place on the page."""

    id: str
    title: str
    lines: tuple[Line, ...]


ORDER: Final = (
    "units", "earn", "promotions", "rewards", "tiers", "benefits", "fee", "draws", "causes",
    "partners", "together", "dividend", "basics",
)  # fmt: skip
"""The sections in the order of the page."""

Part = Callable[[Program, date], Iterator[Told]]


def sections(of: Program, on: date) -> list[Section]:
    """Everything that a program says, as it stands on a day; what it does not have is left out."""
    parts: list[tuple[str, str, Part]] = [
        ("units", _("What members collect"), _units),
        ("earn", _("How it is earned"), _earn),
        ("promotions", _("For a time"), _promotions),
        ("rewards", _("What members get"), _rewards),
        ("tiers", _("Levels"), ladder.sentences),
        ("benefits", _("Benefits"), beyond.benefits),
        ("fee", _("What membership costs"), beyond.fee),
        ("draws", _("Draws"), beyond.draws),
        ("causes", _("Causes"), beyond.causes),
        ("partners", _("Partners"), beyond.partners),
        ("together", _("Together"), beyond.together),
        ("dividend", _("Dividend"), beyond.dividend),
        ("basics", _("Besides"), _besides),
    ]
    found = []
    for name, title, part in parts:
        lines = tuple(
            Line(one.title, tuple(map(sentence, filter(None, one.said))), one.over, one.place)
            for one in part(of, on)
        )
        if lines:
            found.append(Section(name, title, lines))
    return found


# --- units -------------------------------------------------------------------------------------


def _units(of: Program, _on: date) -> Iterator[Told]:
    for place, unit in places.every(of, "units"):
        yield Told(saying.words(unit.title, unit.id), list(_unit(of, unit)), place=place)


def _unit(of: Program, unit: Unit) -> Iterator[str]:
    if not unit.redeemable:
        yield _("only counted, for levels") if unit.qualifying else _("only counted")
        return
    if unit.worth is not None:
        one = {"one": saying.amount(of, unit.id, 1), "price": saying.price(unit.worth, of.currency)}
        yield _("%(one)s is worth %(price)s") % one
    yield clauses.expiry(unit.expiry) if unit.expiry else _("never lapse")
    if unit.pending is not None:
        yield pending(unit.pending)
    if unit.carry:
        yield _("what is too little for a whole one waits for the next time")
    if unit.qualifying:
        yield _("they count for levels as well")


def pending(of: rules.Pending) -> str:
    """When units that wait become usable."""
    if of.period is not None:
        return _("usable %(period)s after they were earned") % {"period": saying.period(of.period)}
    if of.until is not None:
        return _("usable from %(day)s on") % {"day": say.day(of.until)}
    if of.approval:
        text = _("usable once somebody has approved them")
    else:
        text = _("usable after: %(event)s") % {"event": clauses.event(of.event or "")}
    if of.within is None:
        return text
    late = _("cancelled if it does not come within %(period)s")
    return f"{text}, {late % {'period': saying.period(of.within)}}"


# --- earning -----------------------------------------------------------------------------------


def _earn(of: Program, on: date) -> Iterator[Told]:
    for place, rule in places.every(of, "rules"):
        if rule.dates is None:
            yield Told(_called(of, rule), list(_rule(of, rule)), place=place)


def _promotions(of: Program, on: date) -> Iterator[Told]:
    """Rules with dates, those that are over last."""
    dated = [one for one in places.every(of, "rules") if one[1].dates is not None]
    for place, rule in sorted(dated, key=lambda one: is_over(one[1].dates, on)):
        said = [saying.between(rule.dates), *_rule(of, rule)]
        yield Told(_called(of, rule), said, is_over(rule.dates, on), place)


def _called(of: Program, rule: EarnRule) -> str:
    return saying.words(rule.title, rule.id) if rule.title else saying.rule(of, rule.id)


def _rule(of: Program, rule: EarnRule) -> Iterator[str]:
    awards = saying.both([clauses.award(of, award) for award in rule.awards])
    yield _("%(event)s earns %(award)s") % {"event": clauses.event(rule.when), "award": awards}
    if rule.lines is not None:
        if wanted := clauses.goods(rule.lines):
            yield _("only for %(goods)s") % {"goods": wanted}
        if rule.lines.excluding and (without := clauses.goods(rule.lines.excluding)):
            yield _("not for %(goods)s") % {"goods": without}
    if rule.where is not None:
        yield clauses.only(of, rule.where)
    unit = next((one.unit for one in rule.awards if getattr(one, "unit", None)), None) or ""
    for limit in rule.limits:
        yield _("at most %(limit)s") % {"limit": clauses.limit(of, limit, unit)}
    if rule.cool_down is not None:
        yield _("not again within %(period)s") % {"period": saying.period(rule.cool_down)}
    if rule.expiry is not None:
        units = {"units": saying.called(of, unit), "lapse": clauses.expiry(rule.expiry)}
        yield _("%(units)s %(lapse)s") % units
    if rule.pending is not None:
        yield pending(rule.pending)
    if rule.base != "net":
        base = _("taxes included") if rule.base == "with tax" else _("before discounts")
        yield _("the amount counts %(how)s") % {"how": base}
    if rule.covered == "earns":
        yield _("what is paid with units earns too")
    if rule.group is not None:
        yield _group(of, rule)


def _group(of: Program, rule: EarnRule) -> str:
    how = of.combine.get(rule.group or "", "sum")
    others = [
        saying.rule(of, one.id) for one in of.rules if one.group == rule.group and one.id != rule.id
    ]
    if how == "sum" or not others:
        return ""
    among = {"rules": saying.both(others)}
    if how == "best":
        return _("of this and %(rules)s only the best for the member counts") % among
    return _("of this and %(rules)s only the first that fits counts") % among


# --- rewards -----------------------------------------------------------------------------------


def _rewards(of: Program, on: date) -> Iterator[Told]:
    stand = places.every(of, "rewards")
    for place, reward in sorted(stand, key=lambda one: is_over(one[1].dates, on)):
        title = saying.words(reward.title, reward.id)
        yield Told(title, list(_reward(of, reward)), is_over(reward.dates, on), place)
    if of.pay_with is not None:
        yield Told(_("At the till"), list(_payment(of, of.pay_with)))


def _reward(of: Program, reward: Reward) -> Iterator[str]:
    if not says_gift(reward):
        yield clauses.gift(of, reward.gifts)
    if reward.automatic == "threshold" and reward.cost is not None:
        cost = saying.fixed(of, *reward.cost)
        yield _("comes by itself as soon as there are %(cost)s") % {"cost": cost}
    elif reward.automatic is not None:
        yield _("comes by itself with %(event)s") % {"event": clauses.event(reward.automatic)}
    elif reward.cost is not None:
        yield _("costs %(cost)s") % {"cost": saying.fixed(of, *reward.cost)}
    if reward.where is not None:
        yield clauses.only(of, reward.where)
    if reward.tiers:
        levels = saying.either([saying.tier(of, level) for level in reward.tiers])
        yield _("only for %(levels)s") % {"levels": levels}
    if reward.dates is not None:
        yield saying.between(reward.dates)
    if reward.limit is not None:
        unit = reward.cost[0] if reward.cost else ""
        yield _("at most %(limit)s") % {"limit": clauses.limit(of, reward.limit, unit)}
    if reward.stock is not None:
        yield _("%(count)s in all") % {"count": say.count(reward.stock)}
    if reward.valid_for is not None:
        period = saying.period(reward.valid_for)
        yield _("to be used within %(period)s") % {"period": period}


def says_gift(reward: Reward) -> bool:
    """Whether the title of a reward is the name of what it gives, said in several languages."""
    return bool(reward.title) and len(reward.gifts) == 1 and bool(reward.gifts[0].name)


def _payment(of: Program, pays: rules.PayWith) -> Iterator[str]:
    yield _("%(units)s pay part of an order") % {"units": saying.called(of, pays.unit)}
    if pays.least:
        yield _("at least %(least)s at a time") % {"least": saying.fixed(of, pays.unit, pays.least)}
    if pays.most < 1:
        yield _("for at most %(share)s of the order") % {"share": saying.share(pays.most)}
    if pays.when_short == "clamp":
        yield _("when there are too few, what there is is taken")


# --- besides -----------------------------------------------------------------------------------


def _besides(of: Program, _on: date) -> Iterator[Told]:
    joins = (
        _("whoever buys is a member at once")
        if of.enrolment == "automatic"
        else _("who wants to be a member asks to join")
    )
    yield Told(_("Joining"), [joins])
    spent = {
        "never below zero": _("what is missing is not asked for later"),
        "negative": _("the balance goes below zero, and what comes in next pays it off"),
        "lower the refund": _("what is missing is taken off the refund"),
    }[of.refund_of_spent]
    back = _("a return takes back what the goods earned; if that is spent already, %(then)s")
    yield Told(_("Returns"), [back % {"then": spent}])
    period = {"period": saying.period(of.undo_within)}
    yield Told(_("Mistakes"), [_("can be undone within %(period)s") % period])


def is_over(dates: rules.Dates | None, on: date) -> bool:
    """Whether the last day of something has passed."""
    return dates is not None and dates.until is not None and dates.until <= on
