"""The customer whom a check has in mind: as the owner states, as 90 days say, or assumed."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Final, Literal

from django import forms
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from habitue.core import money
from habitue.core.advice import Typical, customer
from habitue.members.models import Business
from habitue.pages import events

SPAN: Final = timedelta(days=90)
FEWEST: Final = 10
"""With fewer visits in that time than this, nothing can be said of a typical one."""

_SEEN: Final = """
WITH came AS (
  SELECT customer_id, id, business_date, kind, amount FROM ledger_event
  WHERE business_id = %(business)s AND business_date > %(since)s AND refusal IS NULL
    AND kind IN ('purchase', 'visit')
    AND (customer_id, id) NOT IN (
      SELECT customer_id, (what->>'of')::bigint FROM ledger_event
      WHERE business_id = %(business)s AND kind = 'undo' AND refusal IS NULL
        AND business_date > %(since)s))
SELECT count(DISTINCT (customer_id, business_date)), count(DISTINCT customer_id),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY amount)
         FILTER (WHERE kind = 'purchase' AND amount > 0)
FROM came"""


class Known(Struct, frozen=True):
    """A typical customer, and where each half of it comes from."""

    typical: Typical
    basket: Literal["stated", "seen", "assumed"]
    visits: Literal["stated", "seen", "assumed"]
    days: int = 0


class Stated(forms.Form):
    """What a typical customer spends, and how often they come."""

    basket = forms.DecimalField(
        label=_("Spends at each visit"), min_value=0, required=False, localize=True
    )
    visits = forms.DecimalField(
        label=_("Visits a month"),
        min_value=0,
        max_value=customer.MOST_A_MONTH,
        required=False,
        localize=True,
    )


def of_business(business: Business, form: Stated, *, on: date) -> Known:
    """The typical customer of a business on a day."""
    assumed = customer.assumed(business.currency)
    values = {"business": business.pk, "since": on - SPAN}
    ((came, people, basket),) = events.query(_SEEN, values)
    enough = came >= FEWEST
    spends, seen_spends = (basket, True) if enough and basket else (assumed.basket, False)
    visits, seen_visits = assumed.visits, False
    if enough:
        visits = Fraction(came, people) * customer.DAYS_A_MONTH / SPAN.days
        visits, seen_visits = min(visits, Fraction(customer.MOST_A_MONTH)), True
    stated = form.cleaned_data if form.is_valid() else {}
    said_basket, said_visits = stated.get("basket"), stated.get("visits")
    if said_basket:
        minor = round(Fraction(said_basket) * 10 ** money.decimals(business.currency))
        spends = max(1, min(minor, customer.MOST_BASKET))
    if said_visits:
        visits = Fraction(said_visits)
    return Known(
        Typical(spends, visits, assumed=not (seen_spends or seen_visits or stated)),
        basket="stated" if said_basket else "seen" if seen_spends else "assumed",
        visits="stated" if said_visits else "seen" if seen_visits else "assumed",
        days=SPAN.days,
    )
