"""The advice of the core in the reader's language, with titles instead of names in the file."""

from fractions import Fraction

from django.utils.translation import gettext as _

from habitue.core.advice.saying import SENTENCES, Advice, Cash, Name, Said, Share, Value
from habitue.core.program import Period, Program
from habitue.pages.program import saying


def sentence(of: Program, one: Advice) -> str:
    """What is to be thought over."""
    return saying.sentence(_said(of, one.said))


def about(of: Program, one: Advice) -> str:
    """Which part of the program the advice is about, by its title."""
    head, _dot, rest = one.path.partition(".")
    kind, _bracket, place = head.partition("[")
    number = int(place.removesuffix("]")) if place else None
    if kind == "earn" and number is not None:
        return saying.rule(of, of.rules[number].id)
    if kind == "rewards" and number is not None:
        return saying.reward(of, of.rewards[number].id)
    if kind == "tiers" and of.tiers is not None and "[" in rest:
        level = int(rest.partition("[")[2].partition("]")[0])
        return saying.tier(of, of.tiers.levels[level].id)
    if kind == "units" and rest:
        return saying.called(of, rest.partition(".")[0])
    return {"units": _("What members collect"), "earn": _("How it is earned")}.get(kind, kind)


def _said(of: Program, one: Said) -> str:
    words = {name: _value(of, value) for name, value in one.values.items()}
    return _(SENTENCES[one.key]).format(**words)


def _value(of: Program, value: Value) -> str:
    match value:
        case Said():
            return _said(of, value)
        case tuple():
            return saying.both([_value(of, one) for one in value])
        case Cash(minor, currency):
            return saying.cash(minor, currency)
        case Share(of_one):
            return saying.share(of_one)
        case Name(kind, name):
            called = {"unit": saying.called, "reward": saying.reward, "tier": saying.tier}[kind]
            return called(of, name)
        case Period():
            return saying.period(value)
        case int() | Fraction():
            return saying.number(value)
