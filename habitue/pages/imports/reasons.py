"""Why a file or a row was not taken, in the reader's language.

The connectors say it in English sentences with values inside; each of them is known here, as the
message it is translated by. One that is not known is shown as it is.
"""

import re
from functools import cache
from typing import Final

from django.utils.translation import gettext, gettext_noop

_SENTENCES: Final = [
    gettext_noop("the date is missing"),
    gettext_noop("not a date that can be read"),
    gettext_noop("the date is in the future"),
    gettext_noop("the date is before %(year)s"),
    gettext_noop("there is no such time of day"),
    gettext_noop("there is no month %(month)s"),
    gettext_noop("month %(month)s has no day %(day)s"),
    gettext_noop("%(month)s has no day %(day)s"),
    gettext_noop("the amount is missing"),
    gettext_noop("not an amount that can be read"),
    gettext_noop("the amount is negative: goods brought back are a refund, not a purchase"),
    gettext_noop("not an exact amount of %(currency)s"),
    gettext_noop("the amount is too large"),
    gettext_noop("the amount is in %(sign)s, the business counts in %(currency)s"),
    gettext_noop("the currency is not %(currency)s, in which the business counts"),
    gettext_noop("not a whole number of pieces"),
    gettext_noop("the quantity is negative: goods brought back are a refund, not a purchase"),
    gettext_noop("a quantity is between 1 and %(most)s"),
    gettext_noop("the customer is missing"),
    gettext_noop("not a receipt number that can be kept"),
    gettext_noop("not a name of a product that can be kept"),
    gettext_noop("not a name of a category that can be kept"),
    gettext_noop("not a customer that can be kept"),
    gettext_noop("not a reference that can be kept"),
    gettext_noop("this cannot be a customer number"),
    gettext_noop("a receipt number must not begin with %(sign)s"),
    gettext_noop("this receipt stands for another purchase already"),
    gettext_noop("the row has %(count)s values, %(needed)s are needed"),
    gettext_noop("the row has %(count)s values, the header %(columns)s columns"),
    gettext_noop("the header again"),
    gettext_noop("a quotation mark is not closed"),
    gettext_noop("a stray quotation mark"),
    gettext_noop("the line is longer than %(most)s characters"),
    gettext_noop("the line holds bytes that are no text"),
    gettext_noop("the line holds a control character"),
    gettext_noop("not an e-mail address"),
    gettext_noop("not a phone number that exists"),
    gettext_noop("not a card number"),
    gettext_noop("not a customer number that can be kept"),
    gettext_noop("not a name that can be kept"),
    gettext_noop("not a yes or no, nor email or sms"),
    gettext_noop("nothing to recognize the customer by: no e-mail, phone or number"),
    gettext_noop("line %(line)s has this e-mail already"),
    gettext_noop("line %(line)s has this phone number already"),
    gettext_noop("line %(line)s has this customer number already"),
    gettext_noop("line %(line)s has this card number already"),
    gettext_noop("the name is missing"),
    gettext_noop("the %(one)s is one customer's, the %(other)s another's"),
    gettext_noop("this customer is in the recycle bin: restore them first"),
    gettext_noop("another customer has this phone number already"),
    gettext_noop("the score is missing"),
    gettext_noop("not a whole score"),
    gettext_noop("the question is missing: nps, csat or ces"),
    gettext_noop("not a question that is known: nps, csat or ces"),
    gettext_noop("not a scale that can be read: %(scale)s"),
    gettext_noop("the score and the scale do not agree"),
    gettext_noop("the scale of %(question)s is %(only)s, not up to %(scale)s"),
    gettext_noop("a score of %(question)s is between %(low)s and %(high)s"),
    gettext_noop("a scale of %(question)s begins with %(low)s"),
    gettext_noop("the comment is longer than %(most)s characters"),
    gettext_noop("a reference must not begin with %(sign)s"),
    gettext_noop("this reference stands for another answer already"),
    gettext_noop("not a balance that can be read"),
    gettext_noop("the balance is below zero"),
    gettext_noop("the balance is too large"),
    gettext_noop("not a whole number, and this unit has no decimals"),
    gettext_noop("this unit has %(places)s decimals"),
    gettext_noop("the unit is missing"),
    gettext_noop("not a unit of your program"),
    gettext_noop("the last day of this balance is over"),
    gettext_noop("a balance is there already, of another amount: correct it by hand"),
    gettext_noop("a balance was brought in by another file already"),
    gettext_noop("These units lapsed on %(day)s"),
    gettext_noop("a link or device, and not a file of its own: it is not followed"),
    gettext_noop("may not be read by Habitué: allow its account to"),
    gettext_noop("larger than 100 MB: cut it into several"),
    gettext_noop("of more than 1,000,000 rows: cut it into several"),
    gettext_noop("its columns are not known yet: settle them on the page Import, where it waits"),
    gettext_noop(
        "its rows do not say of which unit they are, and the program has several: add a column"
        " “unit”, or choose the unit on the page Import, where it waits"
    ),
    gettext_noop("none of its rows can be taken: look at them on the page Import, where it waits"),
    gettext_noop("its import stopped before its end: go on with it on the page Import"),
    gettext_noop(
        "The file has no columns: separate them by commas, semicolons or tabs, one purchase a line."
    ),
    gettext_noop("%(file)s holds no rows."),
    gettext_noop("%(file)s holds no row that can be read."),
    gettext_noop("%(file)s is %(what)s, not a table: save it as Excel, OpenDocument or CSV."),
    gettext_noop("%(file)s is larger unpacked than can be opened: save it as CSV."),
    gettext_noop("%(file)s is damaged, or larger than can be opened: save it anew, or as CSV."),
    gettext_noop("%(file)s is locked by a password: save it without one."),
    gettext_noop("%(file)s holds no sheet with rows."),
    gettext_noop("%(file)s has no such sheet."),
    gettext_noop("%(file)s has a sheet of more than 1,000,000 rows: cut it into several."),
    gettext_noop(
        "No column says how a customer is recognized: there must be one of e-mail, phone, card"
        " number or customer number."
    ),
    gettext_noop("No column says how much each customer has: call one balance."),
    gettext_noop("This is a list of movements: bring the list of members with their active units."),
    gettext_noop("This is a list of movements: bring the customers with their loyalty_points."),
    gettext_noop(
        "The column %(name)s stands twice in the header (columns %(one)s and %(other)s):"
        " rename or remove one."
    ),
    gettext_noop("The file has no header: put a first line such as date,score,customer."),
]

_WORDS: Final = [
    gettext_noop("e-mail"),
    gettext_noop("phone number"),
    gettext_noop("card number"),
    gettext_noop("customer number"),
    gettext_noop("0 to 10"),
    gettext_noop("1 to at least 2 and at most 10"),
    gettext_noop("a ZIP file"),
    gettext_noop("an old Office file"),
    gettext_noop("a compressed file"),
    gettext_noop("a PDF"),
]


def say(reason: str) -> str:
    """The reason in the reader's language."""
    for pattern, sentence in _patterns():
        if match := pattern.fullmatch(reason):
            values = {
                name: gettext(value) if value in _WORDS else value
                for name, value in match.groupdict().items()
            }
            return gettext(sentence) % values
    return reason


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Each sentence as an expression that finds its values."""
    return [
        (re.compile(re.sub(r"%\\\((\w+)\\\)s|%\((\w+)\)s", _group, re.escape(one))), one)
        for one in _SENTENCES
    ]


def _group(match: re.Match[str]) -> str:
    return f"(?P<{match[1] or match[2]}>.+)"
