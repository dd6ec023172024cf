"""Files to begin from, in the reader's language."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from habitue.connectors.models import Import
from habitue.members.models import Business
from habitue.pages import access, spreadsheet

_NAMES: Final = {
    Import.What.CUSTOMERS: "customers.csv",
    Import.What.PURCHASES: "purchases.csv",
    Import.What.ANSWERS: "answers.csv",
    Import.What.BALANCES: "balances.csv",
}


@require_GET
@access.owner
def sample(request: HttpRequest, business: Business, what: str) -> HttpResponse:
    """A small file of that kind that is read whole."""
    rows = {
        Import.What.CUSTOMERS: _customers,
        Import.What.PURCHASES: _purchases,
        Import.What.ANSWERS: _answers,
        Import.What.BALANCES: _balances,
    }
    if what not in _NAMES:
        raise Http404
    kind = Import.What(what)
    header, *others = rows[kind]()
    return spreadsheet.answer(_NAMES[kind], header, others)


def _customers() -> list[list[str]]:
    return [
        [_("Name"), _("E-mail"), _("Phone"), _("Birthday"), _("Consent"), _("Consent date")],
        [
            "Alice Martin",
            "alice@example.org",
            "06 12 34 56 78",
            "24/12/1980",
            _("yes"),
            "2026-02-03",
        ],
        ["Bruno Léger", "bruno@example.org", "", "", _("no"), ""],
    ]


def _purchases() -> list[list[str]]:
    return [
        [_("Customer"), _("Date"), _("Amount"), _("Receipt")],
        ["Alice", "2026-02-03", spreadsheet.number(1250, 2), "T-1001"],
        ["Bruno", "2026-02-04", spreadsheet.number(700, 2), "T-1002"],
    ]


def _answers() -> list[list[str]]:
    return [
        [_("Date"), _("Question"), _("Score"), _("E-mail"), _("Comment")],
        ["2026-02-03", "NPS", "9", "alice@example.org", ""],
        ["2026-02-04", "CSAT", "4", "bruno@example.org", ""],
    ]


def _balances() -> list[list[str]]:
    return [
        [_("Name"), _("E-mail"), _("Balance"), _("Earned on"), _("Expires on")],
        ["Alice Martin", "alice@example.org", "120", "2026-01-15", ""],
        ["Bruno Léger", "bruno@example.org", "85", "", "2027-12-31"],
    ]
