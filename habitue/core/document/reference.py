"""The reference page of program files: every word, from the tables that drive the reader.

A section is a table of keys, with the values of `core.program` that these fill. So the page
cannot say a word that the reader does not know, and a test sees that it leaves none out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from msgspec import Struct

from habitue.core import program
from habitue.core.document import (
    awards,
    club,
    conditions,
    draws,
    forms,
    gifts,
    ladder,
    rewards,
    shared,
    texts,
    units,
    vocabulary,
)
from habitue.core.document.forms import NOTES, Form, Key
from habitue.core.document.page import Sheet

HEAD: Final = """# The words of a program file

Every key that a program file may hold: what it says, what may stand there (★ what holds if it is
left out), and an example. Made from the tables that drive the reader, by
`habitue program reference`; a test compares. What is wrong in a file, `habitue program check FILE`
says with lines; whole programs stand in [programs](../programs).

A mapping may also be written in one line: `{points: 1, per: 1.00}`. Where a list is allowed, one
thing may mostly stand alone. Money is in the program's currency: `12.50`. A *period* is a number
and a unit: `10 minutes`, `2 hours`, `30 days`, `1 week`, `18 months`, `1 year`. A *name* is made of
small letters, digits, - and _.
"""
SAMPLE: Final = Sheet(
    decimals={"points": 0, "visits": 0, "spend": 2, "dividend": 2},
    tiers=("basic", "silver", "gold"),
    causes=("giving-fund",),
    partners=("airline",),
    draws=("weekly",),
    counting="points",
    basis="spend",
)
"""The names that the examples use."""


@dataclass(frozen=True)
class Section:
    """Part of the page: keys, the values of the program they fill, and the default of each.

    `fills` names what is filled by a way of its own: by the name of a mapping, by which word
    stands there.
    """

    name: str
    says: str
    keys: Mapping[str, Key]
    of: tuple[type[Struct], ...] = ()
    fills: tuple[str, ...] = ()

    def filled(self) -> set[str]:
        """The fields of the program that this section says, as `Unit.worth`."""
        said = {key.attribute or name for name, key in self.keys.items()}
        known = {
            f"{kind.__name__}.{name}"
            for kind in self.of
            for name in kind.__struct_fields__
            if name in said
        }
        return known | set(self.fills)


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([HEAD, *(_written(section) for section in SECTIONS)])


def _written(section: Section) -> str:
    rows = [_row(section, name, key) for name, key in section.keys.items()]
    head = ["| key | what it says | what stands there | example |", "|---|---|---|---|"]
    return "\n".join([f"## {section.name}", "", section.says, "", *head, *rows, ""])


def _row(section: Section, name: str, key: Key) -> str:
    default = _default(section, name, key)
    value = said(key.form, default)
    if default and not isinstance(key.form, forms.Choice):
        value += f"; ★ `{default}`"
    if key.required:
        value += "; must be given"
    return f"| `{name}` | {key.says} | {value} | `{name}: {key.example}` |"


def _default(section: Section, name: str, key: Key) -> str:
    """The default of a key as it would be written; nothing where nothing holds."""
    attribute = key.attribute or name
    known: dict[str, Any] = {}
    for kind in section.of:
        known = forms.defaults_of(kind) | known
    held = known.get(attribute)
    if key.required or (held in (None, (), {}, 0, "") and held is not False):
        return ""
    written = key.form.write(held, SAMPLE)
    if isinstance(written, bool):
        return str(written).lower()
    return written if isinstance(written, str) else ""


# --- what may stand there ----------------------------------------------------------------------


def said(form: Form, default: str = "") -> str:
    """What a form takes, in words; with a star at the default of a closed list."""
    link = _linked(form)
    if link:
        return link
    match form:
        case forms.Choice(words):
            return _choice(words, default)
        case forms.Flag():
            return "`true` or `false`"
        case forms.Known(what):
            return f"the name of a {what}"
        case forms.Phrase(allowed=()):
            return str(form.what) + _between(form.described)
        case forms.Phrase():
            return f"{form.what}: {_choice(form.allowed, '')}"
        case forms.Many(alone=True):
            return f"{said(form.form)}; or a list"
        case forms.Many():
            return f"a list: {said(form.form)}"
        case forms.Short():
            return f"{said(form.short)}; or {said(form.full)}"
        case forms.Named():
            return said(form.form())
    return _OWN[type(form)]


def _between(described: Mapping[str, Any]) -> str:
    """The bounds of a whole number."""
    if described.get("type") != "integer":
        return ""
    return f" from {described['minimum']:,} to {described['maximum']:,}"


def _choice(words: tuple[str, ...], default: str) -> str:
    return ", ".join(
        word if " name of " in word else f"{'★ ' if word == default else ''}`{word}`"
        for word in words
    )


def _linked(form: Form) -> str:
    """The section that says more of a form."""
    if isinstance(form, forms.Named) and form.name in _NAMED:
        return _NAMED[form.name]
    keys = getattr(form, "keys", None)
    found = next((section for section in SECTIONS if section.keys is keys), None)
    return f"[{found.name}](#{found.name})" if found else ""


_NAMED: Final = {
    "award": "[award](#award)",
    "condition": "[condition](#condition)",
    "dates": "[dates](#dates)",
    "expiry": "a period: so long after it was earned; or [expiry](#expiry)",
    "gift": "[gift](#gift)",
    "limit": "[limit](#limit)",
    "lines": "[lines](#lines)",
    "pending": "a period, or until and a date or an event; or [pending](#pending)",
}
_OWN: Final[dict[type[Any], str]] = {
    texts.Title: "a text; or one for each language: `en`, `fr`, `it`",
    units.Units: "by name: [unit](#unit)",
    units.Expiries: "by unit: `never`, or [expiry](#expiry)",
    awards.Amounts: "an amount by unit",
    awards.Counted: "[rule](#rule)",
    conditions.OneAttribute: "by name: a value; or a list of values; or [bounds](#bounds)",
    ladder.LadderForm: "[tiers](#tiers)",
    ladder.Needs: "a number; or amounts by unit, all of them; or `any` of several such",
    rewards.RewardForm: "[reward](#reward)",
    rewards.PayWithForm: "[payment](#payment)",
    club.FeeForm: "[fee](#fee)",
    shared.TransfersForm: "[transfers](#transfers)",
    shared.DividendForm: "[dividend](#dividend)",
    draws.PrizeForm: "[prize](#prize)",
    draws.MostEntries: "[entries](#entries)",
    vocabulary.Groups: "by group: `sum`, `best`, `first`",
}


# --- the sections ------------------------------------------------------------------------------


def _words() -> dict[str, Key]:
    """The words of conditions as keys."""
    return {
        name: Key(word.form, word.says, example=word.example)
        for name, word in conditions.WORDS.items()
    }


def _whole(*kinds: type[Struct]) -> tuple[str, ...]:
    """Every field of values that one word stands for."""
    return tuple(f"{kind.__name__}.{name}" for kind in kinds for name in kind.__struct_fields__)


def _gift_keys() -> dict[str, Key]:
    """What a gift may say, in the order of its kinds."""
    keys: dict[str, Key] = {}
    for table in gifts.KINDS.values():
        for name, key in table.keys.items():
            keys.setdefault(name, key)
    return keys


def _sections() -> Iterator[Section]:
    yield from _at_the_top()
    yield from _of_earning()
    yield from _of_tiers()
    yield from _of_spending()
    yield from _of_the_club()
    yield Section(
        "notes", "In any mapping, for whoever reads the file; the program does not see them.", NOTES
    )


def _at_the_top() -> Iterator[Section]:
    yield Section("program", "The file itself.", vocabulary.PROGRAM.keys, (program.Program,))
    yield Section(
        "unit",
        "Something that members hold. Under `units`, by its name: `points: {worth: 0.02}`.",
        units.UNIT.keys,
        (program.Unit,),
        ("Unit.id",),
    )
    lapsing = {
        **units.AFTER.keys,
        **units.INACTIVITY.keys,
        **units.REDATED.keys,
        **units.FIXED_DATES.keys,
    }
    yield Section(
        "expiry",
        "How units lapse: one of `after`, `inactivity`, `redated`, `dates`. The day that is found "
        "is the last usable one.",
        {name: _open(key) for name, key in lapsing.items()},
        (program.After, program.Inactivity, program.Redated, program.FixedDates),
    )
    yield Section(
        "pending",
        "What units wait for. Also as a phrase: `14 days`, `until 2026-03-01`, `until delivery`, "
        "`until approval`.",
        units.AWAITING.keys,
        (program.Pending,),
        ("Pending.period", "Pending.event", "Pending.approval"),
    )


def _open(key: Key) -> Key:
    """A key of several tables in one: it must be given in its own table only."""
    return Key(key.form, key.says, key.attribute, example=key.example)


def _of_earning() -> Iterator[Section]:
    yield Section(
        "rule", "One entry of `earn`: when what, how much.", vocabulary.RULE.keys,
        (program.EarnRule,),
    )  # fmt: skip
    changes = {**awards.MULTIPLY.keys, **awards.BONUS.keys}
    yield Section(
        "award",
        "What a rule gives: `{points: 50}`, `{points: 1, per: 1.00}`, `{stamps: 1, per: item}`, "
        "`{miles: 4, per: distance}`; or what it makes of the others: `{multiply: 2}`, "
        "`{bonus: 30%, unit: points}`. Bases are summed, multiplied, then bonuses added.",
        awards.PLAIN | {name: _open(key) for name, key in changes.items()},
        (program.PerMoney,),
        _whole(
            program.PerMoney,
            program.PerItem,
            program.PerAttribute,
            program.Fixed,
            program.Multiply,
            program.Bonus,
        ),
    )
    yield Section(
        "limit",
        "How often or how much, for each member: `{times: 1, per: day}`, `{points: 500}`.",
        awards.limits_in("points").keys,
        (program.Limit,),
    )
    yield Section(
        "lines",
        "Which lines of a purchase count: those that each given key matches.",
        conditions.LINES_TABLE.keys,
        (program.Lines,),
    )
    yield Section(
        "condition",
        "What must hold. Several keys in one mapping must all hold.",
        _words(),
        (),
        _whole(*conditions.KINDS, program.Among),
    )
    yield Section("bounds", "Of a whole-number attribute.", conditions.BOUNDS.keys)
    yield Section("dates", "From a day, to a day, or both.", conditions.SPAN.keys, (program.Dates,))


def _of_tiers() -> Iterator[Section]:
    yield Section(
        "tiers",
        "What is counted, and what it leads to.",
        ladder.TIERS.keys,
        (program.Ladder,),
    )
    yield Section(
        "basis", "What tiers count, and over which time.", ladder.BASIS.keys, (program.Ladder,)
    )
    yield Section("level", "One of the tiers.", ladder.LEVEL.keys, (program.Level,))


def _of_spending() -> Iterator[Section]:
    yield Section(
        "reward",
        "Something to take for its cost, or given by itself. It says `gives` or `choose`.",
        rewards.REWARD.keys,
        (program.Reward,),
        ("Reward.gifts",),
    )
    yield Section(
        "gift",
        "What a reward or a prize gives: one of these, or units by name: `{points: 250}`. "
        "`name` goes with those that are a number.",
        {name: _open(key) for name, key in _gift_keys().items()},
        (program.Gift,),
        ("Gift.kind", "Gift.unit"),
    )
    yield Section(
        "payment",
        "Under `pay_with`: units as money, at their worth.",
        rewards.paying_in("points").keys,
        (program.PayWith,),
    )


def _of_the_club() -> Iterator[Section]:
    yield Section(
        "fee",
        "What membership costs. It says `price` or `prices`; rules and benefits hold while it is "
        "paid.",
        {name: _open(key) for name, key in club.FEE_KEYS.items()},
        (program.Fee,),
    )
    yield Section("price", "One step of `prices`.", club.PRICE.keys, (program.Price,))
    yield Section("benefit", "What members always have.", club.BENEFIT.keys, (program.Benefit,))
    yield Section("uses", "How often a benefit may be used.", club.USES.keys)
    yield Section("cause", "What members give to.", shared.CAUSE.keys, (program.Cause,))
    yield Section("partner", "Another business.", shared.PARTNER.keys, (program.Partner,))
    yield Section(
        "household",
        "Members who spend together: what one lacks is taken from the others.",
        shared.HOUSEHOLD.keys,
        (program.Household,),
    )
    yield Section(
        "transfers",
        "Units from member to member; they keep their dates.",
        shared.TRANSFERS.keys,
        (program.Transfers,),
    )
    yield Section(
        "draw",
        "A game of chance. Refused with fewer prizes than its odds ask.",
        draws.DRAW.keys,
        (program.Draw,),
    )
    yield Section(
        "prize",
        "What it gives, as a [gift](#gift), and beside that: `{product: a cake, pieces: 9}`.",
        draws.BESIDE.keys,
        (program.Prize,),
        ("Prize.gift",),
    )
    yield Section("entries", "A bound on entries.", draws.MOST.keys)
    yield Section(
        "dividend",
        "What a cooperative pays back.",
        shared.dividend_of("spend").keys,
        (program.Dividend,),
    )
    yield Section(
        "leaderboard", "An order of members.", shared.LEADERBOARD.keys, (program.Leaderboard,)
    )


SECTIONS: Final = tuple(_sections())
