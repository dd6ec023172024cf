"""A story tells what followed and why, in words; what is otherwise than told is named."""

from __future__ import annotations

import pytest
from msgspec import structs

from habitue.core import story
from tests.core.quarter import played, quarter, refused, told

FEES = """\
- {at: 2026-02-01, alice: joins, then: {fee: trial, fee_until: 2026-03-02, fee_asked: 49.00}}
- {at: 2026-02-09, alice: pays fee 49.00, then: {fee: paid, fee_until: 2027-03-02, saved: 0}}
- {at: 2026-02-09, alice: enjoys delivery, then: {saved: 4.90}}
- {at: 2026-02-20, alice: cancels, then: {fee: ending, fee_until: 2027-03-02, money: 0}}
- {at: 2026-02-20, alice: undoes last, then: {fee: paid}}
- {at: 2026-02-21, alice: is paid back, then: {fee: lapsed, fee_until: 2026-02-20}}
- {at: 2026-02-21, alice: enjoys delivery, then: {refused: unpaid, because: not paid}}
- {at: 2026-02-22, alice: pays fee 49.00, then: {fee_until: 2027-02-21, fee_asked: 49.00}}
- {at: 2026-02-23, alice: cancels, then: {fee: lapsed, money: 49.00}}
"""
FEES_TOLD = [
    "alice: joins | becomes a member; tier base; membership on trial through 2026-03-02 "
    "| 0 points · 0 miles · 0 spend · 0 dividend · base",
    "alice: pays fee 49.00 | membership paid through 2027-03-02 | 0 points · 0 miles · 0 "
    "spend · 0 dividend · base",
    "alice: enjoys delivery |  | 0 points · 0 miles · 0 spend · 0 dividend · base",
    "alice: cancels | membership ends with 2027-03-02 | 0 points · 0 miles · 0 spend · 0 "
    "dividend · base",
    "alice: undoes last | membership paid through 2027-03-02 | 0 points · 0 miles · 0 "
    "spend · 0 dividend · base",
    "alice: is paid back | membership ends with 2026-02-20 | 0 points · 0 miles · 0 "
    "spend · 0 dividend · base",
    "alice: enjoys delivery | refused (unpaid): Membership is not paid. | 0 points · 0 "
    "miles · 0 spend · 0 dividend · base",
    "alice: pays fee 49.00 | membership paid through 2027-02-21 | 0 points · 0 miles · 0 "
    "spend · 0 dividend · base",
    "alice: cancels | 49.00 given back; membership ends with 2026-02-22 | 0 points · 0 "
    "miles · 0 spend · 0 dividend · base",
]

UNITS = """\
- {at: 2026-02-02, alice: buys 80.00, then: {points: 80, tier: base, tier_until: never}}
- {at: 2026-02-03, alice: {buys: 30.00, partner: bookshop}, then: {owes: {bookshop: 0.60}}}
- {at: 2026-02-04, alice: buys 10.50, then: {points: 125, tier: gold, tier_until: 2027-12-31}}
- {at: 2026-02-05, alice: takes give, then: {causes: {fund: 0.50, trees: 0}}}
- {at: 2026-02-05, alice: undoes last, then: {causes: {fund: 0, trees: 0}, points: 125}}
- {at: 2026-02-06, alice: takes tea, then: {rewards: [tea], because: tea is ready}}
- {at: 2026-02-06, alice: uses tea choosing 2, then: {rewards: []}}
- {at: 2026-02-06, alice: takes tea at once, then: {rewards: [], because: −10 points}}
- {at: 2026-02-07, alice: buys 10.00 paying 0.20 with units, then: {spend: 130.30}}
- {at: 2026-02-08, alice: takes five, then: {rewards: [five]}}
- {at: 2026-02-09, alice: {uses: five, partner: bookshop}, then: {is_owed: {bookshop: 0.20}}}
- {at: 2026-02-10, alice: returns everything of 2026-02-02, then: {money: 80.00, tier: base}}
- {at: 2026-02-11, alice: returns 10.00 of 2026-02-03, then: {owes: {bookshop: 0.40}}}
- {at: 2026-02-12, alice: {adjusts: {miles: 2.5}, reason: sorry}, then: {miles: 2.5}}
- {at: 2026-02-13, alice: {adjusts: {miles: -1}, reason: sorry}, then: {miles: 1.5}}
- {at: 2026-02-14, alice: takes five, then: {refused: insufficient}}
"""
UNITS_TOLD = [
    "alice: buys 80.00 | becomes a member; tier base; +80 points (base: 80.00 → 80); +80 "
    "spend (year: 80.00 → 80); membership on trial through 2026-03-03 | 80 points · 0 "
    "miles · 80 spend · 0 dividend · base",
    "alice: buys 30.00, partner bookshop | +30 points (base: 30.00 → 30); +30 spend "
    "(year: 30.00 → 30); bookshop owes 0.60; tier base → gold | 110 points · 0 miles · "
    "110 spend · 0 dividend · gold",
    "alice: buys 10.50 | +15 points (base: 10.50 → 10, more: +5); +10.5 spend (year: "
    "10.50 → 10.5) | 125 points · 0 miles · 120.5 spend · 0 dividend · gold",
    "alice: takes give | −50 points donation (give); fund receives 0.50; give is used | "
    "75 points · 0 miles · 120.5 spend · 0 dividend · gold",
    "alice: undoes last | +50 points reversal; fund receives −0.50; give is taken back | "
    "125 points · 0 miles · 120.5 spend · 0 dividend · gold",
    "alice: takes tea | −10 points (tea); tea is ready | 115 points · 0 miles · 120.5 "
    "spend · 0 dividend · gold · tea",
    "alice: uses tea choosing 2 | tea is used | 115 points · 0 miles · 120.5 spend · 0 "
    "dividend · gold",
    "alice: takes tea at once | −10 points (tea); tea is used | 105 points · 0 miles · "
    "120.5 spend · 0 dividend · gold",
    "alice: buys 10.00 paying 0.20 with units | −20 points (payment); +13 points (base: "
    "9.80 → 9, more: +4); +9.8 spend (year: 9.80 → 9.8) | 98 points · 0 miles · 130.3 "
    "spend · 0 dividend · gold",
    "alice: takes five | −20 points (five); five is ready | 78 points · 0 miles · 130.3 "
    "spend · 0 dividend · gold · five",
    "alice: uses five, partner bookshop | bookshop is owed 0.20; five is used | 78 "
    "points · 0 miles · 130.3 spend · 0 dividend · gold",
    "alice: returns everything of 2026-02-02 | −78 points reversal; −80 spend reversal; "
    "points already spent: 11 not collected; 80.00 given back; tier gold → base | 0 "
    "points · 0 miles · 50.3 spend · 0 dividend · base",
    "alice: returns 10.00 of 2026-02-03 | −10 spend reversal; points already spent: 10 "
    "not collected; 10.00 given back; bookshop owes −0.20 | 0 points · 0 miles · 40.3 "
    "spend · 0 dividend · base",
    "alice: adjusts miles 2.5, reason sorry | +2.5 miles adjustment (by hand) | 0 points "
    "· 2.5 miles · 40.3 spend · 0 dividend · base",
    "alice: adjusts miles -1, reason sorry | −1 miles adjustment (by hand) | 0 points · "
    "1.5 miles · 40.3 spend · 0 dividend · base",
    "alice: takes five | refused (insufficient): This takes 20 points; 0 can be used. | "
    "0 points · 1.5 miles · 40.3 spend · 0 dividend · base",
]

OTHERS = """\
- {at: 2026-02-05, alice: acts review, then: {pending: {miles: 2.5}, miles: 0}}
- {at: 2026-02-05, alice: is approved, then: {pending: {miles: 0}, miles: 2.5}}
- {at: 2026-02-05, alice: acts review, then: {pending: {miles: 2.5}}}
- {at: 2026-02-05, alice: is rejected, then: {pending: {miles: 0}, miles: 2.5}}
- {at: 2026-02-06, alice: acts survey, then: {pending: {points: 5}}}
- {at: 2026-02-07, alice: acts delivery of 2026-02-06, then: {pending: {points: 0}}}
- {at: 2026-02-07, alice: gives 5 points to bruno, then: {points: 0, expires: never}}
- {at: 2026-02-07, bruno: waits, then: {points: 5, expires: 2027-02-07}}
- {at: 2026-02-08, bruno: is the same as alice, then: {points: 0}}
- {at: 2026-02-08, alice: waits, then: {points: 5}}
- {at: 2026-02-08, bruno: is not the same as alice, then: {points: 5}}
- {at: 2026-02-09, alice: is in vip, then: {points: 0}}
- {at: 2027-02-08, then: {points: 0, miles: 2.5}}
- {at: 2027-02-08, bruno: waits, then: {points: 0}}
"""
OTHERS_TOLD = [
    "alice: acts review | becomes a member; tier base; +2.5 miles (late: 1 → 2.5); "
    "membership on trial through 2026-03-06 | 0 points · 0 miles · 0 spend · 0 dividend "
    "· base",
    "alice: is approved |  | 0 points · 2.5 miles · 0 spend · 0 dividend · base",
    "alice: acts review | +2.5 miles (late: 1 → 2.5) | 0 points · 2.5 miles · 0 spend · "
    "0 dividend · base",
    "alice: is rejected | −2.5 miles reversal | 0 points · 2.5 miles · 0 spend · 0 dividend · base",
    "alice: acts survey | +5 points (parcel: 1 → 5) | 0 points · 2.5 miles · 0 spend · 0 "
    "dividend · base",
    "alice: acts delivery of 2026-02-06 |  | 5 points · 2.5 miles · 0 spend · 0 dividend · base",
    "alice: gives 5 points to bruno | −5 points transfer (gift) | 0 points · 2.5 miles · "
    "0 spend · 0 dividend · base",
    "bruno: waits | membership on trial through 2026-03-08 | 5 points · 0 miles · 0 "
    "spend · 0 dividend · base",
    "bruno: is the same as alice | −5 points transfer (merged) | 0 points · 0 miles · 0 "
    "spend · 0 dividend · base",
    "alice: waits | membership on trial through 2026-03-08 | 5 points · 2.5 miles · 0 "
    "spend · 0 dividend · base",
    "bruno: is not the same as alice | +5 points reversal | 5 points · 0 miles · 0 spend "
    "· 0 dividend · base",
    "alice: is in vip | membership on trial through 2026-03-06 | 0 points · 2.5 miles · "
    "0 spend · 0 dividend · base",
    "time passes |  | 0 points · 2.5 miles · 0 spend · 0 dividend · base",
    "bruno: waits |  | 0 points · 0 miles · 0 spend · 0 dividend · base",
]

CHANCE = """\
- deposits: {airline: 0.20}
- {at: 2026-02-09, alice: visits, then: {entries: {weekly: 1}}}
- {at: 2026-02-10, alice: visits, then: {entries: {weekly: 2}}}
- {at: 2026-02-10, alice: undoes last, then: {entries: {weekly: 1}}}
- {at: 2026-02-15, alice: wins 2 of weekly, then: {prizes: [weekly], rewards: []}}
- {at: 2026-02-15, alice: wins 2 of weekly, then: {refused: already_won}}
- {at: 2026-02-16, alice: waits, then: {entries: {weekly: 0}}}
- {at: 2026-02-16, alice: {buys: 4.00, partner: airline}, then: {owes: {airline: 0.20}}}
- {at: 2026-02-16, alice: {buys: 4.00, partner: airline}, then: {refused: partner_funds}}
- {at: 2026-12-31, alice: waits, then: {dividend: 0, prizes: [], spend: 4, points: 4}}
- {at: 2027-03-01, then: {dividend: 0.40, points: 0}}
"""
CHANCE_TOLD = [
    "alice: visits | becomes a member; tier base; +1 entry in weekly; membership on "
    "trial through 2026-03-10 | 0 points · 0 miles · 0 spend · 0 dividend · base",
    "alice: visits | +1 entry in weekly | 0 points · 0 miles · 0 spend · 0 dividend · base",
    "alice: undoes last | −1 entry in weekly | 0 points · 0 miles · 0 spend · 0 dividend · base",
    "alice: wins 2 of weekly | weekly#1 is ready | 0 points · 0 miles · 0 spend · 0 "
    "dividend · base · weekly#1",
    "alice: wins 2 of weekly | refused (already_won): This member has won in this draw "
    "already. | 0 points · 0 miles · 0 spend · 0 dividend · base · weekly#1",
    "alice: waits |  | 0 points · 0 miles · 0 spend · 0 dividend · base · weekly#1",
    "alice: buys 4.00, partner airline | +4 points (base: 4.00 → 4); +4 spend (year: "
    "4.00 → 4); airline owes 0.20 | 4 points · 0 miles · 4 spend · 0 dividend · base · "
    "weekly#1",
    "alice: buys 4.00, partner airline | refused (partner_funds): Air Aosta has paid for "
    "no more units; nothing can be earned there now. | 4 points · 0 miles · 4 spend · 0 "
    "dividend · base · weekly#1",
    "alice: waits | weekly#1 is expired | 4 points · 0 miles · 4 spend · 0 dividend · base",
    "time passes | −4 points expiry; +0.4 dividend (dividend) | 0 points · 0 miles · 0 "
    "spend · 0.4 dividend · base",
]

STORIES = {
    "a membership": (FEES, FEES_TOLD),
    "what is earned and spent": (UNITS, UNITS_TOLD),
    "what depends on others": (OTHERS, OTHERS_TOLD),
    "chances and partners": (CHANCE, CHANCE_TOLD),
}


@pytest.mark.parametrize("name", STORIES)
def test_what_follows_is_told_with_its_reasons(name: str) -> None:
    text, said = STORIES[name]
    went = played(text)
    assert [failure.located("x") for failure in went.failures] == []
    assert [f"{row.said} | {'; '.join(row.effects)} | {row.holds}" for row in went.rows] == said


BEGUN = "- {at: 2026-02-02, alice: {buys: 120.00, partner: bookshop}}\n"
WRONG = {
    ("visits", "{points: 119}"): "points: expected 119, got 120",
    ("visits", "{miles: 1.5}"): "miles: expected 1.5, got 0",
    ("visits", "{spend: 119.99}"): "spend: expected 119.99, got 120",
    ("visits", "{dividend: 1}"): "dividend: expected 1, got 0",
    ("visits", "{tier: base}"): "tier: expected base, got gold",
    ("visits", "{tier_until: never}"): "tier_until: expected none, got 2027-12-31",
    ("takes tea", "{rewards: [five, tea]}"): "rewards: expected five, tea, got tea",
    ("takes tea", "{rewards: []}"): "rewards: expected none, got tea",
    ("takes tea", "{refused: too_soon}"): "refused: expected too_soon, got none",
    ("takes tea", "{because: thirst}"): "because: expected thirst, got −10 points (tea); "
    "tea is ready",
    ("waits", "{because: thirst}"): "because: expected thirst, got no reason",
    ("visits", "{expires: 2027-02-01}"): "expires: expected 2027-02-01, got 2027-02-02",
    ("returns 20.00 of 2026-02-02", "{money: 19.99}"): "money: expected 19.99, got 20",
    ("visits", "{fee: paid}"): "fee: expected paid, got trial",
    ("visits", "{fee_until: never}"): "fee_until: expected none, got 2026-03-03",
    ("visits", "{fee_asked: 48.50}"): "fee_asked: expected 48.5, got 49",
    ("enjoys delivery", "{saved: 4.95}"): "saved: expected 4.95, got 4.9",
    ("visits", "{prizes: [weekly]}"): "prizes: expected weekly, got none",
    ("visits", "{pending: {miles: 0.5}}"): "pending miles: expected 0.5, got 0",
    ("takes plant", "{causes: {trees: 1.60}}"): "causes trees: expected 1.6, got 0.6",
    ("visits", "{owes: {bookshop: 2.41}}"): "owes bookshop: expected 2.41, got 2.4",
    ("visits", "{owes: {airline: 1.00}}"): "owes airline: expected 1, got 0",
    ("visits", "{is_owed: {bookshop: 0.01}}"): "is_owed bookshop: expected 0.01, got 0",
    ("visits", "{entries: {weekly: 2}}"): "entries weekly: expected 2, got 1",
}


@pytest.mark.parametrize(("phrase", "then"), WRONG)
def test_what_is_otherwise_than_told_is_named(phrase: str, then: str) -> None:
    went = played(f"{BEGUN}- {{at: 2026-02-03, alice: {phrase},\n   then: {then}}}")
    assert [failure.located("x.yaml") for failure in went.failures] == [
        f"x.yaml:3  alice's {WRONG[phrase, then]}"
    ]


NOTHING = {
    "returns everything of 2026-02-01": "nothing bought on 2026-02-01",
    "acts delivery of 2026-02-01": "nothing happened on 2026-02-01",
    "is not the same as bruno": "these were never one",
}


@pytest.mark.parametrize("phrase", NOTHING)
def test_what_speaks_of_nothing_is_a_failure_of_its_step(phrase: str) -> None:
    went = played(f"{BEGUN}- {{at: 2026-02-03, alice: {phrase}}}")
    assert went.failures[0].located("x") == (
        f"x:2  alice's {phrase}: expected something that happened, got {NOTHING[phrase]}"
    )
    assert (went.rows[1].said, went.rows[1].effects) == (f"alice: {phrase}", ())


@pytest.mark.parametrize(
    ("phrase", "said"), [("undoes last", "nothing to undo"), ("is approved", "nothing to judge")]
)
def test_who_was_never_there_has_nothing_to_undo_or_to_judge(phrase: str, said: str) -> None:
    went = played(f"- guests: [zoe]\n- {{at: 2026-02-03, zoe: {phrase}}}")
    assert [failure.got for failure in went.failures] == [said]


def test_time_that_passes_before_anybody_came_is_seen_by_nobody() -> None:
    (row,) = played("- {at: 2026-02-03, then: {points: 1}}").rows
    assert (row.line, row.said, row.effects, row.holds) == (1, "time passes", (), "")


def test_a_step_stops_where_it_is_refused() -> None:
    """Nothing is bought where the part that units were to pay is refused."""
    went = played(
        "- {at: 2026-02-02, alice: buys 5.00}\n"
        "- {at: 2026-02-03, alice: buys 20.00 paying 4.00 with units,"
        " then: {refused: insufficient, points: 5, spend: 5}}\n"
    )
    assert went.failures == []


def test_the_last_thing_of_a_day_is_the_one_that_is_meant() -> None:
    went = played(
        "- {at: 2026-02-02 09:00, alice: buys 5.00}\n"
        "- {at: 2026-02-02 23:30, alice: buys 7.00}\n"
        "- {at: 2026-02-03 00:30, alice: buys 9.00}\n"
        "- {at: 2026-02-04, alice: returns everything of 2026-02-02, then: {money: 7.00}}\n"
        "- {at: 2026-02-05, alice: returns everything of 2026-02-03, then: {money: 9.00}}\n"
    )
    assert went.failures == []


def test_the_oldest_open_voucher_is_used_and_a_used_one_is_refused() -> None:
    went = played(
        "- {at: 2026-02-02, alice: buys 60.00}\n"
        "- {at: 2026-02-03, alice: takes five}\n"
        "- {at: 2026-02-20, alice: takes five, then: {rewards: [five, five]}}\n"
        "- {at: 2026-02-21, alice: uses five, then: {rewards: [five]}}\n"
        "- {at: 2026-03-10, alice: waits, then: {rewards: [five]}}\n"
        "- {at: 2026-03-11, alice: uses five, then: {rewards: []}}\n"
        "- {at: 2026-03-11, alice: uses five, then: {refused: voucher_redeemed}}\n"
    )
    assert [failure.located("x") for failure in went.failures] == []


READING = {
    "- {at: 2026-02-01 25:00, alice: visits}": (
        "1 [0].at: expected a date such as 2026-02-01, or 2026-02-01 10:30, "
        'found "2026-02-01 25:00"'
    ),
    "- {at: noon, alice: visits}": "1 [0].at: expected a date such as 2026-02-01, or 2026-02-01 "
    '10:30, found "noon"',
    "- visits": "1 [0]: expected a step such as {at: 2026-02-01, alice: buys 80.00}, found "
    '"visits"',
    "- {at: 2026-02-01, alice: visits, then: gold}": "1 [0].then: expected a mapping such as "
    '{points: 80}, found "gold"',
    "- {at: 2026-02-01, alice: visits, then: {fee: gone}}": (
        '1 [0].then.fee: unknown word "gone"; did you mean "none"? '
        "Allowed: none, trial, paid, ending, lapsed"
    ),
    "- {at: 2026-02-01, alice: visits, then: {prizes: [weakly]}}": (
        '1 [0].then.prizes[0]: unknown draw "weakly"; did you mean "weekly"? Allowed: weekly'
    ),
    "- {at: 2026-02-01, alice: visits, then: {rewards: [te]}}": (
        '1 [0].then.rewards[0]: unknown reward "te"; did you mean "tea"? '
        "Allowed: tea, plant, give, five"
    ),
    "- {at: 2026-02-01, alice: visits, then: {tier: golden}}": (
        '1 [0].then.tier: unknown tier "golden"; did you mean "gold"? Allowed: base, gold'
    ),
    "- {at: 2026-02-01, alice: visits, then: {causes: {fud: 1}}}": (
        '1 [0].then.causes.fud: unknown word "fud"; did you mean "fund"? Allowed: fund, trees'
    ),
    "- {at: 2026-02-01, alice: visits, then: {owes: bookshop}}": (
        '1 [0].then.owes: expected a mapping of names and numbers, found "bookshop"'
    ),
    "- {at: 2026-02-01, alice: visits, then: {entries: {weekly: -1}}}": (
        "1 [0].then.entries.weekly: -1 is not between 0 and 1,000,000"
    ),
    "- {at: 2026-02-01, alice: visits, then: {money: 1.005}}": (
        "1 [0].then.money: 1.005 has more decimals than the currency, which has 2 decimals"
    ),
    "- {at: 2026-02-01, alice: visits, then: {fee_asked: much}}": (
        '1 [0].then.fee_asked: expected an amount of money such as 12.50, found "much"'
    ),
    "- {at: 2026-02-01, alice: visits, then: {expires: soon}}": (
        '1 [0].then.expires: expected a date such as 2026-02-01, or never, found "soon"'
    ),
    "- {at: 2026-02-01, alice: visits, then: {point: 1}}": (
        '1 [0].then.point: unknown word "point"; did you mean "points"? Allowed: points, miles, '
        "spend, dividend, tier, tier_until, rewards, refused, because, expires, money, fee, "
        "fee_until, fee_asked, saved, prizes, pending, causes, owes, is_owed, entries"
    ),
    "- deposits: {airlin: 1.00}": (
        '1 [0].deposits.airlin: unknown word "airlin"; did you mean "airline"? '
        "Allowed: bookshop, airline"
    ),
    "- deposits: {airline: 0}": "1 [0].deposits.airline: 0 is not above 0",
    "- guests: []": "1 [0].guests: the list is empty; it needs 1 or more",
    "[]": "1 expected a list of steps, each beginning with -, found a list",
    "- {at: 2026-02-01, alice: visits, note: [a]}": "1 [0].note: expected a text, found a list",
}


@pytest.mark.parametrize("text", READING)
def test_a_story_that_cannot_be_read_says_why(text: str) -> None:
    assert refused(text) == [READING[text]]


def test_a_row_stands_at_its_line_and_its_time() -> None:
    went = played(
        "- {at: 2026-02-01, then: {points: 0}}\n"
        "- {at: 2026-02-02 10:30, alice: visits}\n\n"
        "- {at: 2026-07-03, alice: is not the same as bruno}\n"
        "- {at: 2026-07-04 23:59, then: {points: 0}}\n"
    )
    assert [(row.line, row.at.isoformat()) for row in went.rows] == [
        (1, "2026-02-01T12:00:00+01:00"),
        (2, "2026-02-02T10:30:00+01:00"),
        (4, "2026-07-03T12:00:00+02:00"),
        (5, "2026-07-04T23:59:00+02:00"),
    ]
    assert [failure.line for failure in went.failures] == [4]


def test_nobody_asks_to_join_where_everybody_is_a_member() -> None:
    of = structs.replace(quarter(), enrolment="automatic")
    (row,) = story.play([of], told("- {at: 2026-02-01, alice: waits}")).rows
    assert "becomes a member" not in row.effects
    (row,) = played("- {at: 2026-02-01, alice: waits}").rows
    assert row.effects[0] == "becomes a member"


def test_a_note_says_something_to_readers_only() -> None:
    went = played("- {at: 2026-02-01, alice: visits, note: before opening, then: {points: 0}}")
    assert (went.failures, went.rows[0].said) == ([], "alice: visits")


def test_guests_and_deposits_may_stand_anywhere_and_deposits_add_up() -> None:
    found = told(
        "- deposits: {airline: 1.50}\n- {at: 2026-02-01, alice: visits}\n"
        "- guests: [zoe, yves]\n- deposits: {bookshop: 2.00}\n"
    )
    assert (found.guests, found.deposits) == (("zoe", "yves"), {"airline": 150, "bookshop": 200})
    assert [step.line for step in found.steps] == [2]
