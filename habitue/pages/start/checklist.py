"""The first days' checklist on Today: what is done is seen from the shop's data, never asked."""

from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from msgspec import Struct

from habitue.members.models import Business
from habitue.pages import access, events

HIDDEN: Final = "checklist"
YEAR: Final = 365 * 24 * 60 * 60
NEW: Final = timedelta(days=60)
"""Whoever has had a shop for so long needs no first steps."""

_DONE: Final = """
SELECT EXISTS (SELECT FROM members_customer AS customer
               JOIN members_member AS member ON member.customer_id = customer.id
               WHERE customer.business_id = %(business)s),
       EXISTS (SELECT FROM members_journalline
               WHERE business_id = %(business)s AND kind = 'print'),
       EXISTS (SELECT FROM ledger_event
               WHERE business_id = %(business)s AND kind IN ('purchase', 'visit')
                 AND refusal IS NULL),
       EXISTS (SELECT FROM members_journalline
               WHERE business_id = %(business)s AND kind = 'import')"""


class Task(Struct, frozen=True):
    """One thing to do once, where, and whether it is done."""

    title: str
    hint: str
    address: str
    done: bool


class Checklist(Struct, frozen=True):
    """All of them. It is gone when all is done."""

    tasks: tuple[Task, ...]

    @property
    def done(self) -> int:
        return sum(task.done for task in self.tasks)


def of(request: HttpRequest, business: Business, now: datetime) -> Checklist | None:
    """What is left to do; None once all is done, for the demo, or if the owner put it away."""
    away = str(business.pk) in request.COOKIES.get(HIDDEN, "").split(".")
    if away or business.is_demo or business.created_at < now - NEW:
        return None
    found = Checklist(tuple(_tasks(business)))
    return found if found.done < len(found.tasks) else None


@require_POST
@access.owner
def hide(request: HttpRequest, business: Business) -> HttpResponse:
    """Put it away, in this browser."""
    others = [one for one in request.COOKIES.get(HIDDEN, "").split(".") if one.isdecimal()]
    answer = redirect("today")
    answer.set_cookie(
        HIDDEN,
        ".".join([*others[-9:], str(business.pk)]),
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return answer


def _tasks(business: Business) -> list[Task]:
    ((tried, printed, stamped, imported),) = events.query(_DONE, {"business": business.pk})
    return [
        Task(
            _("Try your card"),
            _("Scan the code with your own phone."),
            reverse("start-ready"),
            tried,
        ),
        Task(
            _("Print a poster"),
            _("For the counter, the tables, the door."),
            reverse("posters"),
            printed,
        ),
        Task(
            _("Give the first stamp"),
            _("Scan a customer’s card at the counter."),
            reverse("counter", args=[business.counter_key]),
            stamped,
        ),
        Task(
            _("Bring your customers"),
            _("From a list or from your till."),
            reverse("import"),
            imported,
        ),
    ]
