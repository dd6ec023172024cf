"""Files for a spreadsheet: numbers as the reader's language writes them, no text as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from habitue.connectors.exports import written
from habitue.core import money
from habitue.members import journal
from habitue.members.models import Business
from habitue.pages import access, words

neutral = written.neutral


def answer(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """A file of that name to download; each cell is text that `neutral` or `number` made."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";" if _comma() else ",")
    writer.writerow(header)
    writer.writerows(rows)
    # Excel takes a file for UTF-8 only by its mark; others skip it.
    content = file.getvalue().encode("utf-8-sig")
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def of_people(
    request: HttpRequest,
    business: Business,
    name: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> HttpResponse:
    """A file that names customers, one a row: the journal knows who took it away."""
    staff, taken = access.person(request, business), {"customers": len(rows)}
    journal.write(business, "export", at=timezone.now(), staff=staff, what=taken)
    return answer(name, header, rows)


def streamed(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The same, row by row, for files that are not held in memory; begins with the mark."""
    line = io.StringIO(newline="")
    writer = csv.writer(line, delimiter=";" if _comma() else ",")
    yield "\ufeff"
    writer.writerow(header)
    for row in rows:
        writer.writerow(row)
        if line.tell() > 16_000:
            yield line.getvalue()
            line.seek(0)
            line.truncate()
    yield line.getvalue()


def number(value: int, places: int) -> str:
    """A fixed-point number as the spreadsheet of the reader's language reads it."""
    text = money.written(value, places)
    return text.replace(".", ",") if _comma() else text


def _comma() -> bool:
    return words.language() != "en"
