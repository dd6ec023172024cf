"""Which column means what: by the words of a header in three languages, else by the values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from habitue.connectors.text import Unusable


class Vocabulary(NamedTuple):
    """The columns that a kind of file may have.

    `roles`: the words of each column as `plain` writes them; where two columns fit, the earlier
    word wins. `needed`: without which a file cannot be used, each with how it may be called.
    """

    roles: dict[str, tuple[str, int]]
    needed: dict[str, str]


def vocabulary(words: dict[str, str], needed: dict[str, str]) -> Vocabulary:
    """A vocabulary from words parted by bars."""
    roles = {
        word: (role, place)
        for role, listed in words.items()
        for place, word in enumerate(listed.split("|"))
    }
    return Vocabulary(roles, needed)


_PURCHASE_WORDS: Final = {
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
    "product": "product|product name|item|item name|article|produit|nom du produit|libelle"
    "|designation|prodotto|nome prodotto|articolo|sku|product id|product code|code article"
    "|code produit|codice articolo|codice prodotto|description|descrizione",
    "category": "category|product category|department|categorie|categorie de produit|rayon"
    "|famille|categoria|categoria prodotto|reparto|famiglia|product group|groupe|gruppo",
}
NEEDED: Final = ("customer", "date", "amount")
PURCHASES: Final = vocabulary(
    _PURCHASE_WORDS,
    {
        "customer": "customer (client, cliente)",
        "date": "date (data)",
        "amount": "amount (montant, importo)",
    },
)

_SCORES: Final = {
    "nps": "nps|nps score|score nps|net promoter score|recommandation|raccomandazione"
    "|recommendation|likelihood to recommend|would you recommend us",
    "csat": "csat|csat score|score csat|satisfaction|satisfaction score|soddisfazione"
    "|customer satisfaction|satisfaction client|soddisfazione cliente",
    "ces": "ces|ces score|score ces|effort|effort score|customer effort score|sforzo|facilite"
    "|facilita|ease",
}
QUESTIONS: Final = {
    word: question for question, words in _SCORES.items() for word in words.split("|")
}
"""Which question a word means: in a column of questions, and as the name of a column of scores."""

_ANSWER_WORDS: Final = {
    "customer": _PURCHASE_WORDS["customer"] + "|mail|courriel|adresse e mail|indirizzo e mail|phone"
    "|telephone|telefono",
    "date": "answered on|answered at|response date|date de reponse|data risposta|submitted at"
    "|submit date|completed at|" + _PURCHASE_WORDS["date"],
    "score": "score|note|punteggio|voto|rating|valutazione|evaluation|points|answer value|"
    + "|".join(QUESTIONS),
    "question": "question|question type|survey|metric|type|enquete|domanda|sondaggio|tipo",
    "scale": "scale|echelle|scala|out of|max|maximum|sur",
    "comment": "comment|comments|commentaire|commentaires|commento|commenti|verbatim|feedback|text"
    "|texte|testo|remarque|remarques|osservazioni|why|pourquoi|perche",
    "reference": "reference|ref|response id|answer id|id reponse|numero reponse|id risposta"
    "|numero risposta|submission id|respondent id|riferimento|token|id",
}
ANSWERS: Final = vocabulary(
    _ANSWER_WORDS, {"date": "date (data)", "score": "score (note, punteggio) or nps, csat, ces"}
)

_CUSTOMER_WORDS: Final = {
    "number": "number|card number|numero carte|numero de carte|numero tessera|card|carte"
    "|tessera|member number|numero de membre|numero socio|membership number",
    "external": "external|customer id|customer number|customer no|client id|id client"
    "|code client|numero client|no client|n client|id cliente|codice cliente|numero cliente"
    "|external id|reference|ref|id|customer|client|cliente|code|codice",
    "name": "name|full name|nom complet|nom et prenom|prenom et nom|nome completo"
    "|nome e cognome|customer name|nom client|nom du client|nominativo",
    "first_name": "first name|firstname|given name|prenom|nome",
    "last_name": "last name|lastname|surname|family name|nom|nom de famille|cognome",
    "email": "email|e mail|mail|email address|e mail address|courriel|adresse e mail"
    "|adresse email|adresse mail|indirizzo e mail|indirizzo email|posta elettronica",
    "phone": "phone|mobile|mobile phone|telephone|phone number|cell|cellphone|tel"
    "|telephone portable|portable|numero de telephone|telefono|cellulare|numero di telefono"
    "|numero cellulare|gsm",
    "birthday": "birthday|birth date|birthdate|date of birth|date de naissance|naissance"
    "|anniversaire|data di nascita|nascita|compleanno|dob",
    "language": "language|lang|langue|lingua|locale",
    "consent": "consent|consents|opt in|optin|marketing consent|accepts marketing|newsletter"
    "|consentement|consentement marketing|accord|inscrit newsletter|consenso|consensi"
    "|consenso marketing|iscritto newsletter|subscribed|accepte les offres",
    "consent_email": "consent email|email consent|consentement email|consentement e mail"
    "|consenso email|consenso e mail|email marketing|accepts email marketing",
    "consent_sms": "consent sms|sms consent|consentement sms|consenso sms|sms marketing"
    "|accepts sms marketing",
    "consent_on": "consent date|consent on|consented on|opt in date|date de consentement"
    "|date consentement|date du consentement|date d accord|data consenso|data del consenso",
}
CUSTOMERS: Final = vocabulary(_CUSTOMER_WORDS, {})

BALANCES: Final = vocabulary(
    {role: words for role, words in _CUSTOMER_WORDS.items() if "consent" not in role}
    | {
        "amount": "balance|points balance|point balance|current balance|points|stamps|stars"
        "|solde|solde de points|points restants|tampons|saldo|saldo punti|punti|bollini"
        "|timbri|available points|current points",
        "unit": "unit|unite|unita|unit name|currency of points|kind of points|tipo di punti",
        "earned_on": "earned on|earned|earned at|gagnes le|gagne le|date de gain|acquis le"
        "|guadagnati il|guadagnato il|data di accredito|maturati il",
        "expires_on": "expires on|expires|expiry|expiry date|expiration|expiration date|expire le"
        "|date d expiration|valables jusqu au|scade il|scadenza|data di scadenza|validi fino al",
    },
    {"amount": "balance (solde, saldo)"},
)


def guess(cells: Sequence[str], words: Vocabulary) -> dict[str, int]:
    """The place of each role's column as far as the names of a header tell; nothing is refused."""
    found: dict[str, tuple[int, int]] = {}
    for place, cell in enumerate(cells):
        role, rank = words.roles.get(plain(cell), ("", 0))
        if role and (role not in found or rank < found[role][1]):
            found[role] = (place, rank)
    return {role: place for role, (place, _) in found.items()}


def is_header(cells: Sequence[str], words: Vocabulary = PURCHASES) -> bool:
    """Whether a first row names columns: two known words, or no digit anywhere."""
    known = sum(plain(cell) in words.roles for cell in cells)
    return known >= 2 or not any(sign.isdigit() for cell in cells for sign in cell)


def by_header(cells: Sequence[str], words: Vocabulary = PURCHASES) -> dict[str, int]:
    """The place of each role's column; refuses a used name that stands twice, or is missing."""
    found: dict[str, tuple[int, int]] = {}
    named: dict[str, int] = {}
    for place, cell in enumerate(cells):
        word = plain(cell)
        if word not in words.roles:
            continue
        if word in named:
            raise Unusable(
                f"The column {cell!r} stands twice in the header (columns {named[word] + 1} and"
                f" {place + 1}): rename or remove one."
            )
        named[word] = place
        role, rank = words.roles[word]
        if role not in found or rank < found[role][1]:
            found[role] = (place, rank)
    for role, asked in words.needed.items():
        if role not in found:
            listed = ", ".join(repr(cell[:30]) for cell in cells[:12])
            raise Unusable(
                f"The header has no column for the {role}: it has {listed}. Call one {asked}."
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


def plain(text: str) -> str:
    """A header's words without case, accents and signs: `N° Ticket` is `n ticket`."""
    bare = unicodedata.normalize("NFKD", text.replace("°", " ")).casefold()
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+|€", letters.replace("_", " ")))
