"""What is well written and cannot be meant is refused: what is paid, won, pooled, reached."""

from __future__ import annotations

import pytest

from habitue.core import document, program
from tests.core.test_document import changed, read, refused

CLUB = """\
program: club
title: Club
currency: EUR
timezone: Europe/Paris
units:
  points: {worth: 0.05}
  spend: {qualifying: true, decimals: 2}
  credit: {decimals: 2}
causes: [{id: fund, title: The fund}]
partners: [{id: airline, title: Air Aosta}]
earn:
  - {id: base, when: purchase, award: [{points: 1, per: 1.00}, {spend: 1, per: 1.00}, {credit: 1}]}
tiers:
  basis: {unit: spend}
  levels:
    - {id: basic, from: 0}
    - {id: gold, from: 100}
rewards:
  - {id: give, cost: {points: 100}, gives: {donation: 5.00, cause: fund}}
benefits:
  - {id: wifi, title: Wifi}
fee: {price: 20.00, every: once}
"""
DRAW = """\
draws:
  - id: weekly
    title: Weekly
    when: check-in
    prizes: [{experience: a trip}, {money_off: 20.00, pieces: 9}]
    expects: 40
"""


def ruled(more: str, text: str = CLUB) -> str:
    """The club with one more rule."""
    return changed("tiers:\n", f"  - {{id: more, award: {{points: 1}}, {more}}}\ntiers:\n", text)


def rewarded(more: str) -> str:
    return changed("benefits:\n", f"  - {{id: more, {more}}}\nbenefits:\n", CLUB)


def tiered(old: str, new: str) -> str:
    return changed(old, new, CLUB)


def priced(prices: str, every: str = "year") -> str:
    return changed(
        "fee: {price: 20.00, every: once}", f"fee: {{every: {every}, prices: [{prices}]}}", CLUB
    )


EVENTS = {
    "a rule on an approval": (
        ruled("when: approval"),
        'earn[1].when: nothing is earned on "approval". Allowed: purchase, visit, enrolment, '
        "birthday, anniversary, date, segments, the name of an action",
    ),
    "a reward on a prize that was won": (
        rewarded("automatic: won, gives: {product: a cake}"),
        'rewards[1].automatic: nothing is earned on "won". Allowed: threshold, purchase, visit, '
        "enrolment, birthday, anniversary, date, segments, the name of an action",
    ),
    "a rule on a day without the day": (
        ruled("when: date, where: {tier: gold}"),
        "earn[1].when: which days? Add where: {each: 24 December}",
    ),
    "a rule on a day that stands below": (
        ruled("when: date, where: {any: [{each: 24 December}, {tier: gold}]}"),
        "earn[1].when: which days? Add where: {each: 24 December}",
    ),
    "a day that most years lack": (
        ruled("when: date, where: {each: 29 February}"),
        "earn[1].where.each: February has no day 29 in every year",
    ),
    "units that wait for what nothing brings": (
        ruled("when: visit, pending: until merge"),
        'earn[1].pending: nothing is earned on "merge"',
    ),
    "a wait that is shorter than a day": (
        ruled("when: visit, pending: {until: delivery, within: 2 hours}"),
        "earn[1].pending.within: 2 hours is shorter than a day; write days, weeks, months or years",
    ),
}
CONDITIONS = {
    "what is paid without a fee": (
        changed(
            "fee: {price: 20.00, every: once}\n", "", ruled("when: visit, where: {paid: true}")
        ),
        "earn[1].where.paid: nothing is paid here: the program has no fee",
    ),
    "an unknown partner": (
        ruled("when: visit, where: {not: {partner: airlines}}"),
        'earn[1].where.partner: unknown partner "airlines"; did you mean "airline"? '
        "Allowed: airline",
    ),
    "bounds that cross": (
        ruled("when: visit, where: {attribute: {metres: {least: 5, most: 4}}}"),
        "earn[1].where.attribute.metres: nothing is at least 5 and at most 4",
    ),
    "bounds without a number": (
        ruled("when: visit, where: {attribute: {metres: {}}}"),
        "earn[1].where.attribute.metres: expected least, most or both, found a mapping",
    ),
    "a streak of one": (
        ruled("when: visit, where: {streak: 1 days}"),
        "earn[1].where.streak: 1 days is no streak of 2 to 1,200",
    ),
    "conditions too deep": (
        ruled("when: visit, where: " + "{not: " * 6 + "{tier: gold}" + "}" * 6),
        "earn[1].where: conditions are nested more than 5 deep",
    ),
    "a total limit that rolls": (
        ruled("when: visit, limit: {times: 5, per: 7 days, total: true}"),
        "earn[1].limit: a limit for all members together counts by the calendar: per: month",
    ),
    "a condition on a reward that nothing brings": (
        rewarded("cost: {points: 5}, gives: {product: tea}, where: {tier: gold}"),
        "rewards[1].where: where goes with a reward that an event brings: automatic: purchase",
    ),
}
TIERS = {
    "a balance over a window": (
        tiered("{unit: spend}", "{unit: points, measure: balance, window: lifetime}"),
        "tiers.basis.window: a balance is what it is today; it has no window",
    ),
    "a tier's own window of a balance": (
        tiered("{unit: spend}", "{unit: points, measure: balance}").replace(
            "from: 100}", "from: 100, window: lifetime}"
        ),
        "tiers.levels[1].window: a balance is what it is today; it has no window",
    ),
    "a balance that is none": (
        tiered("{unit: spend}", "{unit: spend, measure: balance}"),
        'tiers.levels[1].from: nobody can reach the tier "gold": spend is not redeemable; '
        "add redeemable: true",
    ),
    "the end of a period that has none": (
        tiered("{unit: spend}", "{unit: spend, window: lifetime}\n  upgrade: at period end"),
        "tiers.upgrade: at period end needs a window that ends, such as calendar year",
    ),
    "the expiry of a counter": (
        tiered("from: 100}", "from: 100, expiry: {spend: never}}"),
        "tiers.levels[1].expiry.spend: spend only qualifies; it has no expiry",
    ),
    "a benefit of a tier that nobody reaches": (
        tiered("title: Wifi}", "title: Wifi, tiers: gold}").replace(
            "spend: 1, per: 1.00", "points: 1"
        ),
        'tiers.levels[1].from: nobody can reach the tier "gold": no rule awards spend',
        'benefits[0].tiers: nobody can have "wifi": no member can reach its tiers',
    ),
}
MONEY = {
    "neither price nor prices": (
        changed("price: 20.00, every: once", "every: once", CLUB),
        "fee: say what it costs: either price or prices",
    ),
    "a price without its day": (
        priced("{price: 1.00}, {price: 2.00}"),
        'fee.prices[1].since: "since" is missing: from when does this price hold?',
    ),
    "prices out of order": (
        priced("{price: 1.00, since: 2026-02-01}, {price: 2.00, since: 2026-01-01}"),
        "fee.prices[1].since: prices stand in the order of their days, oldest first",
    ),
    "renewals out of order": (
        priced(
            "{price: 1.00, since: 2026-01-01, at_renewal_since: 2026-06-01}, "
            "{price: 2.00, since: 2026-02-01}"
        ),
        "fee.prices[1].since: prices stand in the order of their days, oldest first",
    ),
    "a renewal before the price": (
        priced("{price: 1.00, since: 2026-02-01, at_renewal_since: 2026-01-01}"),
        "fee.prices[0].at_renewal_since: members cannot renew at a price before it is there",
    ),
    "a renewal of what is paid once": (
        priced("{price: 1.00, at_renewal_since: 2026-01-01}", "once"),
        "fee.prices[0].at_renewal_since: a fee that is paid once has no renewal",
    ),
    "paying with what has no worth": (
        CLUB + "pay_with: {unit: credit}\n",
        "pay_with.unit: nobody knows what credit are worth; add worth: 0.05 to the unit",
    ),
    "paying with a counter": (
        CLUB + "pay_with: {unit: spend}\n",
        "pay_with.unit: spend cannot be spent; add redeemable: true",
    ),
    "paying more than the order": (
        CLUB + "pay_with: {unit: points, most: 101%}\n",
        "pay_with.most: 101% is more than 100%",
    ),
    "lowering a refund by nothing": (
        changed("{worth: 0.05}", "{}", CLUB) + "refund_of_spent: lower the refund\n",
        "refund_of_spent: no unit has a worth by which a refund could be lowered; add worth to one",
    ),
    "a prepaid partner without a price": (
        changed("title: Air Aosta", "title: Air Aosta, account: prepaid", CLUB),
        "partners[0].account: a prepaid partner needs a price; add issuing: 0.01",
    ),
    "a fee for nothing": (
        "program: a\ntitle: A\ncurrency: EUR\ntimezone: Europe/Paris\n"
        "units: {points: {}}\nfee: {price: 1.00}\n",
        "fee: a fee for nothing: add benefits, or rules to earn by",
    ),
    "nothing at all": (
        "program: a\ntitle: A\ncurrency: EUR\ntimezone: Europe/Paris\n",
        "there is nothing in this program: add units to collect, or benefits",
    ),
}
SHARED = {
    "a pool of what cannot be spent": (
        CLUB + "household: {members: 9, pools: [points, spend]}\n",
        "household.pools: spend cannot be spent; add redeemable: true",
    ),
    "a household of one": (
        CLUB + "household: {members: 1, pools: points}\n",
        "household.members: 1 is not between 2 and 100",
    ),
    "giving what cannot be spent": (
        CLUB + "transfers: {units: spend}\n",
        "transfers.units: spend cannot be spent; add redeemable: true",
    ),
    "a limit in one of two units": (
        CLUB + "transfers: {units: [points, credit], limit: {points: 5}}\n",
        "transfers.limit: a limit in units needs one unit to count in; limit the times instead",
    ),
    "a limit on all members' giving": (
        CLUB + "transfers: {units: points, limit: {points: 5, total: true}}\n",
        "transfers.limit: what a member gives is limited for each member",
    ),
    "a dividend of what is not counted": (
        CLUB + "dividend: {pays: credit, share: 10%, of: points}\n",
        "dividend.of: points is not counted; add qualifying: true",
    ),
    "a dividend that cannot be spent": (
        CLUB + "dividend: {pays: spend, share: 10%, of: spend}\n",
        "dividend.pays: spend cannot be spent; add redeemable: true",
        "dividend.pays: a dividend cannot be paid in what it is a share of; "
        "it would grow by itself",
    ),
    "a board of what nobody earns": (
        changed(", {credit: 1}]", "]", CLUB) + "leaderboard: {unit: credit}\n",
        "leaderboard.unit: nobody can be in it: no rule awards credit",
    ),
    "an unknown cause": (
        changed("cause: fund", "cause: funds", CLUB),
        'rewards[0].gives.cause: unknown cause "funds"; did you mean "fund"? Allowed: fund',
    ),
    "a cause that nobody gives to": (
        changed("{donation: 5.00, cause: fund}", "{product: tea}", CLUB),
        'causes[0]: nobody can give to "fund": no reward is a donation to it',
    ),
    "an unknown partner of a gift": (
        rewarded("cost: {points: 5}, gives: {partner_units: 5, name: miles, partner: train}"),
        'rewards[1].gives.partner: unknown partner "train". Allowed: airline',
    ),
    "two causes of one name": (
        changed("{id: fund, title: The fund}", "{id: fund, title: A}, {id: fund, title: B}", CLUB),
        'causes[1].id: the id "fund" is used twice',
    ),
}
DRAWS = {
    "one prize too few": (
        CLUB + DRAW.replace("pieces: 9", "pieces: 8"),
        "draws[0].prizes: 40 entrants at 25% need 10 prizes, and there are 9; 1 prize is missing",
    ),
    "prizes too few for its own odds": (
        CLUB + DRAW + "    odds: 50%\n",
        "draws[0].prizes: 40 entrants at 50% need 20 prizes, and there are 10; "
        "10 prizes are missing",
    ),
    "odds below a quarter": (
        CLUB + DRAW.replace("pieces: 9", "pieces: 8") + "    odds: 20%\n",
        "draws[0].odds: odds below 25% are refused: 40 entrants at 25% need 10 prizes; "
        "1 prize is missing",
    ),
    "odds below a quarter with prizes enough": (
        CLUB + DRAW + "    odds: 24%\n",
        "draws[0].odds: odds below 25% are refused: 40 entrants at 25% need 10 prizes",
    ),
    "odds above the whole": (
        CLUB + DRAW + "    odds: 101%\n",
        "draws[0].odds: 101% is more than 100%",
    ),
    "an entry that nothing can bring": (
        CLUB + DRAW.replace("when: check-in", "when: fee_paid"),
        'draws[0].when: nothing is earned on "fee_paid". Allowed: purchase, visit, enrolment, '
        "birthday, anniversary, date, segments, the name of an action",
    ),
    "a draw that nobody can enter": (
        CLUB + DRAW.replace("    when: check-in\n", ""),
        'draws[0]: nobody can enter "weekly": say when, or let a reward give entries',
    ),
    "a condition on nothing": (
        CLUB + DRAW.replace("when: check-in", "where: {tier: gold}"),
        "draws[0].where: where goes with when: what has to happen?",
        'draws[0]: nobody can enter "weekly": say when, or let a reward give entries',
    ),
    "a draw on a day without the day": (
        CLUB + DRAW.replace("when: check-in", "when: date"),
        "draws[0].when: which days? Add where: {each: 24 December}",
    ),
    "more entries than allowed": (
        CLUB + DRAW + "    entries: 5\n    limit: {entries: 2}\n",
        "draws[0].limit: it brings 5 entries, and a member may have 2",
    ),
    "an entry as a prize": (
        CLUB + DRAW.replace("{experience: a trip}", "{entries: 1, draw: weekly}"),
        "draws[0].prizes[0]: an entry in a draw is no prize",
    ),
    "an unknown draw": (
        rewarded("cost: {points: 5}, gives: {entries: 1, draw: weekly}"),
        'rewards[1].gives.draw: unknown draw "weekly"',
    ),
    "a prize that is nothing": (
        CLUB + DRAW.replace("{experience: a trip}", "{pieces: 3}"),
        "draws[0].prizes[0]: expected what it gives, such as {product: coffee}, found a mapping",
    ),
}
FAULTS = EVENTS | CONDITIONS | TIERS | MONEY | SHARED | DRAWS


def test_the_club_is_fine() -> None:
    read(CLUB)
    read(CLUB + DRAW)


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_meant_is_refused_with_a_sentence(fault: str) -> None:
    text, *said = FAULTS[fault]
    assert sorted(problem.partition(" ")[2] for problem in refused(text)) == sorted(said)


def test_a_problem_of_sense_stands_on_its_line() -> None:
    text = CLUB + DRAW.replace("pieces: 9", "pieces: 8")
    (problem,) = refused(text)
    assert text.splitlines()[int(problem.split(" ")[0]) - 1].strip().startswith("prizes:")


def test_a_prize_in_as_many_pieces_as_needed_is_always_enough() -> None:
    found = read(CLUB + DRAW.replace("pieces: 9", "pieces: as many as needed") + "    odds: 100%\n")
    assert [prize.pieces for prize in found.draws[0].prizes] == [1, None]


def test_a_fault_in_a_part_brings_no_second_fault_elsewhere() -> None:
    paid = ruled("when: visit, where: {paid: true}")
    assert len(refused(paid.replace("every: once", "every: decade"))) == 1
    assert len(refused(CLUB.replace("{worth: 0.05}", "5") + "pay_with: {unit: points}\n")) == 1
    assert len(refused(CLUB + DRAW.replace("experience: a trip", "experience: ''"))) == 1


def test_a_day_of_the_year_may_stand_among_what_else_must_hold() -> None:
    found = read(ruled("when: date, where: {each: end of February, tier: gold}"))
    assert found.rules[1].where == program.All(
        (program.EachYear(((2, 0),)), program.TierIs(("gold",)))
    )


def test_the_short_and_the_full_form_of_a_fee_are_one() -> None:
    assert read(CLUB).fee == program.Fee((program.Price(2000),), every="once")
    assert read(priced("{price: 20.00}", "once")) == read(CLUB)
    assert "price: 20.00" in document.write(read(CLUB))


def test_a_name_that_holds_an_event_is_an_action_of_its_own() -> None:
    assert read(ruled("when: pet-birthday")).rules[1].when == "pet-birthday"
    assert "unknown event" in refused(ruled("when: birthdays"))[0]


def test_units_are_bounded() -> None:
    def text(count: int) -> str:
        units = "".join(f"  unit-{number}: {{}}\n" for number in range(count - 3))
        return changed("causes:", f"{units}causes:", CLUB)

    read(text(50))
    assert refused(text(51)) == ["6 units: 51 units; at most 50"]


@pytest.mark.parametrize(("path", "most"), [("draws", 50), ("tiers.levels", 50)])
def test_lists_are_bounded(path: str, most: int) -> None:
    if path == "draws":
        body = "\n".join(DRAW.splitlines()[1:]) + "\n"
        text = (
            CLUB
            + "draws:\n"
            + "".join(body.replace("weekly", f"d{number}") for number in range(most + 1))
        )
    else:
        more = "".join(f"    - {{id: t{n}, from: {n + 200}}}\n" for n in range(most - 1))
        text = changed("rewards:\n", f"{more}rewards:\n", CLUB)
    assert any(f"{path}: the list has {most + 1} items; at most {most}" in p for p in refused(text))
