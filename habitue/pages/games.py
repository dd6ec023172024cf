"""Draws in words: their prizes, odds and periods, for whoever may see them."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from habitue import ledger
from habitue.core.program import Calendar, Draw, Program
from habitue.ledger import books, draws
from habitue.ledger.draws import Period
from habitue.members.models import Business
from habitue.pages import holdings
from habitue.pages.templatetags import words as say


class Prize(Struct, frozen=True):
    """A prize in words; `pieces` None: as many as the odds ask. `worth` in minor units."""

    name: str
    pieces: int | None
    worth: int


class Shown(Struct, frozen=True):
    """One period in words. `state`: coming, running, over, closed or revealed."""

    of: Period
    title: str
    when: str
    state: str
    odds: str
    prizes: tuple[Prize, ...]

    @property
    def tickets(self) -> int:
        """How many entrants the published list has."""
        return self.of.record.tickets.count("\n")

    @property
    def day(self) -> str:
        """The first day, as addresses write it."""
        return self.of.starts_on.isoformat()


class Game(Struct, frozen=True):
    """A draw of the program, with the periods that were opened, newest first."""

    id: str
    title: str
    about: tuple[str, ...]
    odds: str
    prizes: tuple[Prize, ...]
    periods: tuple[Shown, ...]


def every(business: Business, *, now: datetime) -> list[Game]:
    """The draws of the program in force, each with its periods."""
    program = ledger.program(business.pk)
    if program is None:
        return []
    opened = [shown(business, one, now) for one in draws.periods(business.pk)]
    return [
        Game(
            one.id,
            holdings.words(one.title, one.id),
            tuple(_about(program, one)),
            odds(f"{one.odds.numerator}/{one.odds.denominator}"),
            _prizes(program, one),
            tuple(each for each in opened if each.of.draw == one.id),
        )
        for one in program.draws
    ]


def one(business: Business, draw: str, day: str, *, now: datetime) -> Shown:
    """The period of an address; what was never opened does not exist."""
    try:
        period = draws.one(business.pk, draw, date.fromisoformat(day))
    except ValueError:
        period = None
    if period is None or period.starts_on.isoformat() != day:
        raise Http404
    return shown(business, period, now)


def odds(written: str) -> str:
    """`1/4` in words."""
    share = Fraction(written)
    if share == 1:
        return _("every ticket wins")
    text = ngettext(
        "at least %(wins)s ticket in %(of)s wins",
        "at least %(wins)s tickets in %(of)s win",
        share.numerator,
    )
    return text % {"wins": share.numerator, "of": share.denominator}


def shown(business: Business, period: Period, now: datetime) -> Shown:
    """A period in words: where it stands, what was promised."""
    today = now.astimezone(ZoneInfo(business.timezone)).date()
    state = "over" if today >= period.until else "running"
    if today < period.starts_on:
        state = "coming"
    if period.closed_at is not None:
        state = "closed" if period.revealed_at is None else "revealed"
    program, of = _terms(business, period)
    stakes = period.record.prizes
    known = _prizes(program, of) if program and of else ()
    # What was promised stands in the record; the program only lends the reader's language.
    prizes = tuple(
        Prize(
            known[place].name if len(known) == len(stakes) else stake.name,
            stake.pieces,
            stake.worth,
        )
        for place, stake in enumerate(stakes)
    )
    title = holdings.words(of.title, of.id) if of else period.draw
    return Shown(period, title, _when(period), state, odds(period.record.odds), prizes)


def _when(period: Period) -> str:
    """The days of a period."""
    last_on = period.until - timedelta(days=1)
    words = {"since": say.day(period.starts_on), "until": say.day(last_on)}
    if last_on == period.starts_on:
        return words["since"]
    return _("%(since)s to %(until)s") % words


def _terms(business: Business, period: Period) -> tuple[Program | None, Draw | None]:
    """The draw as the program had it when the period began, or in the first version that has it."""
    shelf = books.shelf(business.pk)
    for program in (shelf.book.on(period.starts_on).program, *shelf.programs):
        for draw in program.draws:
            if draw.id == period.draw:
                return program, draw
    return None, None


def _prizes(program: Program, draw: Draw) -> tuple[Prize, ...]:
    return tuple(
        Prize(holdings.gift_words(program, prize.gift), prize.pieces, prize.worth)
        for prize in draw.prizes
    )


def _about(program: Program, draw: Draw) -> list[str]:
    """How often it is drawn, what brings an entry, and how many entrants there may be."""
    lines = [_rhythm(draw.every), *_entries(program, draw)]
    if draw.seats is not None:
        text = ngettext(
            "There is room for %(seats)s entrant.",
            "There is room for %(seats)s entrants.",
            draw.seats,
        )
        lines.append(text % {"seats": draw.seats})
    return lines


def _entries(program: Program, draw: Draw) -> list[str]:
    if not draw.when:
        return [_("Entries come with rewards only.")]
    event = _events().get(draw.when, draw.when)
    words = {"event": event, "entries": draw.entries, "limit": draw.limit}
    text = ngettext(
        "%(event)s brings %(entries)s entry.", "%(event)s brings %(entries)s entries.", draw.entries
    )
    if draw.limit is None:
        return [text % words]
    most = ngettext(
        "At most %(limit)s entry per member.", "At most %(limit)s entries per member.", draw.limit
    )
    return [text % words, most % words]


def _events() -> dict[str, str]:
    return {
        "purchase": _("A purchase"),
        "visit": _("A visit"),
        "enrolment": _("Joining"),
        "birthday": _("A birthday"),
        "anniversary": _("Each year of membership"),
        "segments": _("Coming into a segment"),
    }


def _rhythm(every: Calendar) -> str:
    titles = {
        "day": _("Drawn every day."),
        "week": _("Drawn every week."),
        "month": _("Drawn every month."),
        "quarter": _("Drawn every quarter."),
        "half-year": _("Drawn every half-year."),
        "year": _("Drawn every year."),
    }
    return titles.get(every, every)
