"""What a phone did without a network comes in: judged once, its answer for ever the same.

One action, in one transaction:

1. The device's row is locked: what comes twice at once is taken one after the other.
2. A number that was answered before gets that answer again; with other content it is refused.
3. The action must be signed by the device, and agree with its neighbors (`members.devices`).
4. Whose it is and whether it counts is judged as of the moment it happened.
5. The event and the answer are written together.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from msgspec import Meta, Struct

from habitue.core import facts
from habitue.members import cards, customers, devices, ids, journal, survivors
from habitue.members.models import Business, Customer, Device, Identity, OfflineScan, Staff
from habitue.pages import access, refusals
from habitue.pages.counter import posting
from habitue.pages.templatetags import words as say

MOST: Final = 50  # actions in one sending
OLDEST: Final = timedelta(days=7)
AHEAD: Final = timedelta(seconds=60)
PIECES: Final = 50
CHOSEN: Final = "m:"  # whose sheet was open already
log = logging.getLogger(__name__)

_Text = Annotated[str, Meta(pattern=r"^[A-Za-z0-9:-]{1,64}\Z")]
_Signature = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Moment = Annotated[int, Meta(ge=-(2**53), le=2**53)]


class Action(Struct, frozen=True, forbid_unknown_fields=True):
    """One action as it comes over the wire (`devices.Signed` says what it means)."""

    number: Annotated[int, Meta(ge=1, le=1_000_000)]
    reference: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{16,40}\Z")]
    code: _Text
    kind: Literal["visit", "purchase"]
    size: Annotated[int, Meta(ge=1, le=facts.MAX_AMOUNT)]
    at: _Moment
    skew: _Moment
    before: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
    signature: _Signature


class Sending(Struct, frozen=True, forbid_unknown_fields=True):
    """Actions of one device. Each is read by itself, so that a bad one stops no other."""

    device: Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,18}\Z")]
    actions: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MOST)]


class Judged(Struct, frozen=True):
    """What came of an action: an event, or why there is none (`sentence` for codes we know not).

    `nothing`, with an event: the visit stands in the ledger, but a limit left nothing to earn.
    """

    event: int = 0
    refused: str = ""
    sentence: str = ""
    customer: Customer | None = None


@never_cache
@require_GET
@access.counter
def here(request: HttpRequest, business: Business, staff: Staff) -> HttpResponse:
    """Who works here, for a page that was opened without a network; and what time it is."""
    return JsonResponse(
        {"token": get_token(request), "staff": staff.name, "at": _milliseconds(timezone.now())}
    )


@never_cache
@require_POST
@access.counter
def device(request: HttpRequest, business: Business, staff: Staff) -> HttpResponse:
    """The browser's device: its secret where it has not been told it; `known` are those it has."""
    known = {ids.read(one) for one in request.POST.get("known", "")[:2_000].split(",")}
    one, untold = access.told_device(request, staff, known=known, at=timezone.now())
    if not untold:
        return JsonResponse({"device": str(one.pk)})
    return JsonResponse({"device": str(one.pk), "secret": one.secret, "staff": staff.name})


@never_cache
@require_POST
@access.counter
def queue(request: HttpRequest, business: Business, staff: Staff) -> HttpResponse:
    """Take actions in; the answers stand in their order."""
    try:
        sent = msgspec.json.decode(request.body, type=Sending)
    except (msgspec.DecodeError, RecursionError):  # thousands of brackets in one another
        return JsonResponse({"problem": "malformed"}, status=400)
    now = timezone.now()
    from_device = devices.working(business).filter(pk=ids.read(sent.device)).first()
    answers = [_told(staff, _taken(from_device, one, now)) for one in sent.actions]
    return JsonResponse({"answers": answers, "at": _milliseconds(now)})


def _taken(device: Device | None, raw: msgspec.Raw, now: datetime) -> Judged:
    if device is None:
        return Judged(refused="device")
    try:
        action = msgspec.json.decode(raw, type=Action)
    except (msgspec.DecodeError, RecursionError):
        return Judged(refused="malformed")
    signed = devices.Signed(device=device.pk, **msgspec.structs.asdict(action))
    with transaction.atomic():
        return _once(device, signed, now)


def _once(known: Device, action: devices.Signed, now: datetime) -> Judged:
    """One action of a device: answered before, or judged and written down."""
    device = devices.working(known.business).select_for_update(of=("self",)).filter(pk=known.pk)
    locked = device.select_related("business", "staff").first()
    if locked is None:
        return Judged(refused="device")
    if not devices.honest(locked, action):
        log.warning("An action of device %s is not signed by it", locked.pk)
        return Judged(refused="signature")
    held = OfflineScan.objects.select_related("customer").filter(
        device=locked, number=action.number
    )
    if before := held.first():
        return _again(before, action)
    judged = _judged(locked, action, now)
    _keep(locked, action, judged, now)
    return judged


def _again(held: OfflineScan, action: devices.Signed) -> Judged:
    if "signature" not in held.answer:  # erased with whose it was
        return Judged(refused="unknown")
    if held.answer["signature"] != action.signature:
        return Judged(refused="signature")
    return Judged(held.answer["event"], held.refused, held.answer["sentence"], held.customer)


def _judged(device: Device, action: devices.Signed, now: datetime) -> Judged:
    """As of the moment it happened: whose it is, then what the rules say to it."""
    if not devices.fits(device, action):
        return Judged(refused="chain")
    at = _moment(action)
    if at is None or at > now + AHEAD:
        return Judged(refused="early")
    if at < now - OLDEST:
        return Judged(refused="late")
    business, staff = device.business, device.staff
    if action.kind == "visit" and action.size > PIECES:
        return Judged(refused="malformed")
    customer, reason = _whose(action.code, business, staff, at)
    if customer is None:
        return Judged(refused=reason)
    what = _what(action, business)
    said = posting.answer(business, staff, customer, what, action.reference, at=at)
    if said.refused is not None:
        return Judged(0, said.refused.code[:40], said.refused.sentence, customer)
    nothing = posting.gave_nothing(what, said)
    return Judged(said.event, "nothing" if nothing else "", customer=customer)


def _keep(device: Device, action: devices.Signed, judged: Judged, now: datetime) -> None:
    OfflineScan.objects.create(
        device=device,
        number=action.number,
        customer=judged.customer,
        scanned_at=_moment(action) or now,
        received_at=now,
        refused=judged.refused,
        answer={
            "event": judged.event,
            "sentence": judged.sentence,
            "signature": action.signature,
            "before": action.before,
        },
    )
    device.seen_at = now
    device.save(update_fields=["seen_at"])
    if judged.refused == "chain":
        what: dict[str, str | int] = {"device": device.pk, "number": action.number, "done": "chain"}
        journal.write(device.business, "device", at=now, staff=device.staff, what=what)


def _whose(
    code: str, business: Business, staff: Staff, at: datetime
) -> tuple[Customer | None, str]:
    """The customer of a code, a number, or a sheet that was open; or why there is none."""
    if len(code) == cards.LENGTH:
        read = cards.read(code, business=business.pk, staff=staff, at=at, offline=True)
        if isinstance(read, cards.Refused):
            log.warning("A code was refused at the counter of %s: %s", business.slug, read.reason)
            return None, read.reason
        return _living(business, read.card.customer_id), "unknown"
    if code.startswith(CHOSEN):
        chosen = ids.read(code.removeprefix(CHOSEN))
        return _living(business, survivors.of([chosen]).get(chosen)), "unknown"
    return _living(business, customers.find(business, Identity.Kind.NUMBER, code)), "unknown"


def _living(business: Business, key: int | None) -> Customer | None:
    found = Customer.objects.filter(pk=key or 0, business=business, erased_at=None, binned_at=None)
    return found.first()


def _what(action: devices.Signed, business: Business) -> facts.What:
    if action.kind == "visit":
        return facts.Visit(quantity=action.size, channel="counter")
    lines = (facts.Line(amount=action.size),)
    return facts.Purchase(lines=lines, currency=business.currency, channel="counter")


def _told(staff: Staff, judged: Judged) -> dict[str, Any]:
    """An answer for the phone: what came of it, of whom, and if nothing, why in words."""
    name = judged.customer.name if judged.customer else ""
    who = say.initials(name) if staff.partner and name else name
    reason = refusals.offline(judged.refused, judged.sentence) if judged.refused else ""
    return {"event": str(judged.event or ""), "refused": judged.refused, "why": reason, "who": who}


def _moment(action: devices.Signed) -> datetime | None:
    """When it happened by the server's clock; None where no calendar has such a day."""
    try:
        return datetime.fromtimestamp((action.at + action.skew) / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
