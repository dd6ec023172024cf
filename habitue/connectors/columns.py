"""Which column means what: by the words of a header in three languages, else by the values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from habitue.connectors.text import Unusable

# Words as `_plain` writes them; where two columns fit, the earlier word wins.
WORDS: Final = {
    "customer": "customer id|customer|customer number|customer no|client id|id client|client"
    "|code client|numero client|no client|n client|cliente|id cliente|codice cliente"
    "|numero cliente|member|member id|membre|adherent|socio|card|card number|carte"
    "|numero carte|tessera|numero tessera|cust id|custid|user id|buyer|email|e mail",
    "date": "date|date achat|date d achat|date de commande|date vente|purchase date|order date"
    "|transaction date|invoice date|data|data acquisto|data ordine|data vendita|jour|day"
    "|giorno|datetime|timestamp|created at|date heure|data ora|bought on|at",
    "amount": "amount|total|montant|montant ttc|total ttc|importo|totale|importo totale"
    "|dollar value|value|valeur|valore|price|prix|prezzo|sum|somme|somma|sales|revenue|spend"
    "|spent|ca|net amount|montant net|total price|amount eur|amount usd|montant eur"
    "|importo eur|montant €|total paid|paid",
    "quantity": "quantity|qty|quantite|qte|quantita|qta|pieces|pezzi|units|unites|items|articles"
    "|articoli|number of items|number of cds|nombre|nb|numero articoli",
    "reference": "reference|ref|receipt|receipt number|receipt no|receipt id|ticket|ticket number"
    "|numero ticket|n ticket|no ticket|ticket id|scontrino|numero scontrino|order id|order"
    "|order number|order no|commande|numero commande|n commande|id commande|ordine"
    "|numero ordine|id ordine|invoice|invoice no|invoice number|facture|numero facture"
    "|fattura|numero fattura|recu|ricevuta|riferimento|transaction|transaction id|id",
    "currency": "currency|currency code|devise|monnaie|valuta",
}
NEEDED: Final = ("customer", "date", "amount")
_ASKED: Final = {
    "customer": "customer (client, cliente)",
    "date": "date (data)",
    "amount": "amount (montant, importo)",
}
_ROLES: Final = {
    word: (role, place)
    for role, words in WORDS.items()
    for place, word in enumerate(words.split("|"))
}


def is_header(cells: Sequence[str]) -> bool:
    """Whether a first row names columns: two known words, or no digit anywhere."""
    known = sum(_plain(cell) in _ROLES for cell in cells)
    return known >= 2 or not any(sign.isdigit() for cell in cells for sign in cell)


def by_header(cells: Sequence[str]) -> dict[str, int]:
    """The place of each role's column; refuses a used name that stands twice, or is missing."""
    found: dict[str, tuple[int, int]] = {}
    named: dict[str, int] = {}
    for place, cell in enumerate(cells):
        word = _plain(cell)
        if word not in _ROLES:
            continue
        if word in named:
            raise Unusable(
                f"The column {cell!r} stands twice in the header (columns {named[word] + 1} and"
                f" {place + 1}): rename or remove one."
            )
        named[word] = place
        role, rank = _ROLES[word]
        if role not in found or rank < found[role][1]:
            found[role] = (place, rank)
    for role in NEEDED:
        if role not in found:
            listed = ", ".join(repr(cell[:30]) for cell in cells[:12])
            raise Unusable(
                f"The header has no column for the {role}: it has {listed}. Call one"
                f" {_ASKED[role]}."
            )
    return {role: place for role, (place, _) in found.items()}


def by_values(sample: Sequence[Sequence[str]], *, is_date: Callable[[str], bool]) -> dict[str, int]:
    """The columns of a file without a header: the date, the last number, the first other."""
    width = min(len(cells) for cells in sample)
    columns = [[cells[place] for cells in sample] for place in range(width)]
    dates = [place for place, values in enumerate(columns) if all(map(is_date, values))]
    numbers = [
        place
        for place, values in enumerate(columns)
        if place not in dates[:1] and all(map(_NUMBER.fullmatch, values))
    ]
    if not dates or not numbers or width < 3:
        raise Unusable(
            "The file has no header and its columns cannot be told apart: put a first line such"
            " as customer,date,amount."
        )
    date, amount = dates[0], numbers[-1]
    customer = next(place for place in range(width) if place not in (date, amount))
    found = {"customer": customer, "date": date, "amount": amount}
    rest = [place for place in numbers if place > date and place != amount]
    pieces = [place for place in rest if all(value.isdigit() for value in columns[place])]
    if len(pieces) == 1:
        found["quantity"] = pieces[0]
    return found


_NUMBER: Final = re.compile(r"[^\w.,-]*-?\d[\d.,  ]*[^\w.,]*")


def _plain(text: str) -> str:
    """A header's words without case, accents and signs: `N° Ticket` is `n ticket`."""
    bare = unicodedata.normalize("NFKD", text.replace("°", " ")).casefold()
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+|€", letters.replace("_", " ")))
