"""What a reward, prize or benefit gives, in the reader's words."""

from django.utils.translation import gettext as _

from habitue.core.program import Gift, Program, Reward
from habitue.pages import holdings
from habitue.pages.templatetags import words as say


def words(program: Program, gift: Gift) -> str:
    """One gift: its name, or what it is worth."""
    match gift.kind:
        case "money off":
            said = _("%(amount)s off") % {"amount": say.money(gift.value, program.currency)}
        case "percent off":
            said = _("%(percent)s off") % {"percent": say.percent(gift.value / 100)}
        case "units":
            unit = program.units[program.unit_index(gift.unit)]
            said = f"{holdings.shown(unit, gift.value)} {holdings.words(unit.title, unit.id)}"
        case "donation":
            held = {
                "amount": say.money(gift.value, program.currency),
                "cause": cause(program, gift),
            }
            said = _("%(amount)s to: %(cause)s") % held
        case "draw entry":
            said = _("An entry in: %(draw)s") % {"draw": _draw(program, gift)}
        case _:
            said = gift.kind
    return gift.name or said


def reward(program: Program, of: Reward) -> str:
    """A reward's title; one without (a prize) is called by what it gives."""
    if of.title or not of.gifts:
        return holdings.words(of.title, of.id)
    return " / ".join(words(program, gift) for gift in of.gifts)


def cause(program: Program, gift: Gift) -> str:
    """The cause that a donation goes to."""
    titles = {one.id: one.title for one in program.causes}
    return holdings.words(titles.get(gift.to, {}), gift.to)


def _draw(program: Program, gift: Gift) -> str:
    titles = {one.id: one.title for one in program.draws}
    return holdings.words(titles.get(gift.to, {}), gift.to)
