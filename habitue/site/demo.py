"""The demo business: Café des Amis with a year of plausible history up to the day it was made.

Told week by week through `ledger.post`, in the order in which things would have happened: who
joins, who drinks the coffee they earned, who buys, what went wrong at the counter. Each fact has
a permanent reference and the year ends on the day the business was made, so that telling it again
adds nothing, and a telling that was killed is finished by the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import product
from pathlib import Path
from typing import Final

from habitue import ledger
from habitue.core import facts
from habitue.ledger import database, posted
from habitue.members import businesses, cards, customers, staff
from habitue.members.models import Business, Card, Customer
from habitue.site import regulars
from habitue.site.regulars import Person, Visit

SLUG: Final = "demo"
SOURCE: Final = "demo"
PIN: Final = "1234"
"""Diego's, at the counter of the demo."""

PROGRAM: Final = Path(__file__).with_name("demo.yaml")

Tell = Callable[[int, int], None]
"""Told how many visits of how many are told."""


def build(*, now: datetime, tell: Tell = lambda done, total: None) -> Business:
    """Make the demo business, or finish it; a whole one is left as it is."""
    business = _business(now)
    end = business.created_at
    people = regulars.people()
    known = _customers(business, people, end)
    weeks = _weeks(people, end)
    total, done = sum(map(len, weeks)), 0
    joined: set[int] = set()
    for number, visits in enumerate(weeks):
        if not _told(business, visits):
            _tell_week(business, number, visits, known, joined)
        joined |= {visit.person.number for visit in visits}
        done += len(visits)
        tell(done, total)
    database.count_anew()  # the first page is opened right now
    return business


def _business(now: datetime) -> Business:
    """The demo business with its program, its counter and Diego."""
    business = Business.objects.filter(slug=SLUG, is_demo=True).first()
    if business is None:
        business = businesses.create(
            name="Café des Amis", kind="cafe", country="FR", slug=SLUG, is_demo=True
        )
        business.created_at = now  # the year told here ends now, whenever it is told
        business.save(update_fields=["created_at"])
    if ledger.program(business.pk) is None:
        published = ledger.publish(business.pk, PROGRAM.read_text(encoding="utf-8"))
        assert not published.problems, published.problems
    if not business.staff.filter(name="Diego").exists():
        staff.add_cashier(business, name="Diego", pin=PIN)
    return business


def _customers(business: Business, people: Sequence[Person], end: datetime) -> dict[int, int]:
    """The customers by their person's number, with names and birthdays."""
    found = customers.find_or_create_many(business, "external", [one.key for one in people])
    first = end - timedelta(days=regulars.DAYS)
    rows = [
        Customer(
            pk=found[one.key],
            name=one.name,
            language="fr",
            birth_month=one.birthday[0],
            birth_day=one.birthday[1],
            created_at=first + timedelta(days=one.since),
        )
        for one in people
    ]
    columns = ["name", "language", "birth_month", "birth_day", "created_at"]
    Customer.objects.bulk_update(rows, columns)
    return {one.number: found[one.key] for one in people}


def _weeks(people: Iterable[Person], end: datetime) -> list[list[Visit]]:
    """All visits up to `end` in the order of time, by week."""
    first = end - timedelta(days=regulars.DAYS + 1)
    weeks: dict[int, list[Visit]] = defaultdict(list)
    today = end.astimezone(regulars.ZONE).date()
    for one in people:
        for visit in regulars.visits(one, today):
            if visit.at <= end:
                weeks[(visit.at - first).days // 7].append(visit)
    return [sorted(weeks[week], key=lambda visit: visit.at) for week in sorted(weeks)]


def _told(business: Business, visits: Sequence[Visit]) -> bool:
    """Whether everything of a week is in the ledger."""
    wanted = {_name(visit) for visit in visits}
    wanted |= {f"{_name(visit)}:{visit.slip}" for visit in visits if visit.slip}
    return posted.among(business.pk, SOURCE, sorted(wanted)) == wanted


def _tell_week(
    business: Business,
    week: int,
    visits: Sequence[Visit],
    known: dict[int, int],
    joined: set[int],
) -> None:
    """Who is new joins; then coffees on the house, purchases, and slips at the counter."""
    start = visits[0].at
    first: dict[int, Visit] = {}
    for visit in visits:
        first.setdefault(known[visit.person.number], visit)
    new = [visit for visit in first.values() if visit.person.number not in joined]
    enrolments = [_enrolment(visit, known) for visit in new if visit.person.enrols]
    customers.enroll_many(business, [fact.customer for fact in enrolments], at=start)
    _post(business, enrolments)
    _issue_cards(business, enrolments)
    _post(business, _uses(business, week, first, start))
    told = [*(_purchase(visit, known) for visit in visits), *_birthdays(visits, known, joined)]
    told.sort(key=lambda fact: fact.at)
    answers = dict(zip([fact.reference for fact in told], _post(business, told), strict=True))
    slips = [_slip(visit, answers[_name(visit)]) for visit in visits if visit.slip]
    _post(business, slips)


def _post(business: Business, batch: Sequence[ledger.Fact]) -> list[ledger.Answer]:
    """Post as of just after the newest fact: the demo lives in its own past."""
    if not batch:
        return []
    return ledger.post(business.pk, batch, now=max(fact.at for fact in batch))


def _enrolment(visit: Visit, known: dict[int, int]) -> ledger.Fact:
    """They join at the counter, a minute before their first purchase."""
    return ledger.Fact(
        customer=known[visit.person.number],
        at=visit.at.astimezone(UTC) - timedelta(minutes=1),
        what=facts.Enrolment(channel="counter"),
        source=SOURCE,
        reference=f"{visit.person.key}:joins",
    )


def _issue_cards(business: Business, enrolments: Sequence[ledger.Fact]) -> None:
    """The cast has cards to look at; everybody else gets one when they are asked for."""
    cast = {regulars.ALICE.key, regulars.BRUNO.key}
    for fact in enrolments:
        if fact.reference.removesuffix(":joins") not in cast:
            continue
        if not Card.objects.filter(customer_id=fact.customer).exists():
            cards.issue(Customer.objects.get(pk=fact.customer))


def _uses(
    business: Business, week: int, first: dict[int, Visit], start: datetime
) -> list[ledger.Fact]:
    """Who held a coffee or a cake before this week has it at their first visit in it."""
    standings = ledger.standings(business.pk, list(first), now=start)
    return [
        ledger.Fact(
            customer=customer,
            at=first[customer].at.astimezone(UTC) - timedelta(seconds=20),
            what=facts.VoucherUse(voucher=voucher.id),
            source=SOURCE,
            reference=f"{first[customer].person.key}:uses:{voucher.id}",
        )
        for customer, standing in standings.items()
        for voucher in standing.vouchers
    ]


def _purchase(visit: Visit, known: dict[int, int]) -> ledger.Fact:
    lines = tuple(
        facts.Line(item.price * pieces, pieces, item.sku, item.category)
        for item, pieces in visit.items
    )
    return ledger.Fact(
        customer=known[visit.person.number],
        at=visit.at.astimezone(UTC),
        what=facts.Purchase(lines, "EUR", channel="counter"),
        source=SOURCE,
        reference=_name(visit),
    )


def _birthdays(
    visits: Sequence[Visit], known: dict[int, int], joined: set[int]
) -> list[ledger.Fact]:
    """Birthdays of members within the days told, named as the sweep names them."""
    days = {visit.at.date() for visit in visits}
    found = []
    members = [one for one in regulars.people() if one.enrols and one.number in joined]
    for one, day in product(members, sorted(days)):
        if (day.month, day.day) == one.birthday:
            fact = ledger.Fact(
                customer=known[one.number],
                at=datetime.combine(day, time(0), regulars.ZONE).astimezone(UTC),
                what=facts.Birthday(),
                source="birthday",
                reference=f"{known[one.number]}:{day.year}",
            )
            found.append(fact)
    return found


def _slip(visit: Visit, answer: ledger.Answer) -> ledger.Fact:
    """A purchase typed by mistake is undone at once; a cold drink is paid back after a while."""
    undo = visit.slip == "undo"
    return ledger.Fact(
        customer=answer.customer,
        at=visit.at.astimezone(UTC) + timedelta(seconds=40 if undo else 600),
        what=facts.Undo(answer.event) if undo else facts.Refund(answer.event),
        source=SOURCE,
        reference=f"{_name(visit)}:{visit.slip}",
    )


def _name(visit: Visit) -> str:
    return f"{visit.person.key}:{visit.at.date().isoformat()}"
