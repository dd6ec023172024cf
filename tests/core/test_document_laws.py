"""Laws of the program file: what is written reads back the same, and no text can crash a reader."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec import structs

from habitue.core import document, program

PROGRAMS = Path(__file__).parents[2] / "programs"
FILES = [path for path in sorted(PROGRAMS.glob("*.yaml")) if not path.stem.endswith(".story")]
SCHEMA = PROGRAMS / "schema.json"

DAYS = some.dates(date(2000, 1, 1), date(2090, 1, 1))
PERIODS = some.builds(
    program.Period,
    some.integers(1, 1_200),
    some.sampled_from(["minute", "hour", "day", "week", "month", "year"]),
)
DAYS_OR_LONGER = PERIODS.filter(lambda period: period.unit not in ("minute", "hour"))
TEXTS = some.text(some.characters(categories=["L", "N", "P"], codec="utf-8"), min_size=1).map(
    lambda text: text[:200]
)
TITLES = some.dictionaries(some.sampled_from(["en", "fr", "it"]), TEXTS)
RATES = some.fractions(Fraction(1, 1_000), 1_000, max_denominator=1_000).filter(bool)
WORDS = some.sampled_from(["online", "terrace", "a b", "no", "12", "1.0", "é", "null", "#1"])
SEVERAL = some.lists(WORDS, min_size=1, max_size=2).map(tuple)
EVENTS = some.just(("purchase", "visit"))
EXPIRIES = some.one_of(
    some.none(),
    some.builds(program.After, PERIODS, some.sampled_from([None, "month", "year"])),
    some.builds(program.Inactivity, PERIODS, EVENTS),
    some.builds(program.Redated, PERIODS, EVENTS, some.none() | PERIODS),
    some.just(program.FixedDates(((12, 31), (6, 1)))),
)
PENDING = some.one_of(
    some.none(),
    some.builds(program.Pending, PERIODS, some.none()),
    some.builds(program.Pending, some.none(), DAYS),
)
DATES = some.one_of(
    some.builds(program.Dates, some.none(), DAYS),
    some.builds(program.Dates, DAYS, some.just(date(2099, 12, 31))),
)


def _conditions(inner: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    lists = some.lists(inner, min_size=1, max_size=2).map(tuple)
    joined = some.one_of(some.builds(program.All, lists), some.builds(program.Any, lists))
    return joined | some.builds(program.Not, inner)


CONDITIONS = some.recursive(
    some.one_of(
        some.builds(program.Among, some.sampled_from(["channel", "tender"]), SEVERAL),
        some.builds(program.Weekday, some.just((0, 6))),
        some.builds(program.Hours, some.integers(0, 700), some.integers(701, 1440)),
        DATES,
        some.builds(program.TierIs, some.just(("gold",))),
        some.builds(program.MinimumOrder, some.integers(1, 10**9)),
        some.builds(program.FirstTime, some.booleans()),
        some.builds(program.MemberFor, PERIODS),
        some.just(program.Attribute("class", ("J", 3, True))),
    ),
    _conditions,
    max_leaves=4,
)
AWARDS = some.one_of(
    some.builds(
        program.PerMoney,
        some.just("points"),
        RATES,
        some.integers(1, 10**6),
        some.sampled_from(["whole", "proportional"]),
    ),
    some.builds(program.PerItem, some.just("points"), RATES),
    some.builds(program.PerAttribute, some.just("points"), RATES, some.just("distance")),
    some.builds(program.Fixed, some.just("points"), RATES),
    some.builds(program.Multiply, RATES, some.none() | some.just("points")),
    some.builds(program.Bonus, some.just("points"), RATES),
)
LIMITS = some.builds(
    program.Limit,
    some.integers(1, 9),
    some.none() | some.integers(100, 10**6),
    some.one_of(some.none(), some.just("month"), PERIODS),
)
LINES = some.builds(
    program.Lines,
    sku=SEVERAL,
    label=SEVERAL,
    excluding=some.none() | some.builds(program.Lines, category=SEVERAL),
)
RULES = some.builds(
    program.EarnRule,
    id=some.just("rule"),
    when=some.sampled_from(["purchase", "share"]),
    awards=some.lists(AWARDS, min_size=1, max_size=3).map(tuple),
    title=TITLES,
    lines=some.none() | LINES,
    where=some.none() | CONDITIONS,
    dates=some.none() | DATES,
    base=some.sampled_from(["net", "gross", "with tax"]),
    limits=some.lists(LIMITS, max_size=2).map(tuple),
    cool_down=some.none() | PERIODS,
    on_limit=some.sampled_from(["reduce", "refuse"]),
    group=some.none() | some.just("drinks"),
    expiry=EXPIRIES,
    pending=PENDING,
)
UNITS = some.builds(
    program.Unit,
    id=some.just("points"),
    title=TITLES,
    redeemable=some.just(True),
    qualifying=some.just(True),
    decimals=some.integers(0, 6),
    worth=some.none() | RATES,
    rounding=some.sampled_from(["floor", "half-up", "ceil"]),
    carry=some.booleans(),
    expiry=EXPIRIES,
    expiry_from=some.sampled_from(["activation", "event"]),
    pending=PENDING,
    order=some.sampled_from(["nearest expiry", "first in"]),
)
LEVELS = some.just(
    (
        program.Level("base"),
        program.Level("silver", ((("points", 10),),), {"en": "Silver", "fr": "Argent"}),
        program.Level("gold", ((("points", 20), ("nights", 3)), (("points", 30),))),
    )
)
LADDERS = some.builds(
    program.Ladder,
    LEVELS | LEVELS.map(lambda levels: levels[:2]),
    some.one_of(
        some.sampled_from([program.CalendarYear(), program.MembershipYear(), program.Lifetime()]),
        some.builds(program.Rolling, some.integers(1, 36), some.booleans()),
    ),
    some.one_of(
        some.sampled_from([program.Always(), program.WhileEarned(), program.UntilDate(2, 0, 2)]),
        some.builds(program.UntilDate, some.just(12), some.just(31), some.integers(0, 3)),
        some.builds(program.For, DAYS_OR_LONGER),
    ),
    some.sampled_from(["to level earned", "one step", "never", "to base"]),
)
GIFTS = some.one_of(
    some.builds(program.Gift, some.sampled_from(["product", "experience", "access"]), TEXTS),
    some.builds(program.Gift, some.just("money off"), some.just(""), some.integers(1, 10**6)),
    some.builds(program.Gift, some.just("percent off"), TEXTS, some.integers(1, 100)),
    some.builds(
        program.Gift,
        some.just("units"),
        value=some.integers(1, 10**9),
        unit=some.just("points"),
    ),
)
REWARDS = some.builds(
    program.Reward,
    id=some.just("gift"),
    gifts=some.lists(GIFTS, min_size=1, max_size=3).map(tuple),
    title=TITLES,
    cost=some.just(("points", 5)),
    automatic=some.sampled_from([None, "birthday", "enrolment", "threshold"]),
    tiers=some.sampled_from([(), ("base",), ("base", "silver")]),
    dates=some.none() | DATES,
    limit=some.none() | LIMITS,
    valid_for=some.none() | PERIODS,
)
PLAIN = program.EarnRule(
    "plain",
    "purchase",
    (program.Fixed("points", Fraction(1)), program.Fixed("nights", Fraction(1))),
)


@some.composite
def programs(draw: some.DrawFn) -> program.Program:
    """Programs with a sense: what is multiplied is earned, what is named exists."""
    rule = draw(RULES)
    shared = structs.replace(PLAIN, id="shared", when="share")
    rules = (rule, PLAIN, shared) if draw(some.booleans()) else (PLAIN, shared)
    tiers = draw(LADDERS)
    if len(tiers.levels) < 3 and rules[0] is rule:
        tiers = structs.replace(tiers, levels=draw(LEVELS))
    where = structs.replace(rule, where=None) if len(tiers.levels) < 3 else rule
    return program.Program(
        id="cafe-1",
        title=draw(TITLES.filter(bool)),
        currency=draw(some.sampled_from(["EUR", "JPY", "KWD"])),
        timezone="Europe/Paris",
        units=(draw(UNITS), program.Unit("nights", redeemable=False, qualifying=True)),
        rules=tuple(where if kept is rule else kept for kept in rules),
        tiers=tiers,
        rewards=draw(some.lists(REWARDS, max_size=1).map(tuple)),
        benefits=draw(some.sampled_from([(), (program.Benefit("wifi", {"it": "rete"}),)])),
        since=draw(some.none() | DAYS),
        enrolment=draw(some.sampled_from(["on request", "automatic"])),
        refund_of_spent=draw(some.sampled_from(["never below zero", "negative"])),
        undo_within=draw(PERIODS),
        combine={"drinks": "best"} if any(kept.group for kept in rules) else {},
    )


@given(programs())
@settings(max_examples=40, deadline=None)
def test_what_is_written_reads_back_the_same(given_program: program.Program) -> None:
    assert document.read(document.write(given_program)) == given_program


@given(
    some.text(max_size=300)
    | some.lists(
        some.sampled_from(
            [
                "program",
                ":",
                " ",
                "\n",
                "- ",
                "{",
                "}",
                "[",
                "earn",
                "units",
                "a",
                "*a",
                "&a",
                "!!int",
                "?",
            ]
        ),
        max_size=60,
    ).map("".join)
)
@settings(max_examples=100, deadline=None)
def test_no_text_can_crash_the_reader(text: str) -> None:
    assert isinstance(document.read(text), list)


JUNK = ["''", "[]", "{}", "[[a]]", "{? [a] : b}", "{source: a}", "{any: []}", "1e5", "{bonus: 1%}"]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_anywhere_is_a_problem_or_a_program_that_can_be_written(junk: str) -> None:
    text = (PROGRAMS / "stamp-card.yaml").read_text("utf-8")
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    assert root is not None
    for start, end in _spans(root):
        found = document.read(f"{text[:start]}{junk}\n{text[end:]}")
        if isinstance(found, program.Program):
            assert document.read(document.write(found)) == found
        else:
            assert all(problem.located("x.yaml") for problem in found)


def _spans(node: yaml.Node) -> list[tuple[int, int]]:
    """Where every value of a file begins and ends."""
    assert node.start_mark
    assert node.end_mark
    inner = node.value if isinstance(node, yaml.SequenceNode) else []
    if isinstance(node, yaml.MappingNode):
        inner = [value for _, value in node.value]
    return [
        (node.start_mark.index, node.end_mark.index),
        *(span for value in inner for span in _spans(value)),
    ]


def test_the_published_schema_is_up_to_date() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == document.schema(), (
        "publish it again: habitue program schema > programs/schema.json"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_a_program_file_is_read_and_follows_the_schema(path: Path) -> None:
    text = path.read_text("utf-8")
    found = document.read(text)
    assert isinstance(found, program.Program), [one.located(path.name) for one in found]
    assert document.read(document.write(found)) == found
    jsonschema.Draft202012Validator(document.schema()).validate(_plain(text))


@given(programs())
@settings(max_examples=20, deadline=None)
def test_what_is_written_follows_the_schema(given_program: program.Program) -> None:
    validator = jsonschema.Draft202012Validator(document.schema())
    validator.validate(_plain(document.write(given_program)))


def test_the_schema_refuses_an_unknown_word() -> None:
    jsonschema.Draft202012Validator.check_schema(document.schema())
    faults = jsonschema.Draft202012Validator(document.schema()).iter_errors({"earn": [{"wen": 1}]})
    assert any("wen" in fault.message for fault in faults)


def _plain(text: str) -> Any:
    """The file as an editor sees it: dates are texts, numbers are numbers."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))
