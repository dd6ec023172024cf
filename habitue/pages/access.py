"""Who may see what: an owner their businesses, the counter its business, a member their card.

Whatever belongs to someone else does not exist: the answer is 404, never data.
"""

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from habitue.members import cards, devices
from habitue.members import staff as people
from habitue.members.models import Business, Card, Customer, Device, Staff

P = ParamSpec("P")
OwnerView = Callable[Concatenate[HttpRequest, Business, P], HttpResponseBase]
ChiefView = Callable[Concatenate[HttpRequest, Business, Staff, P], HttpResponseBase]
CounterView = Callable[Concatenate[HttpRequest, Business, Staff, P], HttpResponse]
FIRST_PIN = "first_pin"
_COUNTER = "counter"
_DEVICES = "devices"
_BUSINESS = "business"


def owner(view: OwnerView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """The view gets the business of the signed-in owner; others sign in, or start anew."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        business = current(request) if request.user.is_authenticated else None
        if business is None:
            if may_start(request):
                return redirect("start")
            if request.user.is_authenticated:
                raise PermissionDenied
            return redirect("sign-in")
        return view(request, business, *args, **kwargs)

    return wrapped


def chief(view: ChiefView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """As `owner`, but a manager is refused: keys, people and backups are the owner's own."""

    @functools.wraps(view)
    @owner
    def wrapped(
        request: HttpRequest, business: Business, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        one = person(request, business)
        if one.role != Staff.Role.OWNER:
            raise PermissionDenied
        return view(request, business, one, *args, **kwargs)

    return wrapped


def person(request: HttpRequest, business: Business) -> Staff:
    """Who, among the business's people, is signed in; whoever was let go just now is refused."""
    mine = Staff.objects.filter(business=business, user=cast(User, request.user), active=True)
    found = mine.first()
    if found is None:
        raise PermissionDenied
    return found


def counter(view: CounterView[P]) -> Callable[..., HttpResponse]:
    """The view gets the staff link's business and who works there; others see the PIN page."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        key = str(kwargs.pop("key"))  # by name, as the address carries it
        business = counter_of(key)
        staff = at_counter(request, business)
        if staff is None:
            return redirect("counter-in", key)
        return view(request, business, staff, *args, **kwargs)

    return wrapped


def installed() -> bool:
    """Whether a real business with an owner lives here already (an import alone makes no owner)."""
    owners = Staff.objects.filter(role=Staff.Role.OWNER, active=True, user__isnull=False)
    return owners.filter(business__is_demo=False).exists()


def may_start(request: HttpRequest) -> bool:
    """A new shop: by anyone while there is none, after that only by those who own one here."""
    if not installed():
        return True
    if not request.user.is_authenticated:
        return False
    return any(not one.is_demo for one in people.owned(request.user))


def starter(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view is for who may open a new shop, or look around; others sign in."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, *args, **kwargs) if may_start(request) else redirect("sign-in")

    return wrapped


def current(request: HttpRequest) -> Business | None:
    """The business this owner looks at: the one chosen, else the first of their own."""
    mine = people.owned(cast(User, request.user))
    chosen = request.session.get(_BUSINESS)
    return next((one for one in mine if one.pk == chosen), mine[0] if mine else None)


def choose(request: HttpRequest, business: Business) -> None:
    """Remember which business this owner looks at."""
    request.session[_BUSINESS] = business.pk


def counter_of(key: str) -> Business:
    """The business of a staff link."""
    return get_object_or_404(Business, counter_key=key)


def at_counter(request: HttpRequest, business: Business) -> Staff | None:
    """Who works at this counter in this browser: by PIN, or as the signed-in owner.

    A browser whose device was revoked is out at once.
    """
    active = Staff.objects.filter(business=business, active=True)
    key = request.session.get(_COUNTER, {}).get(str(business.pk))
    if key and (admitted := request.session.get(_DEVICES, {}).get(str(key))):
        working = active.filter(devices__pk=admitted["id"], devices__revoked_at=None)
        if found := working.filter(pk=key).first():
            return found
    if request.user.is_authenticated:
        return active.filter(user=request.user).first()
    return None


def enter(request: HttpRequest, staff: Staff) -> None:
    """Let someone work at the counter in this browser, which is a device of theirs."""
    request.session.cycle_key()
    request.session[_COUNTER] = {
        **request.session.get(_COUNTER, {}),
        str(staff.business_id): staff.pk,
    }
    device(request, staff, at=timezone.now())


def leave(request: HttpRequest, business: Business) -> None:
    """End the work at this counter in this browser."""
    kept = dict(request.session.get(_COUNTER, {}))
    kept.pop(str(business.pk), None)
    request.session[_COUNTER] = kept


def device(request: HttpRequest, staff: Staff, *, at: datetime) -> Device:
    """The device that this browser is while this person works at the counter."""
    admitted = request.session.get(_DEVICES, {}).get(str(staff.pk))
    if admitted:
        found = devices.working(staff.business).filter(pk=admitted["id"], staff=staff).first()
        if found is not None:
            return found
    return _admit(request, staff, at)


def told_device(
    request: HttpRequest, staff: Staff, *, known: set[int], at: datetime
) -> tuple[Device, bool]:
    """The device that this browser is, and whether it must be told its secret now.

    A secret is told once. A browser that does not know (`known`) the device it was told of has
    lost the secret, and becomes another device.
    """
    found = device(request, staff, at=at)
    if found.pk in known:
        return found, False
    if request.session[_DEVICES][str(staff.pk)]["told"]:
        found = _admit(request, staff, at)
    admitted = {"id": found.pk, "told": True}
    request.session[_DEVICES] = {**request.session[_DEVICES], str(staff.pk): admitted}
    return found, True


def _admit(request: HttpRequest, staff: Staff, at: datetime) -> Device:
    agent = request.headers.get("User-Agent", "")
    made = devices.admit(staff, user_agent=agent, at=at)
    admitted = {"id": made.pk, "told": False}
    request.session[_DEVICES] = {**request.session.get(_DEVICES, {}), str(staff.pk): admitted}
    return made


def card(token: str) -> Card:
    """The card of this address."""
    found = cards.find(token)
    if found is None:
        raise Http404
    return found


def customer(business: Business, key: int) -> Customer:
    """A customer of this business; other businesses' do not exist, nor who lies in the bin."""
    found = anyone(business, key)
    if found.binned_at is not None:
        raise Http404
    return found


def anyone(business: Business, key: int) -> Customer:
    """A customer of this business, those in the recycle bin among them; not who was erased."""
    if key >= 2**63:
        raise Http404
    return get_object_or_404(Customer, pk=key, business=business, erased_at=None)
