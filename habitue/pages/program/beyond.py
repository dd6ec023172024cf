"""What a program has beyond earning and rewards, in words: benefits, fee, draws, partners."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habitue.core.program import Benefit, Draw, Fee, Price, Program
from habitue.pages import holdings
from habitue.pages.program import clauses, saying
from habitue.pages.program.sentences import places
from habitue.pages.program.sentences.places import Place
from habitue.pages.program.told import Told
from habitue.pages.templatetags import words as say

Said = Iterator[Told]


def benefits(of: Program, _on: date) -> Said:
    """Standing privileges."""
    for one in of.benefits:
        yield Told(saying.words(one.title, one.id), list(_benefit(of, one)))


def _benefit(of: Program, one: Benefit) -> Iterator[str]:
    if one.tiers:
        levels = saying.either([saying.tier(of, level) for level in one.tiers])
        yield _("only for %(levels)s") % {"levels": levels}
    else:
        yield _("for who has paid the fee") if of.fee else _("for everybody")
    if one.uses is not None:
        yield _("at most %(limit)s") % {"limit": clauses.limit(of, one.uses)}
    if one.saves is not None:
        yield _("each use saves %(amount)s") % {"amount": saying.cash(one.saves, of.currency)}
    if one.minimum_order is not None:
        least = saying.cash(one.minimum_order, of.currency)
        yield _("for orders from %(amount)s on") % {"amount": least}


def fee(of: Program, on: date) -> Said:
    """What membership costs, price by price."""
    if of.fee is None:
        return
    place = Place(places.FEE, places.FEE)
    for price in of.fee.prices:
        yield Told(_paid(of, of.fee, price), list(_since(price)), place=place)
    terms = list(_terms(of.fee))
    if terms:
        yield Told(_("Terms"), terms)


def _paid(of: Program, one: Fee, price: Price) -> str:
    amount = {"price": saying.cash(price.price, of.currency)}
    return {
        "once": _("%(price)s once, for ever"),
        "month": _("%(price)s a month"),
        "year": _("%(price)s a year"),
    }[one.every] % amount


def _since(price: Price) -> Iterator[str]:
    if price.since is not None:
        yield _("for who joins from %(day)s on") % {"day": say.day(price.since)}
    if price.at_renewal_since is not None:
        day = {"day": say.day(price.at_renewal_since)}
        yield _("for members at their first renewal from %(day)s on") % day


def _terms(one: Fee) -> Iterator[str]:
    if one.trial is not None:
        yield _("free for %(period)s at first") % {"period": saying.period(one.trial)}
    yield {
        "never": _("who cancels gets nothing back"),
        "if nothing was used": _("who cancels gets the fee back if nothing was used"),
        "always": _("who cancels gets the fee back"),
    }[one.refund]
    if one.grace is not None:
        period = {"period": saying.period(one.grace)}
        yield _("membership still holds %(period)s after the last paid day") % period


def draws(of: Program, _on: date) -> Said:
    """Games of chance."""
    for place, one in places.every(of, "draws"):
        yield Told(saying.words(one.title, one.id), list(_draw(of, one)), place=place)


def _draw(of: Program, one: Draw) -> Iterator[str]:
    yield _("drawn %(each)s") % {"each": saying.each(one.every)}
    if one.when:
        entries = ngettext("%(count)s entry", "%(count)s entries", one.entries)
        values = {"event": clauses.event(one.when), "entries": entries % {"count": one.entries}}
        yield _("%(event)s brings %(entries)s") % values
    if one.where is not None:
        yield clauses.only(of, one.where)
    if one.limit is not None:
        most = ngettext("%(count)s entry", "%(count)s entries", one.limit)
        yield _("at most %(limit)s") % {"limit": most % {"count": say.count(one.limit)}}
    prizes = [
        holdings.gift_words(of, prize.gift)
        if prize.pieces is None
        else f"{say.count(prize.pieces)} × {holdings.gift_words(of, prize.gift)}"
        for prize in one.prizes
    ]
    yield _("to win: %(prizes)s") % {"prizes": saying.both(prizes)}
    yield _("at least %(share)s of those who take part win something") % {
        "share": saying.share(one.odds)
    }
    waits = {"period": saying.period(one.claim_within)}
    yield _("a prize waits %(period)s") % waits


def causes(of: Program, _on: date) -> Said:
    """What members give to."""
    for one in of.causes:
        said = _("members give at the worth of what they give, one to one")
        yield Told(saying.words(one.title, one.id), [said])


def partners(of: Program, _on: date) -> Said:
    """Where else units are earned and spent."""
    for one in of.partners:
        said = [
            _("owes us %(price)s for each unit given there")
            % {"price": saying.price(one.issuing, of.currency)},
            _("gets %(price)s for each unit spent there")
            % {"price": saying.price(one.redeeming, of.currency)},
            _("pays ahead") if one.account == "prepaid" else _("settles each month"),
        ]
        yield Told(saying.words(one.title, one.id), said)


def together(of: Program, _on: date) -> Said:
    """Households, gifts between members, the leaderboard."""
    if of.household is not None:
        units = saying.both([saying.called(of, unit) for unit in of.household.pools])
        values = {"count": say.count(of.household.members), "units": units}
        said = [_("up to %(count)s members spend %(units)s together") % values]
        yield Told(_("Household"), said)
    if of.transfers is not None:
        units = saying.both([saying.called(of, unit) for unit in of.transfers.units])
        said = [_("members may give each other %(units)s; dates stay") % {"units": units}]
        if of.transfers.hold is not None:
            held = {"period": saying.period(of.transfers.hold)}
            said.append(_("only what they have held for %(period)s") % held)
        if of.transfers.limit is not None:
            most = clauses.limit(of, of.transfers.limit, of.transfers.units[0])
            said.append(_("at most %(limit)s") % {"limit": most})
        yield Told(_("Gifts between members"), said)
    if of.leaderboard is not None:
        board = of.leaderboard
        values = {"units": saying.called(of, board.unit), "each": saying.each(board.every)}
        yield Told(_("Leaderboard"), [_("by %(units)s, afresh %(each)s") % values])


def dividend(of: Program, _on: date) -> Said:
    """A share of what was counted last year."""
    one = of.dividend
    if one is None:
        return
    values = {
        "share": saying.share(one.share),
        "counted": saying.called(of, one.of),
        "month": saying.month(one.month),
        "paid": saying.called(of, one.pays),
    }
    said = [_("%(share)s of last year’s %(counted)s, paid in %(month)s as %(paid)s") % values]
    if one.least:
        said.append(_("from %(least)s on") % {"least": saying.fixed(of, one.of, one.least)})
    yield Told(_("Dividend"), said)
