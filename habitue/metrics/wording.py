"""What sums and groups are called, in three languages; a figure's formula with its own numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from habitue.metrics.figure import LIFESPAN, Factors, Figure, Group, Measure, Terms, Text, measure


class Step(NamedTuple):
    """One sum in a formula: `weight` times `value`."""

    name: str
    label: Text
    weight: int
    value: int
    measure: Measure


class Worked(NamedTuple):
    """A formula with its numbers: above and below the stroke, factors that are sums of steps."""

    numerator: tuple[tuple[Step, ...], ...]
    denominator: tuple[tuple[Step, ...], ...]


def worked(figure: Figure, parts: Mapping[str, int]) -> Worked:
    """How a figure was computed from the sums that its result holds (`Result.parts`)."""
    return Worked(_steps(figure.numerator, parts), _steps(figure.denominator, parts))


def written(worked: Worked, language: str, number: Callable[[int, Measure], str]) -> str:
    """The formula with its numbers: `(105 customers at the end − 15 new customers) / 100
    customers at the start`. `number` writes a sum as the reader does.
    """
    above = _product(worked.numerator, language, number)
    if [step.name for steps in worked.denominator for step in steps] == ["units.worth_known"]:
        return above  # divided by one, if at all
    return f"{above} / {_product(worked.denominator, language, number)}"


def label(name: str) -> Text:
    """What a sum is called; the names are those of `aggregates.NAMES`."""
    french, italian, english = _LABELS[name]
    return {"fr": french, "it": italian, "en": english}


def _product(
    factors: tuple[tuple[Step, ...], ...], language: str, number: Callable[[int, Measure], str]
) -> str:
    said = [
        _sum(steps, language, number, alone=len(steps) == 1 or len(factors) == 1)
        for steps in factors
    ]
    inner = " × ".join(said)
    return inner if len(factors) == len(factors[0]) == 1 else f"({inner})"


def _sum(
    steps: tuple[Step, ...], language: str, number: Callable[[int, Measure], str], *, alone: bool
) -> str:
    said = ""
    for place, step in enumerate(steps):
        sign = (" − " if step.weight < 0 else " + ") if place else "−" if step.weight < 0 else ""
        times = f"{abs(step.weight)} × " if abs(step.weight) != 1 else ""
        said += f"{sign}{times}{number(step.value, step.measure)} {step.label[language]}"
    return said if alone else f"({said})"


def _steps(factors: Factors, parts: Mapping[str, int]) -> tuple[tuple[Step, ...], ...]:
    return tuple(tuple(_each(terms, parts)) for terms in factors)


def _each(terms: Terms, parts: Mapping[str, int]) -> list[Step]:
    used = {name if name in parts else LIFESPAN[name]: weight for name, weight in terms.items()}
    return [
        Step(name, label(name), weight, parts[name], measure(name)) for name, weight in used.items()
    ]


GROUPS: Final[dict[Group, Text]] = {
    "customers": {"fr": "Clients", "it": "Clienti", "en": "Customers"},
    "money": {"fr": "Argent", "it": "Denaro", "en": "Money"},
    "satisfaction": {"fr": "Satisfaction", "it": "Soddisfazione", "en": "Satisfaction"},
    "program": {"fr": "Programme", "it": "Programma", "en": "Program"},
    "engagement": {"fr": "Engagement", "it": "Partecipazione", "en": "Engagement"},
}
"""What figures are about, in the order in which they are shown."""

_LABELS: Final[dict[str, tuple[str, str, str]]] = {
    "known": ("clients connus", "clienti conosciuti", "customers known"),
    "start": ("clients au début", "clienti all'inizio", "customers at the start"),
    "end": ("clients à la fin", "clienti alla fine", "customers at the end"),
    "new": ("nouveaux clients", "nuovi clienti", "new customers"),
    "kept": ("clients gardés", "clienti mantenuti", "customers kept"),
    "reactivated": ("clients reconquis", "clienti riconquistati", "customers won back"),
    "dormant": ("clients dormants", "clienti dormienti", "customers dormant"),
    "lost": ("clients perdus", "clienti persi", "customers lost"),
    "buyers": ("clients ayant acheté", "clienti che hanno comprato", "customers who bought"),
    "repeaters": (
        "clients ayant acheté deux fois ou plus",
        "clienti che hanno comprato due volte o più",
        "customers who bought twice or more",
    ),
    "orders": ("achats et passages", "acquisti e passaggi", "purchases and visits"),
    "first_buyers": (
        "clients achetant pour la première fois",
        "clienti al primo acquisto",
        "first-time customers",
    ),
    "first_triers": (
        "nouveaux clients ayant essayé une nouveauté",
        "nuovi clienti che hanno provato una novità",
        "first-time customers who tried a new product",
    ),
    "returning_triers": (
        "habitués ayant essayé une nouveauté",
        "clienti abituali che hanno provato una novità",
        "returning customers who tried a new product",
    ),
    "one_group": (
        "clients d'un seul rayon",
        "clienti di un solo reparto",
        "customers of one product group",
    ),
    "many_groups": (
        "clients de plusieurs rayons",
        "clienti di più reparti",
        "customers of several product groups",
    ),
    "customers": (
        "tous ceux que l'on connaît",
        "tutte le persone conosciute",
        "everybody who is known",
    ),
    "members": ("membres", "iscritti", "members"),
    "member_buyers": (
        "membres ayant acheté",
        "iscritti che hanno comprato",
        "members who bought",
    ),
    "member_orders": ("achats de membres", "acquisti di iscritti", "purchases by members"),
    "subscribers": (
        "abonnés ayant donné leur accord",
        "abbonati che hanno dato il consenso",
        "subscribers who agreed",
    ),
    "referrers": (
        "clients ayant amené un acheteur",
        "clienti che hanno portato un acquirente",
        "customers who brought a buyer",
    ),
    "referred": ("acheteurs amenés", "acquirenti portati", "buyers they brought"),
    "repeaters_referred": (
        "acheteurs amenés par ceux qui reviennent",
        "acquirenti portati da chi ritorna",
        "buyers brought by those who come back",
    ),
    "promoters": ("réponses de 9 ou 10", "risposte da 9 o 10", "answers of 9 or 10"),
    "passives": ("réponses de 7 ou 8", "risposte da 7 o 8", "answers of 7 or 8"),
    "detractors": ("réponses de 0 à 6", "risposte da 0 a 6", "answers of 0 to 6"),
    "satisfied": ("réponses de 4 ou 5", "risposte da 4 o 5", "answers of 4 or 5"),
    "satisfaction_answers": (
        "réponses sur la satisfaction",
        "risposte sulla soddisfazione",
        "answers on satisfaction",
    ),
    "effort": ("somme des réponses", "somma delle risposte", "sum of the answers"),
    "effort_squares": (
        "somme de leurs carrés",
        "somma dei loro quadrati",
        "sum of their squares",
    ),
    "effort_answers": (
        "réponses sur la facilité",
        "risposte sulla facilità",
        "answers on ease",
    ),
    "redemptions": ("récompenses prises", "premi ritirati", "rewards taken"),
    "redeemers": (
        "membres ayant pris une récompense",
        "iscritti che hanno ritirato un premio",
        "members who took a reward",
    ),
    "referrals": (
        "invitations devenues adhésions",
        "inviti diventati iscrizioni",
        "invitations that led to a member",
    ),
    "messages_answered": (
        "réponses à des messages",
        "risposte a messaggi",
        "messages answered",
    ),
    "clickers": (
        "personnes ayant cliqué",
        "persone che hanno cliccato",
        "people who clicked",
    ),
    "clicking_subscribers": (
        "abonnés ayant cliqué",
        "abbonati che hanno cliccato",
        "subscribers who clicked",
    ),
    "ideas": ("idées données", "idee proposte", "ideas given"),
    "social": (
        "partages, avis, abonnements",
        "condivisioni, recensioni, nuovi follower",
        "shares, reviews, follows",
    ),
    "rewarded": (
        "membres ayant pris leur première récompense",
        "iscritti al loro primo premio",
        "members who took their first reward",
    ),
    "reward_days": (
        "jours de l'adhésion à la première récompense",
        "giorni dall'iscrizione al primo premio",
        "days from joining to the first reward",
    ),
    "complaints": ("réclamations", "reclami", "complaints"),
    "complaints_answered": (
        "réclamations ayant reçu réponse",
        "reclami con risposta",
        "complaints answered",
    ),
    "complaints_resolved": ("réclamations résolues", "reclami risolti", "complaints resolved"),
    "answer_minutes": (
        "minutes jusqu'à la réponse",
        "minuti fino alla risposta",
        "minutes to the answer",
    ),
    "complainers": (
        "clients s'étant plaints",
        "clienti che si sono lamentati",
        "customers who complained",
    ),
    "complainers_back": (
        "clients s'étant plaints et revenus",
        "clienti che si sono lamentati e sono tornati",
        "customers who complained and came back",
    ),
    "contented": (
        "clients ne s'étant jamais plaints",
        "clienti che non si sono mai lamentati",
        "customers who never complained",
    ),
    "contented_back": (
        "clients jamais plaints et revenus",
        "clienti mai lamentati e tornati",
        "customers who never complained and came back",
    ),
    "contracts": (
        "adhésions payantes au début",
        "iscrizioni a pagamento all'inizio",
        "paid memberships at the start",
    ),
    "contracts_kept": (
        "adhésions payantes gardées",
        "iscrizioni a pagamento mantenute",
        "paid memberships kept",
    ),
    "money.revenue": ("chiffre d'affaires", "fatturato", "revenue"),
    "money.orders": ("achats", "acquisti", "purchases"),
    "money.buyers": ("clients ayant acheté", "clienti che hanno comprato", "customers who bought"),
    "money.first_buyers": (
        "clients achetant pour la première fois",
        "clienti al primo acquisto",
        "first-time customers",
    ),
    "money.first_revenue": (
        "chiffre d'affaires des nouveaux clients",
        "fatturato dei nuovi clienti",
        "revenue from first-time customers",
    ),
    "money.base": (
        "chiffre d'affaires d'avant",
        "fatturato di prima",
        "revenue before",
    ),
    "money.expansion": ("achats en plus", "comprato in più", "bought more"),
    "money.contraction": ("achats en moins", "comprato in meno", "bought less"),
    "money.churned": (
        "de ceux qui n'ont plus rien acheté",
        "di chi non ha più comprato nulla",
        "of those who bought nothing more",
    ),
    "units.issued": ("unités données", "unità date", "units given"),
    "units.redeemed": ("unités utilisées", "unità usate", "units used"),
    "units.lapsed": ("unités perdues", "unità scadute", "units lapsed"),
    "units.open": ("unités en cours", "unità aperte", "units open"),
    "units.value_issued": ("valeur donnée", "valore dato", "value given"),
    "units.value_redeemed": ("valeur utilisée", "valore usato", "value used"),
    "units.liability": ("dû à la fin", "dovuto alla fine", "owed at the end"),
    "units.sales": ("achats des membres", "acquisti degli iscritti", "sales to members"),
    "units.worth_known": (
        "unité de valeur connue",
        "unità di valore noto",
        "unit of known worth",
    ),
    "units.decimals": ("décimales", "decimali", "decimals"),
    "lifespan.periods": ("périodes", "periodi", "periods"),
    "lifespan.customers": ("client", "cliente", "customer"),
}
