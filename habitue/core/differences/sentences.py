"""A sentence for every kind of change, with what it means for what members hold.

A page translates by key: the English sentence of a key is its message, its values are filled in.
`{new}` and `{old}` are what stands there now and stood there before, in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from habitue.core.differences import words


class Field(Struct, frozen=True):
    """How one field of a thing is told: its sentence, its values in words, what absence means."""

    sentence: str
    absent: str = "as usual"
    says: Callable[[Any], str] = words.said
    amount: bool = False


_TITLE: Final = Field("{id} is called {new} instead of {old}", "by its name in the file")
_HELD: Final = "what members hold keeps its dates"
_TIERS: Final = "everybody"

FIELDS: Final[dict[tuple[str, str], Field]] = {
    ("program", "program"): Field("the program's name in the file is {new} instead of {old}"),
    ("program", "title"): Field("the program is called {new} instead of {old}"),
    ("program", "since"): Field("the rules hold from {new} instead of {old}", "the first day"),
    ("program", "currency"): Field("money is counted in {new} instead of {old}"),
    ("program", "timezone"): Field("days begin at midnight in {new} instead of {old}"),
    ("program", "enrolment"): Field(
        "members join {new} instead of {old}; members stay members", "on request"
    ),
    ("program", "refund_of_spent"): Field(
        "when goods come back whose units are spent, the balance is {new} instead of {old}",
        "never below zero",
    ),
    ("program", "undo_within"): Field(
        "a mistake can be undone within {new} instead of {old}", "1 day"
    ),
    ("unit", "title"): _TITLE,
    ("unit", "worth"): Field(
        "each of {id} is worth {new} instead of {old}, also those that members hold", "no price"
    ),
    ("unit", "expiry"): Field(
        "{id} earned from then on lapse like this: {new}, instead of {old}; " + _HELD, "never"
    ),
    ("unit", "expiry_from"): Field("expiry of {id} counts from {new} instead of {old}; " + _HELD),
    ("unit", "pending"): Field(
        "{id} can be used after {new} instead of {old}; " + _HELD, "no waiting"
    ),
    ("unit", "decimals"): Field("{id} are counted with {new} decimals instead of {old}", "0"),
    ("unit", "rounding"): Field("shares of {id} are rounded {new} instead of {old}", "floor"),
    ("unit", "carry"): Field(
        "whether the rest of {id} waits for the next time: {new} instead of {old}", "false"
    ),
    ("unit", "order"): Field("{id} are spent {new} instead of {old}", "nearest expiry"),
    ("unit", "redeemable"): Field("whether {id} can be spent: {new} instead of {old}"),
    ("unit", "qualifying"): Field(
        "whether {id} count toward tiers: {new} instead of {old}", "false"
    ),
    ("rule", "title"): _TITLE,
    ("rule", "award"): Field(
        "{event} earns {new} instead of {old} ({id})", "nothing", words.award, amount=True
    ),
    ("rule", "when"): Field("{id} is earned by {new} instead of {old}", "nothing", words.event),
    ("rule", "lines"): Field("{id} counts these goods: {new}, instead of {old}", "all goods"),
    ("rule", "where"): Field("{id} holds only with {new}, instead of {old}", "no condition"),
    ("rule", "dates"): Field("{id} runs {new} instead of {old}", "always"),
    ("rule", "base"): Field("{id} counts the {new} amount instead of the {old}", "net"),
    ("rule", "covered"): Field(
        "what was paid with units {new} instead of {old} ({id})", "earns nothing"
    ),
    ("rule", "limit"): Field(
        "{id} gives at most {new} instead of {old}", "any number", words.limit
    ),
    ("rule", "cool_down"): Field("{id} counts again after {new} instead of {old}", "no wait"),
    ("rule", "on_limit"): Field("beyond its limit {id} does this: {new}, not {old}", "reduce"),
    ("rule", "group"): Field("{id} is in the group {new} instead of {old}", "none"),
    ("rule", "expiry"): Field(
        "what {id} gives from then on lapses like this: {new}, instead of {old}; " + _HELD,
        "as the unit",
    ),
    ("rule", "pending"): Field(
        "what {id} gives can be used after {new} instead of {old}; " + _HELD, "as the unit"
    ),
    ("reward", "title"): _TITLE,
    ("reward", "cost"): Field(
        "the reward {id} costs {new} instead of {old}; {unit} that members hold stay",
        "nothing",
        words.amounts,
        amount=True,
    ),
    ("reward", "gives"): Field(
        "the reward {id} gives {new} instead of {old}; vouchers issued before give it too",
        "a choice",
        words.gift,
    ),
    ("reward", "choose"): Field(
        "the reward {id} lets members choose {new} instead of {old}", "no choice", words.gift
    ),
    ("reward", "automatic"): Field(
        "the reward {id} comes by itself on {new} instead of {old}", "nothing: it is chosen"
    ),
    ("reward", "where"): Field(
        "the reward {id} holds only with {new}, instead of {old}", "no condition"
    ),
    ("reward", "tiers"): Field("the reward {id} is for {new} instead of {old}", _TIERS),
    ("reward", "dates"): Field("the reward {id} can be taken {new} instead of {old}", "always"),
    ("reward", "limit"): Field(
        "the reward {id} can be had {new} instead of {old}", "any number of times", words.limit
    ),
    ("reward", "stock"): Field("there are {new} of {id} in all instead of {old}", "any number"),
    ("reward", "valid_for"): Field(
        "a voucher of {id} is good for {new} instead of {old}; vouchers issued before keep their "
        "dates",
        "ever",
    ),
    ("benefit", "title"): _TITLE,
    ("benefit", "tiers"): Field("the benefit {id} is for {new} instead of {old}", _TIERS),
    ("benefit", "uses"): Field(
        "the benefit {id} can be used {new} instead of {old}", "any number of times", words.limit
    ),
    ("benefit", "saves"): Field("a use of {id} saves {new} instead of {old}", "nothing named"),
    ("benefit", "minimum_order"): Field(
        "{id} holds for orders from {new} on instead of {old}", "any amount"
    ),
    ("tiers", "unit"): Field("tiers count {new} instead of {old}", "several units"),
    ("tiers", "window"): Field("tiers count over {new} instead of {old}", "calendar year"),
    ("tiers", "measure"): Field("tiers look at the {new} instead of the {old}", "count"),
    ("tiers", "kept"): Field(
        "a tier reached from then on is kept like this: {new}, instead of {old}; tiers that "
        "members hold stay until their last day",
        "rest of this and next year",
    ),
    ("tiers", "downgrade"): Field(
        "a member whose tier ends falls {new} instead of {old}", "to level earned"
    ),
    ("tiers", "upgrade"): Field("a tier that is reached holds {new} instead of {old}", "at once"),
    ("tiers", "grace"): Field("a tier is held {new} longer instead of {old}", "no time"),
    ("tiers", "notice"): Field(
        "members are told {new} before a tier ends instead of {old}", "no time"
    ),
    ("tiers", "rules_see"): Field("rules of an event see the {new} instead of the {old}"),
    ("tier", "title"): _TITLE,
    ("tier", "from"): Field(
        "the tier {id} starts from {new} instead of {old}; who holds it keeps it until its last "
        "day",
        "0",
        words.amounts,
        amount=True,
    ),
    ("tier", "window"): Field("the tier {id} counts over {new} instead of {old}", "the usual time"),
    ("tier", "kept"): Field("the tier {id} is kept {new} instead of {old}", "as the others"),
    ("tier", "expiry"): Field(
        "what is earned at {id} lapses like this: {new}, instead of {old}; " + _HELD, "as usual"
    ),
    ("cause", "title"): _TITLE,
    ("partner", "title"): _TITLE,
    ("partner", "issuing"): Field(
        "{id} owes {new} for a unit given there instead of {old}", "nothing"
    ),
    ("partner", "redeeming"): Field(
        "{id} is owed {new} for a unit spent there instead of {old}", "nothing"
    ),
    ("partner", "account"): Field("the account of {id} is {new} instead of {old}", "post-paid"),
    ("draw", "title"): _TITLE,
    ("draw", "every"): Field("{id} is drawn every {new} instead of every {old}", "week"),
    ("draw", "when"): Field(
        "{new} brings entries in {id} instead of {old}", "only rewards", words.event
    ),
    ("draw", "where"): Field("entries in {id} need {new} instead of {old}", "no condition"),
    ("draw", "entries"): Field("an entry in {id} counts {new} times instead of {old}", "1"),
    ("draw", "limit"): Field(
        "a member has at most {new} in {id} instead of {old}", "any number of entries", words.limit
    ),
    ("draw", "prizes"): Field("the prizes of {id} are {new} instead of {old}", "none", words.gift),
    ("draw", "odds"): Field("at least {new} of entrants win {id} instead of {old}", "25%"),
    ("draw", "expects"): Field("{id} is planned for {new} entrants instead of {old}", "100"),
    ("draw", "claim_within"): Field("a prize of {id} waits {new} instead of {old}", "30 days"),
    ("fee", "price"): Field(
        "membership costs {new} instead of {old}; what is paid stays paid", "other prices"
    ),
    ("fee", "prices"): Field(
        "the prices of membership are {new} instead of {old}; what is paid stays paid", "one price"
    ),
    ("fee", "every"): Field("membership is paid every {new} instead of {old}", "year"),
    ("fee", "trial"): Field("membership is free for {new} at first instead of {old}", "no time"),
    ("fee", "refund"): Field(
        "who cancels gets the fee back {new} instead of {old}", "if nothing was used"
    ),
    ("fee", "grace"): Field(
        "membership holds {new} after its last paid day instead of {old}", "no time"
    ),
    ("household", "members"): Field("a household has up to {new} members instead of {old}"),
    ("household", "pools"): Field("a household spends {new} together instead of {old}"),
    ("transfers", "units"): Field("members may give each other {new} instead of {old}"),
    ("transfers", "hold"): Field(
        "only what was held for {new} can be given, instead of {old}", "no time"
    ),
    ("transfers", "limit"): Field(
        "members may give {new} instead of {old}", "any number of times", words.limit
    ),
    ("pay_with", "unit"): Field("part of an order can be paid with {new} instead of {old}"),
    ("pay_with", "least"): Field("at least {new} at a time pay an order instead of {old}", "1"),
    ("pay_with", "most"): Field("units pay at most {new} of an order instead of {old}", "100%"),
    ("pay_with", "when_short"): Field(
        "when a member has too few units to pay: {new} instead of {old}", "refuse"
    ),
    ("dividend", "pays"): Field("the dividend is paid in {new} instead of {old}"),
    ("dividend", "of"): Field("the dividend is a share of {new} instead of {old}"),
    ("dividend", "share"): Field("the dividend is {new} instead of {old}"),
    ("dividend", "month"): Field("the dividend is paid in {new} instead of {old}", "March"),
    ("dividend", "least"): Field(
        "the dividend needs at least {new} in the year instead of {old}", "anything"
    ),
    ("leaderboard", "unit"): Field("members are put in order by {new} instead of {old}"),
    ("leaderboard", "every"): Field(
        "the leaderboard begins anew each {new} instead of {old}", "week"
    ),
}

COMES: Final = {
    "unit": "{id} can be collected",
    "rule": "{event} earns {new} ({id})",
    "reward": "there is a new reward {id}: {gift}{cost}",
    "benefit": "there is a new benefit {id}: {title}",
    "tiers": "there are tiers: {id}",
    "tier": "there is a new tier {id} from {from}",
    "cause": "members can give to {title}",
    "partner": "{title} is a partner",
    "draw": "there is a draw {id}: {title}",
    "fee": "membership has a fee: {new}",
    "household": "households spend together: {new}",
    "transfers": "members may give each other units: {new}",
    "pay_with": "units pay at the till: {new}",
    "dividend": "a dividend is paid: {new}",
    "leaderboard": "there is a leaderboard: {new}",
}
GOES: Final = {
    "unit": "{id} cannot be collected any more; what members hold stays",
    "rule": "{event} no longer earns {old} ({id}); what members hold stays",
    "reward": "the reward {id} cannot be had any more; vouchers that members hold stay good",
    "benefit": "the benefit {id} ends",
    "tiers": "there are no tiers any more",
    "tier": "there is no tier {id} any more; its members hold the tier that they have earned",
    "cause": "members can no longer give to {title}; what was given stays given",
    "partner": "{title} is no longer a partner",
    "draw": "there is no draw {id} any more",
    "fee": "membership is free",
    "household": "households no longer spend together",
    "transfers": "members may no longer give each other units",
    "pay_with": "units no longer pay at the till",
    "dividend": "no dividend is paid any more",
    "leaderboard": "there is no leaderboard any more",
}
ORDER: Final = "the order of {about}s is {new} instead of {old}"
COMBINE: Final = "the rules of the group {field} combine by {new} instead of by {old}"
OTHERWISE: Final = "{path} is {new} instead of {old}"

SENTENCES: Final[dict[str, str]] = {
    **{f"{about}.{field}": each.sentence for (about, field), each in FIELDS.items()},
    **{f"{about}.comes": sentence for about, sentence in COMES.items()},
    **{f"{about}.goes": sentence for about, sentence in GOES.items()},
    "order": ORDER,
    "combine": COMBINE,
    "otherwise": OTHERWISE,
}
"""Every sentence that `Difference.key` names."""


def of_change(
    about: str, field: str, old: Any, new: Any, thing: Mapping[str, Any]
) -> tuple[str, dict[str, str]]:
    """The key of the sentence for a change, and its values."""
    if field == "order":
        return "order", {"about": about, "old": words.said(old), "new": words.said(new)}
    if not field:
        return _whole(about, old, new, thing)
    known = FIELDS.get((about, field))
    if known is None:
        key = "combine" if about == "combine" else "otherwise"
        absent = "sum" if about == "combine" else "not given"
        return key, {"old": _said(old, absent), "new": _said(new, absent)}
    texts = [known.absent if value is None else known.says(value) for value in (old, new)]
    values = {
        "old": words.shorter(*texts) if known.amount else texts[0],
        "new": texts[1],
        "event": words.event(thing.get("when", "")),
        "unit": words.joined(thing.get("cost") or ["units"]),
    }
    return f"{about}.{field}", values


def _whole(about: str, old: Any, new: Any, thing: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Something that comes or goes."""
    text = words.award(thing["award"]) if about == "rule" else words.said(thing)
    values = {
        "old": text,
        "new": text,
        "event": words.event(thing.get("when", "")),
        "title": words.said(thing.get("title", "")),
        "gift": words.gift(thing.get("gives") or thing["choose"]) if about == "reward" else "",
        "cost": f" for {words.amounts(thing['cost'])}" if "cost" in thing else "",
        "from": words.amounts(thing.get("from", "0")),
    }
    return f"{about}.{'comes' if old is None else 'goes'}", values


def _said(value: Any, absent: str) -> str:
    return absent if value is None else words.said(value)
