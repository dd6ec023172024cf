"""What rules for earning may say beside what they award: goods, days, dates, limits, a title."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from msgspec import structs

from habitue.core import program as rules
from habitue.core.program import Condition, EarnRule, Program
from habitue.pages.program import saying
from habitue.pages.program.sentences import blank
from habitue.pages.program.sentences.blank import Options, Values
from habitue.pages.program.sentences.kind import KEPT, TITLES, Part, Said, Shop

DAY: Final = 24 * 60
TIMES: Final = "times"
PERIODS: Final = {
    "minute": _("minutes"),
    "hour": _("hours"),
    "day": _("days"),
    "week": _("weeks"),
    "month": _("months"),
    "year": _("years"),
}
LONG_PERIODS: Final = {
    name: word for name, word in PERIODS.items() if name not in ("minute", "hour")
}


def title() -> Part:
    """What a thing is called, in three languages."""
    return Part(
        "title",
        _("It is called {fr} in French, {it} in Italian, {en} in English."),
        {language: blank.text(word) for language, word in TITLES.items()},
        read=lambda thing: dict(thing.title) or None,
        write=lambda thing, values: structs.replace(thing, title=_titled(thing, values)),
        keys=("title",),
        leads=tuple(TITLES),
        free=tuple(TITLES),
    )


def _titled(thing: Any, values: Values | None) -> dict[str, str]:
    """The words that were filled in, in the order in which they stood."""
    given = {language: text for language, text in (values or {}).items() if text}
    kept = {language: given[language] for language in thing.title if language in given}
    return kept | given


def units(of: Program) -> Options:
    """The units of a program, by what they are called."""
    return [(unit.id, saying.called(of, unit.id)) for unit in of.units]


def places_of(of: Program) -> int:
    """The finest decimals that a unit of the program has."""
    return max((unit.decimals for unit in of.units), default=0)


def fixed(of: Program, unit: str, amount: Fraction) -> int:
    """An amount of a unit in its fixed point."""
    return int(amount * 10 ** of.units[of.unit_index(unit)].decimals)


def loose(of: Program, unit: str, amount: int) -> Fraction:
    """A fixed-point amount as so many whole units."""
    return Fraction(amount, 10 ** of.units[of.unit_index(unit)].decimals)


def too_fine(of: Program, unit: str, amount: Fraction, name: str = "amount") -> dict[str, str]:
    """Whether an amount has more decimals than its unit, as a refusal at its blank."""
    places = of.units[of.unit_index(unit)].decimals
    if (amount * 10**places).denominator == 1:
        return {}
    if not places:
        return {name: gettext("Only whole %(units)s, please.") % {"units": saying.called(of, unit)}}
    return {name: gettext("At most %(places)s decimals, please.") % {"places": places}}


# --- goods -------------------------------------------------------------------------------------


def goods(shop: Shop) -> Part:
    """Which goods count: of a category, or named."""

    def read(rule: EarnRule) -> Said:
        lines = rule.lines
        if lines is None:
            return None
        if lines.label or lines.excluding or (lines.sku and lines.category):
            return KEPT
        return {"what": "sku" if lines.sku else "category", "names": lines.sku or lines.category}

    def write(rule: EarnRule, values: Values | None) -> EarnRule:
        lines = rules.Lines(**{values["what"]: values["names"]}) if values else None
        return structs.replace(rule, lines=lines)

    options = [("category", _("of the category")), ("sku", _("with the product name"))]
    return Part(
        "goods",
        _("Only for goods {what} {names}."),
        {
            "what": blank.choice(_("which goods"), options),
            "names": blank.texts(
                _("categories or products, with commas between"),
                suggests=(*shop.categories, *shop.products),
            ),
        },
        read,
        write,
        keys=("lines",),
        leads=("names",),
    )


# --- days and hours ------------------------------------------------------------------------------


def week() -> Part:
    """On which weekdays, between which hours."""

    def read(rule: EarnRule) -> Said:
        days = [part for part in conditions(rule.where) if isinstance(part, rules.Weekday)]
        hours = [part for part in conditions(rule.where) if isinstance(part, rules.Hours)]
        if len(days) > 1 or len(hours) > 1:
            return KEPT
        if not days and not hours:
            return None
        return {
            "days": tuple(map(str, days[0].days)) if days else (),
            "since": hours[0].since if hours else None,
            "until": hours[0].until if hours else None,
        }

    def write(rule: EarnRule, values: Values | None) -> EarnRule:
        given: list[Condition] = []
        if values and values["days"]:
            given.append(rules.Weekday(tuple(int(one) for one in values["days"])))
        if values and values["since"] is not None:
            given.append(rules.Hours(values["since"], values["until"] or DAY))
        rest = [
            part
            for part in conditions(rule.where)
            if not isinstance(part, rules.Weekday | rules.Hours)
        ]
        return structs.replace(rule, where=joined([*given, *rest]))

    def check(values: Values) -> dict[str, str]:
        since, until = values["since"], values["until"]
        if (since is None) != (until is None):
            name = "since" if since is None else "until"
            return {name: gettext("From when to when? Fill in both, or neither.")}
        if since is not None and since == until:
            return {"until": gettext("This is when it begins.")}
        return {}

    return Part(
        "week",
        _("Only on these days: {days} and only from {since} to {until}."),
        {
            "days": blank.several(_("weekdays"), WEEKDAYS),
            "since": blank.clock(_("from what time")),
            "until": blank.clock(_("until what time")),
        },
        read,
        write,
        keys=("where",),
        leads=("days", "since", "until"),
        free=("days", "since", "until"),
        check=check,
    )


WEEKDAYS: Final[Options] = [
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]


def conditions(where: Condition | None) -> Iterator[Condition]:
    """The conditions that must all hold."""
    if isinstance(where, rules.All):
        yield from where.of
    elif where is not None:
        yield where


def joined(parts: list[Condition]) -> Condition | None:
    """Conditions that must all hold, as one."""
    if len(parts) < 2:
        return parts[0] if parts else None
    return rules.All(tuple(parts))


def levels(of: Program) -> tuple[Part, ...]:
    """Of which levels members must be, where the program has levels."""
    if of.tiers is None:
        return ()
    options = [(one.id, saying.tier(of, one.id)) for one in of.tiers.levels]

    def read(rule: EarnRule) -> Said:
        found = [part for part in conditions(rule.where) if isinstance(part, rules.TierIs)]
        if len(found) > 1:
            return KEPT
        return {"levels": found[0].values} if found else None

    def write(rule: EarnRule, values: Values | None) -> EarnRule:
        rest = [part for part in conditions(rule.where) if not isinstance(part, rules.TierIs)]
        given = [rules.TierIs(values["levels"])] if values else []
        return structs.replace(rule, where=joined([*rest, *given]))

    blanks = {"levels": blank.several(_("levels"), options)}
    return (
        Part(
            "levels",
            _("Only for members of these levels: {levels}"),
            blanks,
            read,
            write,
            ("where",),
        ),
    )


# --- dates ---------------------------------------------------------------------------------------


def dates() -> Part:
    """From which day to which, both included."""

    def read(thing: Any) -> Said:
        if thing.dates is None:
            return None
        until = thing.dates.until
        last = until - timedelta(days=1) if until else None
        return {"since": thing.dates.since, "until": last}

    def write(thing: Any, values: Values | None) -> Any:
        if values is None:
            return structs.replace(thing, dates=None)
        until = values["until"] + timedelta(days=1) if values["until"] else None
        return structs.replace(thing, dates=rules.Dates(values["since"], until))

    def check(values: Values) -> dict[str, str]:
        if values["since"] and values["until"] and values["until"] < values["since"]:
            return {"until": gettext("This day is before the first one.")}
        if values["until"] and values["until"].year > 9000:
            return {"until": gettext("This day is too far away.")}
        return {}

    return Part(
        "dates",
        _("From {since} to {until}, both days included."),
        {"since": blank.day(_("first day")), "until": blank.day(_("last day"))},
        read,
        write,
        keys=("dates",),
        leads=("since", "until"),
        free=("since", "until"),
        check=check,
    )


# --- limits --------------------------------------------------------------------------------------

EVER: Final = "ever"
PER: Final[Options] = [
    ("day", _("per day")),
    ("week", _("per week")),
    ("month", _("per month")),
    ("quarter", _("per quarter")),
    ("half-year", _("per half-year")),
    ("year", _("per year")),
    (EVER, _("in all")),
]


def limit(of: Program) -> Part:
    """How often at most, or how much."""

    def unit(rule: EarnRule) -> str:
        named = [str(award.unit) for award in rule.awards if getattr(award, "unit", None)]
        return named[0] if named else of.units[0].id

    def read(rule: EarnRule) -> Said:
        if not rule.limits:
            return None
        one = rule.limits[0]
        rolling = isinstance(one.per, rules.Period)
        if len(rule.limits) > 1 or one.total or rolling or (one.times and one.amount):
            return KEPT
        if one.times is not None:
            return {"count": Fraction(one.times), "what": TIMES, "per": one.per or EVER}
        return {
            "count": loose(of, unit(rule), one.amount or 0),
            "what": "units",
            "per": one.per or EVER,
        }

    def write(rule: EarnRule, values: Values | None) -> EarnRule:
        if values is None:
            return structs.replace(rule, limits=())
        count, per = values["count"], per_of(values)
        made = (
            rules.Limit(times=int(count), per=per)
            if values["what"] == TIMES
            else rules.Limit(amount=fixed(of, unit(rule), count), per=per)
        )
        return structs.replace(rule, limits=(made,))

    def check(values: Values) -> dict[str, str]:
        if values["what"] == TIMES and values["count"].denominator != 1:
            return {"count": gettext("A whole number, please.")}
        return {}

    options = [(TIMES, _("times")), ("units", _("of what it gives"))]
    return Part(
        "limit",
        _("At most {count} {what} {per}, for each member."),
        {
            "count": blank.number(_("how many"), places_of(of)),
            "what": blank.choice(_("times or units"), options),
            "per": blank.choice(_("within which time"), PER),
        },
        read,
        write,
        keys=("limit", "on_limit"),
        check=check,
    )


def per_of(values: Values) -> rules.Calendar | None:
    """Within which time, None for ever."""
    per: rules.Calendar | None = None if values["per"] == EVER else values["per"]
    return per


def apart() -> Part:
    """How long before it counts again."""

    def read(rule: EarnRule) -> Said:
        one = rule.cool_down
        return None if one is None else {"count": one.count, "period": one.unit}

    def write(rule: EarnRule, values: Values | None) -> EarnRule:
        return structs.replace(rule, cool_down=period(values) if values else None)

    return Part(
        "apart",
        _("Not again within {count} {period}."),
        period_blanks(PERIODS),
        read,
        write,
        keys=("cool_down",),
    )


def period_blanks(words: Any = LONG_PERIODS, *, first: str = "") -> dict[str, blank.Blank]:
    """A length of time: how many of what."""
    return {
        "count": blank.whole(_("how long"), 1, 1_200),
        "period": blank.choice(_("of what"), list(words.items()), first=first),
    }


def period(values: Values) -> rules.Period:
    """The length of time that was filled in."""
    return rules.Period(values["count"], values["period"])


def beside(of: Program, shop: Shop) -> tuple[Part, ...]:
    """What any rule may say beside what it gives."""
    return (goods(shop), week(), *levels(of), dates(), limit(of), apart(), title())
