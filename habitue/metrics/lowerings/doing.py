"""What follows from all that is no purchase, as expressions for any engine: a row of sums each.

Membership, referrals, answers, actions, rewards, service, paid membership. These tables are small
beside the lines of orders; where purchases matter, the rows of `buying.people` are joined.
"""

from __future__ import annotations

import ibis

from habitue.metrics.lowerings.buying import END, START, has
from habitue.metrics.lowerings.canon import Canon, Column, Relation, day, either, times
from habitue.metrics.tables import ANSWERED, SOCIAL


def membership(canon: Canon) -> Relation:
    """Who enrolled and subscribed by the end."""
    rows = _everybody(canon)
    joined, subscribed = rows.joined_on < day("until"), rows.subscribed_on < day("until")
    buys = rows.recent > 0
    invited = rows.invited_by.notnull() & (rows.joined_on >= day("since"))
    return rows.aggregate(
        customers=times(rows, _true(joined) | _true(subscribed) | _true(rows.orders > 0)),
        members=times(rows, joined),
        member_buyers=times(rows, joined & buys),
        subscribers=times(rows, subscribed),
        referrals=times(rows, joined & invited),
    )


def member_orders(canon: Canon) -> Relation:
    """Orders in the period from the day of enrolment on."""
    members = _members(canon)
    rows = canon.orders("since").select("customer", "on").join(members, "customer")
    return rows.aggregate(member_orders=times(rows, rows.on >= rows.joined_on))


def referring(canon: Canon) -> Relation:
    """Whom the buyers brought: those who bought by the end themselves."""
    guests = _everybody(canon)
    guests = guests.filter(guests.invited_by.notnull(), guests.orders > 0)
    brought = guests.group_by(customer=guests.invited_by).aggregate(number=guests.count())
    rows = canon.kept("people").join(brought, "customer")
    return rows.aggregate(
        referrers=times(rows, rows.recent > 0),
        referred=either(rows.recent > 0, rows.number, 0).sum(),
        repeaters_referred=either(rows.recent > 1, rows.number, 0).sum(),
    )


def answers(canon: Canon) -> Relation:
    """Answers to the three questions of satisfaction."""
    rows = canon.within("responses", "since")
    score = rows.score
    nps = rows.question == "nps"
    csat = (rows.question == "csat") & (rows.scale == 5)
    ces = (rows.question == "ces") & (rows.scale == 7)
    return rows.aggregate(
        promoters=times(rows, nps & (score >= 9)),
        passives=times(rows, nps & (score >= 7) & (score <= 8)),
        detractors=times(rows, nps & (score <= 6)),
        satisfied=times(rows, csat & (score >= 4)),
        satisfaction_answers=times(rows, csat),
        effort=score.sum(where=ces),
        effort_squares=(score * score).sum(where=ces),
        effort_answers=times(rows, ces),
    )


def deeds(canon: Canon) -> Relation:
    """What was done in the period beside buying: quantities, but complaints by rows."""
    customers = canon.rows("customers").select("customer", "subscribed_on")
    rows = canon.within("actions", "since").left_join(customers, "customer")
    name, quantity = rows.name, rows.quantity
    click, answered = name == "click", name == "complaint_answered"
    return rows.aggregate(
        redemptions=quantity.sum(where=name == "redemption"),
        messages_answered=quantity.sum(where=name.isin(ANSWERED)),
        clickers=rows.customer.nunique(where=click),
        clicking_subscribers=rows.customer.nunique(
            where=click & _true(rows.subscribed_on < day("until"))
        ),
        ideas=quantity.sum(where=name == "idea"),
        social=quantity.sum(where=name.isin(SOCIAL)),
        complaints=times(rows, name == "complaint"),
        complaints_answered=times(rows, answered),
        complaints_resolved=times(rows, name == "complaint_resolved"),
        answer_minutes=quantity.sum(where=answered),
    )


def rewards(canon: Canon) -> Relation:
    """Members who took rewards, and how long the first one took from enrolment."""
    taken = canon.until("actions")
    taken = taken.filter(taken.name == "redemption").join(_members(canon), "customer")
    rows = taken.group_by(["customer", "joined_on"]).aggregate(
        first=taken.on.min(), latest=taken.on.max()
    )
    rewarded = (rows["first"] >= day("since")) & (rows["first"] >= rows.joined_on)
    return rows.aggregate(
        redeemers=times(rows, rows.latest >= day("since")),
        rewarded=times(rows, rewarded),
        reward_days=rows["first"].delta(rows.joined_on, unit="day").sum(where=rewarded),
    )


def service(canon: Canon) -> Relation:
    """Customers at the start by whether they had complained, and who of them came back."""
    earlier = canon.rows("actions")
    earlier = earlier.filter(earlier.name == "complaint", earlier.on < day("since"))
    latest = earlier.group_by("customer").aggregate(latest=earlier.on.max())
    rows = canon.kept("people")
    rows = rows.filter(has(rows.marks, START)).left_join(latest, "customer")
    complained, never = rows.latest >= day("base_since"), rows.latest.isnull()
    kept = has(rows.marks, END)
    return rows.aggregate(
        complainers=times(rows, complained),
        complainers_back=times(rows, complained & kept),
        contented=times(rows, never),
        contented_back=times(rows, never & kept),
    )


def contracts(canon: Canon) -> Relation:
    """Customers whose paid membership covers the first day, and the day after the last."""
    paid = canon.rows("memberships")
    ends = ibis.least(paid.until, paid.ended_on.coalesce(paid.until))

    def covered(on: Column) -> Column:
        return ((paid.since <= on) & (on < ends)).any()

    rows = paid.group_by("customer").aggregate(
        at_start=covered(day("since")), at_end=covered(day("until"))
    )
    return rows.aggregate(
        contracts=times(rows, rows.at_start),
        contracts_kept=times(rows, rows.at_start & rows.at_end),
    )


def _everybody(canon: Canon) -> Relation:
    """All who are known, with their orders, NULL where they have none."""
    orders = canon.kept("people").select("customer", "orders", "recent")
    return canon.rows("customers").left_join(orders, "customer")


def _members(canon: Canon) -> Relation:
    rows = canon.rows("customers")
    return rows.filter(rows.joined_on < day("until")).select("customer", "joined_on")


def _true(condition: Column) -> Column:
    """NULL is not."""
    return condition.coalesce(False)
