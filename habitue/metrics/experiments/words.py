"""What an experiment says, for people: no word of statistics, nothing surer than it is."""

from __future__ import annotations

from typing import Final

from habitue.metrics.figure import Text

_DECIDED: Final = {
    "more": {
        "fr": "Plus avec que sans : ce n'est plus le hasard du tirage.",
        "it": "Più con che senza: non è più il caso del sorteggio.",
        "en": "More with it than without: this is no longer the luck of the draw.",
    },
    "less": {
        "fr": "Moins avec que sans : ce n'est plus le hasard du tirage.",
        "it": "Meno con che senza: non è più il caso del sorteggio.",
        "en": "Less with it than without: this is no longer the luck of the draw.",
    },
    "undecided": {
        "fr": "Pas encore tranché : les deux groupes peuvent encore être pareils.",
        "it": "Non ancora deciso: i due gruppi possono ancora essere uguali.",
        "en": "Not yet decided: the two groups may still be alike.",
    },
}


def decided(how: str) -> Text:
    """`more`, `less` or `undecided`."""
    return _DECIDED[how]


def odd_sample(control: int, treated: int, share: int) -> Text:
    """The groups are not as large as they were drawn."""
    drawn, found = share / 100, 100 * control / (control + treated)
    return {
        "fr": f"Résultats retenus : {drawn:g} % devaient être à part, ils sont {found:.1f} %"
        f" ({control} sur {control + treated}). Quelque chose a changé qui est compté ; il faut le"
        " trouver avant de comparer.",
        "it": f"Risultati trattenuti: doveva restare fuori il {drawn:g} %, è il {found:.1f} %"
        f" ({control} su {control + treated}). Qualcosa ha cambiato chi è contato; va trovato prima"
        " di confrontare.",
        "en": f"Results withheld: {drawn:g} % were to be held out, and it is {found:.1f} %"
        f" ({control} of {control + treated}). Something changed who is counted; find it before"
        " comparing.",
    }


def not_begun() -> Text:
    """No whole day has passed."""
    return {
        "fr": "Aucun jour entier n'est encore passé.",
        "it": "Non è ancora passato un giorno intero.",
        "en": "No whole day has passed yet.",
    }


def few(control: int, treated: int, needed: int) -> Text:
    """A group is too small for any comparison."""
    return {
        "fr": f"Trop peu de clients pour comparer : {control} à part et {treated} avec, il en faut"
        f" {needed} dans chaque groupe.",
        "it": f"Troppo pochi clienti per confrontare: {control} fuori e {treated} dentro, ne"
        f" servono {needed} per gruppo.",
        "en": f"Too few customers to compare: {control} held out and {treated} with it; {needed}"
        " are needed in each group.",
    }


def too_little() -> Text:
    """Too few customers did anything yet."""
    return {
        "fr": "Pas encore assez d'achats dans chaque groupe.",
        "it": "Non ci sono ancora abbastanza acquisti in ogni gruppo.",
        "en": "Not enough purchases in each group yet.",
    }


def as_before() -> Text:
    """What customers did before tells all of what they did since."""
    return {
        "fr": "Tous ont fait exactement comme avant : il n'y a rien à comparer.",
        "it": "Tutti hanno fatto esattamente come prima: non c'è nulla da confrontare.",
        "en": "Everybody did exactly as before: there is nothing to compare.",
    }


def detectable(members: int, share: float, days: int) -> Text:
    """From which difference on it would be seen."""
    much = f"{100 * share:.2g}" if share < 1 else f"{100 * share:.0f}"
    return {
        "fr": f"Avec vos {members} membres, vous verriez en {days} jours des différences de"
        f" {much} % ou plus, quatre fois sur cinq.",
        "it": f"Con i suoi {members} membri vedrebbe in {days} giorni differenze del {much} % o"
        " più, quattro volte su cinque.",
        "en": f"With your {members} members you would see differences of {much} % or more within"
        f" {days} days, four times out of five.",
    }


def undetectable() -> Text:
    """Nothing can be said beforehand."""
    return {
        "fr": "Trop peu d'achats jusqu'ici pour dire quelle différence se verrait.",
        "it": "Troppo pochi acquisti finora per dire quale differenza si vedrebbe.",
        "en": "Too few purchases so far to say which difference would be seen.",
    }


def observed() -> Text:
    """What must be read with any comparison of members and others."""
    return {
        "fr": "Les membres se sont choisis eux-mêmes : ils auraient peut-être acheté davantage sans"
        " programme. Cette différence n'est pas ce que le programme apporte ; seul un tirage au"
        " sort le dirait.",
        "it": "I membri si sono scelti da soli: forse avrebbero comprato di più anche senza"
        " programma. Questa differenza non è quanto porta il programma; solo un sorteggio lo"
        " direbbe.",
        "en": "Members chose themselves: they might have bought more without any program. This"
        " difference is not what the program brings; only drawing lots would tell.",
    }


def unlike(members: int, others: int, matched: int) -> Text:
    """Members and others have too little in common."""
    return {
        "fr": f"Membres et autres se ressemblent trop peu pour être comparés : {matched} des"
        f" {members} membres ont leur pareil parmi les {others} autres.",
        "it": f"Membri e altri si somigliano troppo poco per confrontarli: {matched} dei {members}"
        f" membri hanno un simile tra gli altri {others}.",
        "en": f"Members and others are too unlike to be compared: {matched} of {members} members"
        f" have somebody like them among the {others} others.",
    }


def still_unlike() -> Text:
    """Even those who were put together were not alike."""
    return {
        "fr": "Même en comparant ceux qui se ressemblent le plus, membres et autres n'achetaient"
        " pas pareil avant : rien ne peut être dit.",
        "it": "Anche confrontando chi si somiglia di più, prima membri e altri non compravano allo"
        " stesso modo: non si può dire nulla.",
        "en": "Even those most alike did not buy alike before, members and others: nothing can be"
        " said.",
    }
