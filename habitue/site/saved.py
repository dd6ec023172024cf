"""Tables as files for a spreadsheet, as a business's language writes them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from habitue.core import money
from habitue.members.models import Business
from habitue.pages import spreadsheet
from habitue.site.usage import misuse


def save(path: Path, owner: Business, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table; no cell is taken for a formula. A path that cannot be written is a misuse."""
    try:
        # Excel takes a file for UTF-8 only by its mark; others skip it.
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter="," if owner.language == "en" else ";")
            writer.writerow(header)
            writer.writerows([spreadsheet.neutral(cell) for cell in row] for row in rows)
    except OSError as error:
        misuse(f"{path} cannot be written: {error.strerror}.")


def amount(owner: Business, value: int) -> str:
    """Money of the business as its spreadsheet reads it: 12.50, or 12,50."""
    text = money.written(value, money.decimals(owner.currency))
    return text if owner.language == "en" else text.replace(".", ",")
