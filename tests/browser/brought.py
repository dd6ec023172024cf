"""Balances that an owner brings in as a workbook, as far as each screen shows them."""

from __future__ import annotations

import io

import openpyxl
from django.utils import timezone

from habitue import ledger
from habitue.connectors import bringing, reading, running, uploads
from habitue.connectors.models import Import
from habitue.members.models import Business


def balances(shop: Business) -> dict[str, int]:
    """A workbook with sheets that is a platform's export, as columns, preview and result."""
    program = ledger.program(shop.pk)
    assert program is not None
    unit = next(each.id for each in program.units if each.redeemable)
    found = {}
    for state in ("columns", "checked", "finished"):
        one = Import(business=shop, filename="smile.xlsx", brought_at=timezone.now())
        one.sha256 = uploads.keep(one.pk, [_workbook()])
        bringing.recognise(one)
        said = reading.of(one)
        said.unit = unit
        reading.keep(one, said)
        one.rows = reading.survey(uploads.path(one.pk), one.what, said).rows
        one.save()
        if state != "columns":
            running.look(one)
        if state == "finished":
            running.start(one, None, at_once=True)
        found[f"balances_{state}"] = one.pk
    return found


def _workbook() -> bytes:
    made, file = openpyxl.Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    sheet.title = "Customers"
    sheet.append(["First name", "Last name", "Email", "Points balance", "Referral URL", "VIP tier"])
    for number, points in enumerate((120, 85.0, -10, 7.5, 0, 2_450), 1):
        sheet.append([f"Nora {number}", "Petit", f"nora{number}@example.org", points, "-", "Gold"])
    made.create_sheet("Rewards").append(["Name", "Cost"])
    made.create_sheet("Old").sheet_state = "hidden"
    made.save(file)
    return file.getvalue()
