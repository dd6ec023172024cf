"""The report that the worker made last, and the one it is making."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from msgspec import Struct

from habitue.members.models import Business
from habitue.metrics.report import VERSION, Report
from habitue.pages import access
from habitue.pages.models import Study
from habitue.pages.program import studies


class Kept(Struct, frozen=True):
    """A report, and when it was asked for."""

    at: datetime
    report: Report


class _Version(Struct, frozen=True):
    version: int


@require_POST
@access.owner
def anew(request: HttpRequest, business: Business) -> HttpResponse:
    """Have everything worked out anew; what is being worked out already is waited for."""
    if making(business) is None:
        studies.begin(business, studies.MeasuresAsked(VERSION))
    return redirect("measures")


def latest(business: Business) -> Kept | None:
    """The newest report that can be read; one of an older version cannot."""
    study = _studies(business).filter(found__isnull=False).first()
    if study is None or study.found is None:
        return None
    try:
        if msgspec.msgpack.decode(bytes(study.found), type=_Version).version != VERSION:
            return None
        report = studies.found(study, Report)
    except msgspec.MsgspecError:  # kept before an upgrade
        return None
    return Kept(study.asked_at, report) if report else None


def making(business: Business) -> Study | None:
    """The report that is being worked out, if the worker has one."""
    study = _studies(business).defer("found").first()
    return study if study is not None and study.done < 100 and not study.failed else None


def failed(business: Business) -> bool:
    """Whether nothing came out the last time."""
    study = _studies(business).defer("found").first()
    return study is not None and study.failed


def _studies(business: Business) -> QuerySet[Study]:
    return Study.objects.filter(business=business, kind=Study.Kind.MEASURES).order_by("-pk")
