"""The quarter: a program with all that a story can tell of, shared by the tests of stories."""

from __future__ import annotations

from functools import cache

from habitue.core import document, program, story

TEXT = """\
program: quarter
title: The quarter
currency: EUR
timezone: Europe/Paris
fee: {price: 49.00, every: year, trial: 30 days, grace: 5 days}
units:
  points: {worth: 0.01, expiry: 12 months}
  miles: {decimals: 1}
  spend: {qualifying: true, decimals: 2}
  dividend: {decimals: 2, worth: 1}
causes: [{id: fund, title: The fund}, {id: trees, title: Trees}]
partners:
  - {id: bookshop, title: Bookshop, issuing: 0.02, redeeming: 0.01}
  - {id: airline, title: Air Aosta, issuing: 0.05, account: prepaid}
transfers: {units: points}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00, step: proportional}}
  - {id: more, when: purchase, where: {tier: gold}, award: {bonus: 50%, unit: points}}
  - {id: late, when: review, award: {miles: 2.5}, pending: until approval}
  - {id: parcel, when: survey, award: {points: 5}, pending: until delivery}
tiers:
  basis: {unit: spend}
  levels: [{id: base, from: 0}, {id: gold, from: 100}]
pay_with: {unit: points}
rewards:
  - {id: tea, cost: {points: 10}, choose: [{product: tea}, {product: herb tea}]}
  - {id: plant, cost: {points: 60}, gives: {donation: 0.60, cause: trees}}
  - {id: give, cost: {points: 50}, gives: {donation: 0.50, cause: fund}}
  - {id: five, cost: {points: 20}, gives: {money_off: 5.00}, valid_for: 1 month}
benefits: [{id: delivery, title: Delivery, saves: 4.90}]
draws:
  - id: weekly
    title: Weekly
    when: visit
    prizes: [{product: a cake}, {product: bread, pieces: as many as needed}]
dividend: {pays: dividend, share: 10%, of: spend}
"""


@cache
def quarter() -> program.Program:
    """The program, read."""
    found = document.read(TEXT)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    return found


def told(text: str) -> story.Story:
    """A story about it, well told."""
    found = story.parse(text, quarter())
    assert isinstance(found, story.Story), [problem.text() for problem in found]
    return found


def played(text: str) -> story.Played:
    """A story about it as it went."""
    return story.play([quarter()], told(text))


def refused(text: str) -> list[str]:
    """What is wrong with a story, as `line path: sentence…`."""
    found = story.parse(text, quarter())
    assert isinstance(found, list), "nothing was refused"
    return [f"{problem.line} {problem.text()}" for problem in found]
