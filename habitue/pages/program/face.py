"""The card that a program makes, as somebody who has just joined would see it."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.core.program import Fixed, Program
from habitue.members.models import Business
from habitue.pages import drawing, holdings
from habitue.pages.program import saying
from habitue.pages.program.sentences import rule_parts

SHOWN = 4


class Face(Struct, frozen=True):
    """The shop's name, the picture, what is next, and what else there is to take."""

    shop: str
    picture: SafeString
    next: str
    rewards: tuple[str, ...]


def of(program: Program, business: Business) -> Face:
    """The first card: what joining gives, on the way to the cheapest reward."""
    costs = sorted(
        (rule_parts.loose(program, *one.cost), at)
        for at, one in enumerate(program.rewards)
        if one.cost and not one.tiers
    )
    rewards = [program.rewards[at] for _cost, at in costs]
    listed = tuple(
        f"{saying.fixed(program, *one.cost)}: {saying.words(one.title, _given(program, one.id))}"
        for one in rewards[:SHOWN]
        if one.cost
    )
    if not rewards or rewards[0].cost is None:
        return Face(business.name, SafeString(""), "", listed)
    unit = rewards[0].cost[0]
    have, goal = int(_welcome(program, unit)), max(1, int(costs[0][0]))
    words = {"have": have, "goal": goal, "unit": saying.called(program, unit)}
    label = _("%(have)s of %(goal)s %(unit)s") % words
    title = saying.words(rewards[0].title, _given(program, rewards[0].id))
    return Face(business.name, drawing.progress(have, goal, label=label), title, listed)


def _given(program: Program, reward: str) -> str:
    found = program.reward(reward)
    return holdings.reward_words(program, found) if found and found.gifts else reward


def _welcome(program: Program, unit: str) -> int:
    """What joining gives of a unit, before any limit."""
    return sum(
        int(award.amount)
        for rule in program.rules
        if rule.when == "enrolment" and rule.where is None and rule.dates is None
        for award in rule.awards
        if isinstance(award, Fixed) and award.unit == unit
    )
