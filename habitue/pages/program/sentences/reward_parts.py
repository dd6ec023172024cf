"""What rewards say: what they cost, what they give, how many there are, how long they are good."""

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _
from msgspec import structs

from habitue.core import program as rules
from habitue.core.program import Gift, Program, Reward
from habitue.pages.program import saying
from habitue.pages.program.sentences import blank, rule_parts
from habitue.pages.program.sentences.blank import Blank, Label, Values
from habitue.pages.program.sentences.kind import KEPT, Part, Said, Shop

BY_ITSELF = "threshold"


def price(of: Program, says: Label, gift: dict[str, Blank], kind: str) -> Part:
    """Units for one gift of a kind, in one sentence: `{amount} {unit}: {name}`."""

    def read(reward: Reward) -> Said:
        if reward.cost is None or reward.automatic not in (None, BY_ITSELF):
            return KEPT
        unit, amount = reward.cost
        given = _given(reward, kind)
        if not isinstance(given, dict):
            return KEPT
        return {"amount": rule_parts.loose(of, unit, amount), "unit": unit, **given}

    def write(reward: Reward, values: Values | None) -> Reward:
        assert values is not None
        cost = (values["unit"], rule_parts.fixed(of, values["unit"], values["amount"]))
        return structs.replace(reward, cost=cost, gifts=(_gift(kind, values),))

    spent = [one for one in rule_parts.units(of) if of.units[of.unit_index(one[0])].redeemable]
    return Part(
        "price",
        says,
        {
            "amount": blank.number(_("how many"), rule_parts.places_of(of)),
            "unit": blank.choice(_("of what"), spent),
            **gift,
        },
        read,
        write,
        keys=("cost", "gives", "choose"),
        optional=False,
        check=lambda values: rule_parts.too_fine(of, values["unit"], values["amount"]),
    )


def gift(says: Label, blanks: dict[str, Blank], kind: str) -> Part:
    """What is given, in a sentence of its own."""

    def read(reward: Reward) -> Said:
        return _given(reward, kind)

    def write(reward: Reward, values: Values | None) -> Reward:
        assert values is not None
        return structs.replace(reward, gifts=(_gift(kind, values),))

    return Part("gift", says, blanks, read, write, keys=("gives", "choose"), optional=False)


def thing(shop: Shop) -> dict[str, Blank]:
    """A thing by its name."""
    return {"name": blank.text(_("what"), most=120, suggests=shop.products)}


def _given(reward: Reward, kind: str) -> Said:
    if len(reward.gifts) != 1 or reward.gifts[0].kind != kind:
        return KEPT
    given = reward.gifts[0]
    if kind == "product":
        return {"name": given.name}
    if given.name:
        return KEPT
    return {"value": Fraction(given.value, 100) if kind == "percent off" else given.value}


def _gift(kind: Any, values: Values) -> Gift:
    if kind == "product":
        return Gift(kind, name=values["name"])
    value = values["value"]
    return Gift(kind, value=int(value * 100) if kind == "percent off" else value)


def by_itself() -> Part:
    """Whether it comes as soon as there is enough, or is asked for."""
    options = [
        ("", _("when the member asks for it")),
        (BY_ITSELF, _("by itself, as soon as there is enough")),
    ]

    def read(reward: Reward) -> Said:
        if reward.automatic not in (None, BY_ITSELF) or reward.cost is None:
            return KEPT
        return {"how": reward.automatic} if reward.automatic else None

    def write(reward: Reward, values: Values | None) -> Reward:
        return structs.replace(reward, automatic=BY_ITSELF if values else None)

    blanks = {"how": blank.choice(_("how it comes"), options)}
    return Part("how", _("It comes {how}."), blanks, read, write, keys=("automatic",))


def levels(of: Program) -> tuple[Part, ...]:
    """For members of which levels, where the program has levels."""
    if of.tiers is None:
        return ()
    options = [(one.id, saying.tier(of, one.id)) for one in of.tiers.levels]
    return (
        Part(
            "levels",
            _("Only for members of these levels: {levels}"),
            {"levels": blank.several(_("levels"), options)},
            read=lambda reward: {"levels": reward.tiers} if reward.tiers else None,
            write=lambda reward, values: structs.replace(
                reward, tiers=values["levels"] if values else ()
            ),
            keys=("tiers",),
        ),
    )


def stock() -> Part:
    """How many there are in all."""
    return Part(
        "stock",
        _("There are {stock} in all."),
        {"stock": blank.whole(_("how many there are"), 1, 10**9)},
        read=lambda reward: None if reward.stock is None else {"stock": reward.stock},
        write=lambda reward, values: structs.replace(
            reward, stock=values["stock"] if values else None
        ),
        keys=("stock",),
    )


def valid() -> Part:
    """How long a voucher is good."""

    def read(reward: Reward) -> Said:
        one = reward.valid_for
        return None if one is None else {"count": one.count, "period": one.unit}

    return Part(
        "valid",
        _("To be used within {count} {period}."),
        rule_parts.period_blanks(first="day"),
        read,
        lambda reward, values: structs.replace(
            reward, valid_for=rule_parts.period(values) if values else None
        ),
        keys=("valid_for",),
    )


def often() -> Part:
    """How often each member may take it."""

    def read(reward: Reward) -> Said:
        one = reward.limit
        if one is None:
            return None
        if one.total or one.times is None or one.amount or isinstance(one.per, rules.Period):
            return KEPT
        return {"count": one.times, "per": one.per or rule_parts.EVER}

    def write(reward: Reward, values: Values | None) -> Reward:
        made = rules.Limit(times=values["count"], per=rule_parts.per_of(values)) if values else None
        return structs.replace(reward, limit=made)

    return Part(
        "often",
        _("At most {count} times {per}, for each member."),
        {
            "count": blank.whole(_("how often"), 1, 1_000_000),
            "per": blank.choice(_("within which time"), rule_parts.PER),
        },
        read,
        write,
        keys=("limit",),
    )


def beside(of: Program) -> tuple[Part, ...]:
    """What any reward may say beside its price and its gift."""
    return (
        rule_parts.title(),
        valid(),
        stock(),
        often(),
        *levels(of),
        rule_parts.dates(),
    )
