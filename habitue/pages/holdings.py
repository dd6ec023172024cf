"""What a member holds, in the words of a page: progress, rewards that are ready, history."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from msgspec import Struct

from habitue import ledger
from habitue.core import money
from habitue.core.program import Gift, PerMoney, Program, Reward, Text, Unit
from habitue.members.models import Business
from habitue.pages.templatetags import words as say


class Ready(Struct, frozen=True):
    """A reward that can be given now: taken from the balance, or a voucher already issued."""

    title: str
    reward: str = ""
    voucher: int = 0
    choice: int = 0


class Face(Struct, frozen=True):
    """The face of a card."""

    unit: str
    have: int
    goal: int
    reward: str
    ready: tuple[Ready, ...]
    more: tuple[str, ...]  # balances of other units, as text
    by_visit: bool
    by_money: bool

    @property
    def left(self) -> int:
        return max(0, self.goal - self.have)

    @property
    def label(self) -> str:
        """The picture as text."""
        if not self.goal:
            return f"{self.have} {self.unit}"
        words = {"have": self.have, "goal": self.goal, "unit": self.unit}
        return _("%(have)s of %(goal)s %(unit)s") % words

    @property
    def left_text(self) -> str:
        """What is missing until the reward."""
        if not self.goal:
            return self.label
        if self.left == 0:
            return _("Your reward is ready.")
        text = ngettext(
            "%(left)s more until: %(reward)s", "%(left)s more until: %(reward)s", self.left
        )
        return text % {"left": self.left, "reward": self.reward}


def face(
    business: Business, customer: int, *, now: datetime, held: ledger.Standing | None = None
) -> Face | None:
    """The face of a customer's card, or None while the business has no program.

    `held` is where the customer stands, if that is known already.
    """
    program = ledger.program(business.pk)
    if program is None or not program.units:
        return None
    standing = held or ledger.standing(business.pk, customer, now=now)
    balances = standing.balances if standing else {}
    vouchers = standing.vouchers if standing else []
    tier = standing.tier if standing else None
    taken = [reward for reward in program.rewards if reward.cost and _open(reward, tier, now)]
    unit, goal, title = _aim(program, taken, balances)
    ready = [one for voucher in vouchers for one in choices(program, voucher)]
    paid = standing is None or standing.perks.membership is None or standing.perks.membership.holds
    ready += [
        Ready(reward_words(program, one), reward=one.id)
        for one in taken
        if one.automatic is None and one.cost and balances.get(one.cost[0], 0) >= one.cost[1]
        if paid
    ]
    return Face(
        unit=words(unit.title, unit.id),
        have=whole(unit, balances.get(unit.id, 0)),
        goal=whole(unit, goal),
        reward=title,
        ready=tuple(ready),
        more=tuple(
            f"{shown(other, balances[other.id])} {words(other.title, other.id)}"
            for other in program.units
            if other.id != unit.id and other.redeemable and balances.get(other.id)
        ),
        by_visit=by_visit(program),
        by_money=by_money(program),
    )


def by_visit(program: Program) -> bool:
    """Whether something is earned by coming."""
    return any(rule.when == "visit" for rule in program.rules)


def by_money(program: Program) -> bool:
    """Whether something is earned by what is spent."""
    return any(
        rule.when == "purchase" and any(isinstance(one, PerMoney) for one in rule.awards)
        for rule in program.rules
    )


def words(text: Text, otherwise: str) -> str:
    """A program's text in the reader's language, else in any it has."""
    language = get_language() or "fr"
    return text.get(language) or next(iter(text.values()), otherwise)


def gift_words(program: Program, gift: Gift) -> str:
    """One gift: its name, or what it is worth."""
    match gift.kind:
        case "money off":
            said = _("%(amount)s off") % {"amount": say.money(gift.value, program.currency)}
        case "percent off":
            said = _("%(percent)s off") % {"percent": say.percent(gift.value / 100)}
        case "units":
            unit = program.units[program.unit_index(gift.unit)]
            said = f"{shown(unit, gift.value)} {words(unit.title, unit.id)}"
        case "donation":
            held = {
                "amount": say.money(gift.value, program.currency),
                "cause": _cause(program, gift),
            }
            said = _("%(amount)s to: %(cause)s") % held
        case "draw entry":
            said = _("An entry in: %(draw)s") % {"draw": _draw(program, gift)}
        case _:
            said = gift.kind
    return gift.name or said


def reward_words(program: Program, of: Reward) -> str:
    """A reward's title; one without (a prize) is called by what it gives."""
    if of.title or not of.gifts:
        return words(of.title, of.id)
    return " / ".join(gift_words(program, gift) for gift in of.gifts)


def _cause(program: Program, gift: Gift) -> str:
    """The cause that a donation goes to."""
    titles = {one.id: one.title for one in program.causes}
    return words(titles.get(gift.to, {}), gift.to)


def _draw(program: Program, gift: Gift) -> str:
    titles = {one.id: one.title for one in program.draws}
    return words(titles.get(gift.to, {}), gift.to)


def shown(unit: Unit, amount: int) -> str:
    """A fixed-point amount as people write it."""
    text = money.written(amount, unit.decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def whole(unit: Unit, amount: int) -> int:
    """Whole units of a fixed-point amount."""
    return int(Decimal(amount).scaleb(-unit.decimals))


def _aim(
    program: Program, rewards: list[Reward], balances: dict[str, int]
) -> tuple[Unit, int, str]:
    """The next reward: the cheapest not yet reached, else the dearest reached."""
    costs = [(one.cost, one) for one in rewards if one.cost]
    if not costs:
        return program.units[0], 0, ""
    missing = [pair for pair in costs if balances.get(pair[0][0], 0) < pair[0][1]]
    chosen = min(missing, key=_price) if missing else max(costs, key=_price)
    (unit, amount), reward = chosen
    return program.units[program.unit_index(unit)], amount, reward_words(program, reward)


def _price(pair: tuple[tuple[str, int], Reward]) -> int:
    return pair[0][1]


def _open(reward: Reward, tier: str | None, now: datetime) -> bool:
    since, until = (reward.dates.since, reward.dates.until) if reward.dates else (None, None)
    return (
        (not reward.tiers or tier in reward.tiers)
        and (since is None or since <= now.date())
        and (until is None or now.date() < until)
    )


def choices(program: Program, voucher: ledger.VoucherLine) -> list[Ready]:
    """A voucher, once for each gift that it lets the member choose."""
    reward = program.reward(voucher.reward)
    if reward is None:
        return [Ready(voucher.reward, voucher=voucher.id)]
    if len(reward.gifts) < 2:
        return [Ready(reward_words(program, reward), voucher=voucher.id)]
    title = f"{words(reward.title, '')}: " if reward.title else ""
    return [
        Ready(title + gift_words(program, gift), voucher=voucher.id, choice=place)
        for place, gift in enumerate(reward.gifts)
    ]
