"""What figures show that is more than one number: models, segments, cohorts, scenarios.

Each is declared as a figure is, without a formula over sums: it is computed from customers' lives
or months, by the module named in `module`, and shown on the page `page`.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from habitue.metrics.figure import Quoted, Text


class View(Struct, frozen=True, kw_only=True):
    """One of them: its words, what it is computed by, and where it is seen."""

    id: str
    title: Text
    help: Text
    formula: Text
    caveats: Text
    source: str
    module: str
    page: str
    quoted: tuple[Quoted, ...] = ()


PREDICTIVE: Final = View(
    id="predictive_lifetime_value",
    title={
        "fr": "Valeur vie client (prévue)",
        "it": "Valore del cliente nel tempo (previsto)",
        "en": "Customer lifetime value (predicted)",
    },
    help={
        "fr": "Ce que chaque client achètera sans doute encore, d'après son rythme et ceux des"
        " autres.",
        "it": "Quanto comprerà ancora probabilmente ogni cliente, dal suo ritmo e da quello degli"
        " altri.",
        "en": "What each customer will probably still buy, from their own rhythm and the others'.",
    },
    formula={
        "fr": "achats attendus × valeur attendue d'un achat × marge, actualisés",
        "it": "acquisti attesi × valore atteso di un acquisto × margine, attualizzati",
        "en": "expected purchases × expected value of a purchase × margin, discounted",
    },
    caveats={
        "fr": "Un modèle, vérifié sur la fin de l'histoire ; il se tait quand elle est trop courte."
        " Sans marge donnée, c'est du chiffre d'affaires.",
        "it": "Un modello, verificato sulla fine della storia; tace quando è troppo corta. Senza"
        " margine dato è fatturato.",
        "en": "A model, checked on the end of history; it keeps silent where that is too short."
        " Without a stated margin it is sales.",
    },
    source="BG/NBD, MBG/NBD, Pareto/NBD (Fader, Hardie, Schmittlein), Gamma-Gamma (Fader, Hardie)",
    module="habitue.metrics.models.worth",
    page="/measures/worth",
)

RFM: Final = View(
    id="rfm",
    title={
        "fr": "Récence, fréquence, montant (RFM)",
        "it": "Recenza, frequenza, valore (RFM)",
        "en": "Recency, frequency, money (RFM)",
    },
    help={
        "fr": "Chaque client noté de 1 à 5 : quand il est venu, combien de fois, pour combien.",
        "it": "Ogni cliente con un voto da 1 a 5: quando è venuto, quante volte, per quanto.",
        "en": "Every customer scored 1 to 5: how recently, how often, for how much.",
    },
    formula={
        "fr": "1 + ⌊5 × clients strictement en dessous / clients⌋, pour chacun des trois",
        "it": "1 + ⌊5 × clienti strettamente sotto / clienti⌋, per ciascuno dei tre",
        "en": "1 + ⌊5 × customers strictly below / customers⌋, for each of the three",
    },
    caveats={
        "fr": "Les ex æquo ont la même note : où presque tous ont acheté une fois, tous ont 1.",
        "it": "A pari merito lo stesso voto: dove quasi tutti hanno comprato una volta, tutti 1.",
        "en": "Ties share a score: where nearly all bought once, all of them score 1.",
    },
    source="Quintiles with stated ties; A. M. Hughes, 1994",
    module="habitue.metrics.segments.rfm",
    page="/measures/segments",
)

VIP: Final = View(
    id="vip",
    title={
        "fr": "Meilleurs clients (VIP)",
        "it": "Clienti migliori (VIP)",
        "en": "Best customers (VIP)",
    },
    help={
        "fr": "Le plus petit groupe de clients qui fait la moitié du chiffre d'affaires.",
        "it": "Il gruppo più piccolo di clienti che fa metà del fatturato.",
        "en": "The fewest customers who make half of the revenue.",
    },
    formula={
        "fr": "clients par chiffre d'affaires décroissant, jusqu'à la part voulue",
        "it": "clienti per fatturato decrescente, fino alla quota voluta",
        "en": "customers by falling revenue, up to the given share of it",
    },
    caveats={
        "fr": "Les ex æquo à la limite entrent tous. Chiffre d'affaires net depuis le début.",
        "it": "A pari merito al limite entrano tutti. Fatturato netto dall'inizio.",
        "en": "Those tied at the limit are all in. Net revenue since the beginning.",
    },
    source="VIP by share of revenue",
    module="habitue.metrics.segments.vip",
    page="/measures/segments",
)

LEAKS: Final = View(
    id="leaks",
    title={
        "fr": "Clients en train de partir",
        "it": "Clienti che si allontanano",
        "en": "Customers leaking away",
    },
    help={
        "fr": "Les clients en retard sur leur propre rythme, et ce que l'on risque de perdre.",
        "it": "I clienti in ritardo sul proprio ritmo, e quanto si rischia di perdere.",
        "en": "Customers later than their own rhythm, and the money at risk.",
    },
    formula={
        "fr": "365 / écart habituel × dépense par jour d'achat × (1 − P(encore client))",
        "it": "365 / intervallo abituale × spesa per giorno d'acquisto × (1 − P(ancora cliente))",
        "en": "365 / usual gap × revenue per day of purchase × (1 − P(alive))",
    },
    caveats={
        "fr": "Sans modèle possible, la probabilité n'est pas comptée. Qui est parti depuis trop"
        " longtemps n'y est plus.",
        "it": "Senza modello possibile la probabilità non conta. Chi manca da troppo tempo non c'è"
        " più.",
        "en": "Where no model can be fitted the probability is left out. Who has been away for too"
        " long is no longer in it.",
    },
    source="Own rhythm of each customer; P(alive) of Pareto/NBD or MBG/NBD",
    module="habitue.metrics.segments.leaks",
    page="/measures/leaks",
)

COHORTS: Final = View(
    id="cohorts",
    title={"fr": "Cohortes", "it": "Coorti", "en": "Cohorts"},
    help={
        "fr": "Les clients par mois du premier achat : combien reviennent, et pour combien, mois"
        " après mois.",
        "it": "I clienti per mese del primo acquisto: quanti tornano, e per quanto, mese dopo"
        " mese.",
        "en": "Customers by the month of their first purchase: how many come back, and for how"
        " much, month after month.",
    },
    formula={
        "fr": "clients de la cohorte ayant acheté dans le mois / clients de la cohorte",
        "it": "clienti della coorte che hanno comprato nel mese / clienti della coorte",
        "en": "customers of the cohort who bought in the month / customers of the cohort",
    },
    caveats={
        "fr": "Un mois qui n'est pas fini reste vide, avec le jour où il le sera. Un remboursement"
        " compte au mois de l'achat.",
        "it": "Un mese non finito resta vuoto, con il giorno in cui lo sarà. Un rimborso conta nel"
        " mese dell'acquisto.",
        "en": "A month that is not over stays empty, with its day. A refund counts in the month of"
        " the purchase.",
    },
    source="Cohort analysis by first purchase",
    module="habitue.metrics.cohorts",
    page="/measures/cohorts",
)

SPEND_BY_AGE: Final = View(
    id="spend_by_age",
    title={
        "fr": "Dépense selon l'ancienneté",
        "it": "Spesa secondo l'anzianità",
        "en": "Spend by age of the relation",
    },
    help={
        "fr": "Ce que dépense un client, selon les mois passés depuis son premier achat.",
        "it": "Quanto spende un cliente, secondo i mesi passati dal primo acquisto.",
        "en": "What a customer spends, by months since the first purchase.",
    },
    formula={
        "fr": "chiffre d'affaires de l'âge / clients des cohortes qui ont atteint cet âge",
        "it": "fatturato dell'età / clienti delle coorti che hanno raggiunto quell'età",
        "en": "revenue at an age / customers of the cohorts that have reached it",
    },
    caveats={
        "fr": "Les cohortes anciennes ne sont pas les récentes : prix et saisons s'y mêlent.",
        "it": "Le coorti vecchie non sono quelle recenti: prezzi e stagioni vi si mescolano.",
        "en": "Old cohorts are not the recent ones: prices and seasons mix in.",
    },
    source="Spend per customer by months since the first purchase, from cohorts",
    module="habitue.metrics.cohorts",
    page="/measures/cohorts",
    quoted=(
        Quoted(
            text={
                "fr": "Cité : la troisième année, un client dépense 67 % de plus.",
                "it": "Citato: nel terzo anno un cliente spende il 67 % in più.",
                "en": "Quoted: in the third year a customer spends 67 % more.",
            },
            source="Retention articles, without method or period",
        ),
    ),
)

PROFIT: Final = View(
    id="profit_scenario",
    title={
        "fr": "Gain pour 5 % de rétention en plus",
        "it": "Guadagno per il 5 % di fidelizzazione in più",
        "en": "Gain from 5 % more retention",
    },
    help={
        "fr": "Ce que rapporterait de perdre un peu moins de clients, sur votre propre marge.",
        "it": "Quanto porterebbe perdere un po' meno clienti, sul proprio margine.",
        "en": "What losing a few customers fewer would bring, on the shop's own margin.",
    },
    formula={
        "fr": "bénéfice avec la rétention relevée − bénéfice avec la rétention d'aujourd'hui",
        "it": "utile con la fidelizzazione aumentata − utile con quella di oggi",
        "en": "profit at the raised retention − profit at today's retention",
    },
    caveats={
        "fr": "Un scénario, pas une prévision : le reste est tenu égal, la marge est la vôtre.",
        "it": "Uno scenario, non una previsione: il resto è uguale, il margine è il proprio.",
        "en": "A scenario, not a forecast: all else is held equal, the margin is your own.",
    },
    source="Profit scenario on stated margin",
    module="habitue.metrics.scenario",
    page="/measures/worth",
    quoted=(
        Quoted(
            text={
                "fr": "Cité : 5 % de rétention en plus donnent 25 à 95 % de bénéfice en plus.",
                "it": "Citato: il 5 % di fidelizzazione in più dà dal 25 al 95 % di utile in più.",
                "en": "Quoted: 5 % more retention brings 25 to 95 % more profit.",
            },
            source="F. Reichheld (Bain), as the retention articles quote it",
        ),
    ),
)

VIEWS: Final = (PREDICTIVE, RFM, VIP, LEAKS, COHORTS, SPEND_BY_AGE, PROFIT)
"""All of them, in the order of the page of figures."""
