"""Refusals as sentences that a person can act on, in their language."""

from django.utils.translation import gettext as _

from habitue.core.facts import Refused


def scan(reason: str) -> str:
    """Why a card's code was not accepted."""
    sentences = {
        "stale": _("This code has expired. Ask for the code that the card shows now."),
        "used": _("This code was used already. Wait until the card shows the next one."),
        "revoked": _("This card was replaced by a newer one."),
        "printed": _("Printed codes are not accepted here. Scan the card on the phone."),
    }
    return sentences.get(reason) or _("This is no card of this shop. Try again, or search by name.")


def posting(refused: Refused) -> str:
    """Why the ledger did not do it."""
    sentences = {
        "insufficient": _("There are not enough units for this reward any more."),
        "unknown_reward": _("This reward is not offered any more."),
        "not_available": _("This reward is not offered at this date."),
        "tier": _("This reward is for members of another level."),
        "limit": _("The limit for this is reached for now."),
        "too_soon": _("This was just done. Please wait a little before the next one."),
        "conflict": _("This was sent before with another content. Reload the page."),
        "quantity": _("A quantity must be between 1 and 1,000,000."),
        "amount": _("This amount is not possible."),
        "voucher_redeemed": _("This voucher was used already."),
        "voucher_expired": _("This voucher has expired."),
        "voucher_cancelled": _("This voucher was cancelled."),
        "unknown_voucher": _("This voucher does not exist."),
        "too_late": _("This cannot be undone any more."),
        "already_undone": _("This was undone already."),
        "already_a_member": _("This person is a member already."),
        "not_a_member": _("This person is not a member yet."),
    }
    return sentences.get(refused.code) or _("This was refused: %(reason)s") % {
        "reason": refused.sentence
    }
