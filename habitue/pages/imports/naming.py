"""What columns, kinds of files and their ways of being written are called on the pages."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from habitue.connectors.models import Import

WHATS: Final[dict[str, Promise]] = {
    Import.What.CUSTOMERS: gettext_lazy("Customers"),
    Import.What.PURCHASES: gettext_lazy("Purchases"),
    Import.What.ANSWERS: gettext_lazy("Answers to questions of satisfaction"),
    Import.What.BALANCES: gettext_lazy("Balances from another program"),
}

_PERSON: Final[dict[str, Promise]] = {
    "name": gettext_lazy("Name"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "number": gettext_lazy("Card number"),
    "external": gettext_lazy("Customer number"),
    "birthday": gettext_lazy("Birthday"),
    "language": gettext_lazy("Language"),
}

ROLES: Final[dict[str, dict[str, Promise]]] = {
    Import.What.CUSTOMERS: {
        **_PERSON,
        "consent": gettext_lazy("Consent"),
        "consent_email": gettext_lazy("Consent to e-mails"),
        "consent_sms": gettext_lazy("Consent to text messages"),
        "consent_on": gettext_lazy("Day of the consent"),
    },
    Import.What.PURCHASES: {
        "customer": gettext_lazy("Customer"),
        "date": gettext_lazy("Date"),
        "amount": gettext_lazy("Amount"),
        "quantity": gettext_lazy("Quantity"),
        "reference": gettext_lazy("Receipt number"),
        "currency": gettext_lazy("Currency"),
        "product": gettext_lazy("Product"),
        "category": gettext_lazy("Category"),
    },
    Import.What.BALANCES: {
        "amount": gettext_lazy("Balance"),
        "unit": gettext_lazy("Unit"),
        "earned_on": gettext_lazy("Earned on"),
        "expires_on": gettext_lazy("Last day"),
        **_PERSON,
    },
    Import.What.ANSWERS: {
        "date": gettext_lazy("Date"),
        "score": gettext_lazy("Score"),
        "question": gettext_lazy("Question"),
        "scale": gettext_lazy("Scale"),
        "customer": gettext_lazy("Customer"),
        "comment": gettext_lazy("Comment"),
        "reference": gettext_lazy("Number of the answer"),
    },
}

ENCODINGS: Final[dict[str, Promise]] = {
    "utf-8": gettext_lazy("Unicode (UTF-8)"),
    "utf-8-sig": gettext_lazy("Unicode (UTF-8 with a mark)"),
    "cp1252": gettext_lazy("Windows, western (cp1252)"),
    "utf-16": gettext_lazy("Unicode (UTF-16)"),
    "utf-16-le": gettext_lazy("Unicode (UTF-16, no mark)"),
    "utf-16-be": gettext_lazy("Unicode (UTF-16, big-endian)"),
    "utf-32": gettext_lazy("Unicode (UTF-32)"),
}

SEPARATORS: Final[dict[str, Promise]] = {
    ";": gettext_lazy("semicolon"),
    ",": gettext_lazy("comma"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("vertical bar"),
    "": gettext_lazy("space"),
}

STATES: Final[dict[str, Promise]] = {
    Import.State.COLUMNS: gettext_lazy("Columns to be confirmed"),
    Import.State.CHECKING: gettext_lazy("Being looked at"),
    Import.State.CHECKED: gettext_lazy("Ready to import"),
    Import.State.RUNNING: gettext_lazy("Being imported"),
    Import.State.FINISHED: gettext_lazy("Imported"),
    Import.State.UNDOING: gettext_lazy("Being undone"),
    Import.State.UNDONE: gettext_lazy("Import undone"),
}
