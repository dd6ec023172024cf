"""What to do next about a person: a few sentences, each with one action."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec import Struct

from habitue import ledger
from habitue.core.program import Program
from habitue.ledger import Standing
from habitue.members import consents
from habitue.members.models import Business, Customer, Identity
from habitue.pages import holdings
from habitue.pages.holdings import Face
from habitue.pages.person.pulse import Pulse
from habitue.pages.templatetags import words as say

SOON: Final = timedelta(days=14)
MOST: Final = 3


class Next(Struct, frozen=True):
    """One thing to do: why, what the link says, where it leads."""

    said: str
    action: str
    address: str


def of(
    business: Business,
    customer: Customer,
    face: Face | None,
    pulse: Pulse,
    held: Standing | None,
    *,
    now: datetime,
) -> list[Next]:
    """The most pressing first, few of them."""
    today = now.astimezone(ZoneInfo(business.timezone)).date()
    program = ledger.program(business.pk)
    found = [
        *_ready(business, customer, face),
        *expiring(business, customer, program, held, today),
        *late(customer, pulse),
        *birthday(customer, today),
        *_reachable(business, customer),
    ]
    return found[:MOST]


def _ready(business: Business, customer: Customer, face: Face | None) -> list[Next]:
    if face is None or not face.ready:
        return []
    said = _("Ready: %(reward)s.") % {"reward": face.ready[0].title}
    return [Next(said, _("Hand it over"), _sheet(business, customer))]


def expiring(
    business: Business,
    customer: Customer,
    program: Program | None,
    standing: Standing | None,
    today: date,
) -> list[Next]:
    """A voucher or units that can be used for a few days only."""
    if program is None or standing is None:
        return []
    for voucher in sorted(standing.vouchers, key=lambda one: one.expires_on or date.max):
        if voucher.expires_on is None or voucher.expires_on > today + SOON:
            break
        of = program.reward(voucher.reward)
        title = holdings.reward_words(program, of) if of else voucher.reward
        values = {"reward": title, "day": say.day(voucher.expires_on)}
        said = _("“%(reward)s” expires on %(day)s.") % values
        return [Next(said, _("Open the sheet"), _sheet(business, customer))]
    return []


def late(customer: Customer, pulse: Pulse) -> list[Next]:
    """Silent for longer than usual."""
    if not pulse.late:
        return []
    said = _("Later than usual: %(days)s days of silence.") % {"days": say.count(pulse.silence)}
    return [Next(said, _("Give a surprise"), reverse("customer-gift", args=[customer.pk]))]


def birthday(customer: Customer, today: date) -> list[Next]:
    """A birthday within two weeks; who was born on a 29 February celebrates on the 28th."""
    day, month = customer.birth_day, customer.birth_month
    if day is None or month is None:
        return []
    for year in (today.year, today.year + 1):
        on = _on(year, month, day)
        if today <= on <= today + SOON:
            said = _("Birthday today.") if on == today else _("Birthday on %(day)s.") % {
                "day": say.short_day(on)
            }  # fmt: skip
            gift = reverse("customer-gift", args=[customer.pk])
            return [Next(said, _("Give a surprise"), gift)]
    return []


def _on(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, 28)


def _reachable(business: Business, customer: Customer) -> list[Next]:
    """Without an address nothing reaches them; without consent nothing may."""
    kinds = set(customer.identities.values_list("kind", flat=True))
    if not kinds & {Identity.Kind.EMAIL, Identity.Kind.PHONE}:
        edit = reverse("customer-edit", args=[customer.pk])
        return [Next(_("No e-mail and no phone is known."), _("Add one"), edit)]
    if not any(line.granted for line in consents.newest(customer).values()):
        said = _("No consent to be written to. Members give it on their card, under Preferences.")
        return [Next(said, _("Ask at the counter"), _sheet(business, customer))]
    return []


def _sheet(business: Business, customer: Customer) -> str:
    return reverse("sheet", args=[business.counter_key, customer.pk])
