"""Refusals as sentences that a person can act on, in their language."""

from django.utils.translation import gettext as _

from habitue.core.facts import Refused


def scan(reason: str) -> str:
    """Why a card's code was not accepted."""
    sentences = {
        "stale": _("This code has expired. Ask for the code that the card shows now."),
        "used": _("This code was used already. Wait until the card shows the next one."),
        "revoked": _("This card was replaced by a newer one."),
        "binned": _("This customer lies in the recycle bin. The owner can take them out of it."),
        "printed": _("Printed codes are not accepted here. Scan the card on the phone."),
    }
    stranger = _("This is not a card of this shop. Try again, or search by name.")
    return sentences.get(reason, stranger)


def gave_nothing() -> str:
    """Why a visit counts and yet added nothing."""
    return _("It was too soon, or the limit was reached: the visit counts, it gave nothing.")


def offline(code: str, sentence: str = "") -> str:
    """Why something that was kept on a phone did not count once it arrived."""
    sentences = {
        "device": _("This phone may no longer work here."),
        "signature": _("This was changed on the phone after it was kept."),
        "chain": _("This does not follow from what this phone did before."),
        "malformed": _("The phone kept something that cannot be read."),
        "early": _("The phone's clock was ahead. Set it right, and enter this again."),
        "late": _("This is more than seven days old."),
        "nothing": gave_nothing(),
        "stale": _("The code had expired when it was scanned: it was a photo or a copy."),
        "used": _("This code had been used already, here or on another phone."),
        "unknown": _("This is not a card of this shop."),
        "revoked": _("This card was replaced by a newer one."),
        "binned": _("This customer lies in the recycle bin. The owner can take them out of it."),
        "printed": _("Printed codes are not accepted here."),
    }
    return sentences.get(code) or posting(Refused(code, sentence))


def posting(refused: Refused) -> str:
    """Why the ledger did not do it."""
    for sentences in (_at_the_counter(), _of_members(), _of_corrections(), _beyond()):
        if refused.code in sentences:
            return sentences[refused.code]
    return _("This was refused: %(reason)s") % {"reason": refused.sentence}


def _at_the_counter() -> dict[str, str]:
    """Earning, rewards, benefits, units as money."""
    return {
        "insufficient": _("There are not enough units for this any more."),
        "unknown_reward": _("This reward is not offered any more."),
        "not_available": _("This reward is not offered at this date."),
        "sold_out": _("This reward is sold out."),
        "tier": _("This is for members of another level."),
        "limit": _("The limit for this is reached for now."),
        "too_soon": _("This was just done. Please wait a little before the next one."),
        "voucher_redeemed": _("This voucher was used already."),
        "voucher_expired": _("This voucher has expired."),
        "voucher_cancelled": _("This voucher was cancelled."),
        "unknown_voucher": _("This voucher does not exist."),
        "choice": _("Please choose one of the gifts that are offered."),
        "unknown_benefit": _("This benefit is not offered any more."),
        "minimum_order": _("The order is too small for this benefit."),
        "no_payment": _("Nothing can be paid with units here."),
        "share": _("So large a part of an order cannot be paid with units. Take less."),
        "too_little": _("So few units cannot be used at a time. Take more."),
        "partner_funds": _(
            "This partner has paid for no more units: nothing can be earned here now."
        ),
        "draw_full": _("This draw takes no more entries."),
    }


def _of_members() -> dict[str, str]:
    """Membership and its fee, households, gifts, merging."""
    return {
        "already_a_member": _("This person is a member already."),
        "not_a_member": _("This person is not a member yet."),
        "unpaid": _("The membership is not paid."),
        "no_fee": _("Membership costs nothing here."),
        "no_membership": _("There is no paid membership."),
        "nothing_paid": _("There is no payment to give back."),
        "paid_already": _("The membership is paid for ever already."),
        "ending_already": _("This membership ends already."),
        "price": _("This is not the price that the program asks."),
        "oneself": _("Giver and receiver are the same person. Choose another one."),
        "not_given": _("Members do not give each other these units."),
        "not_pooled": _("Households do not share these units."),
        "many_lots": _(
            "These were earned on too many occasions to go at once. Give a part of them."
        ),
        "merged": _("This customer went over into another one. Separate them first."),
        "no_households": _("The program knows no households."),
        "in_a_household": _("This member is in a household already. They must leave it first."),
        "not_head": _("Only the head of a household takes others in."),
        "household_full": _("This household has as many people as the program allows."),
        "other_side": _("This follows from what the other member does and cannot be entered here."),
    }


def _of_corrections() -> dict[str, str]:
    """What goes back, and what is typed wrong."""
    return {
        "too_late": _("This cannot be undone any more."),
        "already_undone": _("This was undone already."),
        "in_use": _("A purchase was paid with it. Undo that first."),
        "voucher_used": _("Its reward was used. Undo that first."),
        "nothing_pending": _("Nothing of this waits for approval."),
        "unknown_event": _("There is nothing of that kind to undo."),
        "unknown_purchase": _("There is no such purchase."),
        "unknown_customer": _("This customer does not exist here."),
        "unknown_unit": _("There are no such units."),
        "too_much": _("More is returned than was bought."),
        "too_much_earned": _("This would earn more than can be counted. Check the amount."),
        "full": _("This account holds as much as can be counted."),
        "refund": _("Goods come back by line, by amount, or all of them."),
        "lines": _("A purchase has between 1 and 1,000 lines."),
        "quantity": _("A quantity must be between 1 and 1,000,000."),
        "amount": _("This amount is not possible."),
        "attribute": _("A number that came with this is too large."),
        "covered": _("More was paid with units than the order costs."),
        "currency": _("The program counts in another currency."),
        "reason": _("A correction needs a reason."),
        "dates": _("These units cannot have been earned or last on these days. Check the dates."),
        "lapsed": _("These units would have lapsed already."),
        "malformed": _("A text holds signs that are no text, or is too long."),
        "in_the_future": _("This is dated in the future. Check the clock."),
        "too_old": _("This is dated too long ago. Check the date."),
        "conflict": _("This was sent before with another content. Reload the page."),
    }


def _beyond() -> dict[str, str]:
    """Draws, and money that passes between the shop and others."""
    return {
        "draws_off": _("Draws are off until you have looked up the rules of your country."),
        "country": _("A country has two letters, and somebody confirms its rules."),
        "unknown_draw": _("There is no such draw."),
        "entered_already": _("Somebody has entered already: the commitment comes too late."),
        "still_running": _("The period is not over yet."),
        "not_closed": _("Close the draw first, so that the tickets are published."),
        "unknown_prize": _("There is no such prize."),
        "already_won": _("This member has won in this draw already."),
        "no_entry": _("This member had no entry in this draw."),
        "reference": _("A payment needs a reference."),
        "unknown_party": _("The program names nobody of that name."),
    }
