"""What a member gave to a cause in a year, as an A4 PDF in the member's language."""

from datetime import date
from typing import Final

from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.ledger import books, giving
from habitue.ledger.giving import Certificate
from habitue.members.models import LANGUAGES, Business, Customer
from habitue.pages import holdings, poster
from habitue.pages.templatetags import words as say

FIRST_YEAR: Final = 1900


class Given(Struct, frozen=True):
    """What a member gave to a cause in a year, for a link to the certificate."""

    cause: str
    title: str
    year: int
    money: int


class Together(Struct, frozen=True):
    """What all members gave to a cause so far, in minor units."""

    title: str
    money: int


def has_causes(business: Business) -> bool:
    """Whether any version of the program has a cause."""
    return any(program.causes for program in books.shelf(business.pk).programs)


def together(business: Business) -> list[Together]:
    """What all of them gave, cause by cause."""
    if not has_causes(business):
        return []
    running = giving.running(business.pk)
    return [Together(holdings.words(one.title, one.cause), one.given) for one in running]


def given(business: Business, customer: int, *, day: date) -> list[Given]:
    """What a member gave this year and last, where the program has causes."""
    if not has_causes(business):
        return []
    return [
        Given(one.cause, holdings.words(one.title, one.cause), year, one.money)
        for year in (day.year, day.year - 1)
        for one in _of_year(business, customer, year)
        if one.money > 0
    ]


def answer(business: Business, customer: Customer, cause: str, year: int) -> HttpResponse:
    """The certificate to download; 404 where nothing was given."""
    found = _of_year(business, customer.pk, year)
    one = next((each for each in found if each.cause == cause and each.money > 0), None)
    if one is None:
        raise Http404
    with override(_language(business, customer)):
        content = draw(shop=business.name, name=customer.name, year=year, of=one)
    name = f"{slugify(business.name) or 'certificate'}-{cause}-{year}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def draw(*, shop: str, name: str, year: int, of: Certificate) -> bytes:
    """The certificate's bytes, in the language that is active."""
    pdf = poster.page(shop)
    poster.lines(pdf, shop, top=30, bold=True, largest=26)
    pdf.set_text_color(*poster.INK)
    poster.lines(pdf, _("Certificate of giving"), top=58, bold=False, largest=34)
    poster.lines(pdf, str(year), top=76, bold=False, largest=18)
    poster.lines(pdf, name or _("A member"), top=108, bold=True, largest=30, rows=2)
    poster.lines(pdf, _("gave"), top=132, bold=False, largest=18)
    pdf.set_text_color(*poster.BRICK)
    poster.lines(pdf, say.money(of.money, of.currency), top=146, bold=True, largest=44)
    pdf.set_text_color(*poster.INK)
    poster.lines(pdf, _("to"), top=172, bold=False, largest=18)
    poster.lines(pdf, holdings.words(of.title, of.cause), top=184, bold=True, largest=26, rows=2)
    poster.lines(pdf, _when(of), top=222, bold=False, largest=14, rows=2)
    pdf.set_text_color(*poster.SOFT)
    note = _("This says what was given here. It is not a receipt for the tax office.")
    poster.lines(pdf, note, top=270, bold=False, largest=11)
    return bytes(pdf.output())


def _when(of: Certificate) -> str:
    """How often and when, in one line."""
    words = {"gifts": of.gifts, "first": say.day(of.first_on), "last": say.day(of.last_on)}
    if of.gifts == 1:
        return _("In one gift, on %(first)s.") % words
    return (
        ngettext(
            "In %(gifts)s gift, from %(first)s to %(last)s.",
            "In %(gifts)s gifts, from %(first)s to %(last)s.",
            of.gifts,
        )
        % words
    )


def _of_year(business: Business, customer: int, year: int) -> list[Certificate]:
    if not FIRST_YEAR <= year < date.max.year:
        raise Http404
    since, until = date(year, 1, 1), date(year + 1, 1, 1)
    return giving.certificates(business.pk, customer, since=since, until=until)


def _language(business: Business, customer: Customer) -> str:
    """The member's own, else the page's where we speak it, else the shop's."""
    here = (get_language() or "")[:2]
    own = customer.language or here
    return own if own in LANGUAGES else business.language
