"""Every code with which something is refused, and when: for those who read codes, not sentences.

The sentence of a refusal (`facts.Refused`) says what was wrong this time, its values what a door
needs to say it another way. This table says what each code means; a test compares it with the code
of `core` and `ledger`, and with docs/refusals.md, which is made of it.
"""

from __future__ import annotations

from typing import Final

CODES: Final = {
    "already_a_member": "The customer is a member already.",
    "already_undone": "The event was undone before.",
    "already_won": "The member has won in this draw already.",
    "amount": "An amount is not above nothing, or huge.",
    "attribute": "A number among the attributes is huge.",
    "choice": "The voucher has no such choice.",
    "conflict": "The source and reference were used before, for something else.",
    "country": "A country is not written with two letters, or nobody confirms its rules.",
    "covered": "More of the purchase was paid with units than it cost.",
    "currency": "The money is in another currency than the program's.",
    "dates": "Units have days of their own that cannot be.",
    "draw_full": "The draw takes no more entries.",
    "draws_off": "The owner has not confirmed the country's rules for draws.",
    "ending_already": "The paid membership ends already.",
    "entered_already": "Somebody has entered the draw already, so it cannot be opened any more.",
    "full": "The account holds as much as can be counted.",
    "household_full": "The household has as many members as the program allows.",
    "in_a_household": "The member is in a household already.",
    "in_the_future": "The event is dated more than a day ahead: a clock is wrong.",
    "in_use": "A purchase that still stands was paid with it; undo that first.",
    "insufficient": "There are not enough units; `values` say how many are needed and there.",
    "lapsed": "The units would have lapsed already.",
    "limit": "As often or as much as allowed was had in this period.",
    "lines": "A purchase has between 1 and 1,000 lines.",
    "malformed": "A text holds characters that are no text, or is too long.",
    "many_lots": "The units were earned on too many occasions to go at once; give them in parts.",
    "merged": "The customer went over into another one; use that one.",
    "minimum_order": "The benefit holds for larger orders only.",
    "no_entry": "The member had no entry in the draw.",
    "no_fee": "Membership costs nothing, so there is no fee to pay.",
    "no_households": "The program in force knows no households.",
    "no_membership": "There is no paid membership to end or give back.",
    "no_payment": "The program does not let units pay.",
    "not_a_member": "The customer is not a member of the program.",
    "not_available": "The reward cannot be had at this date.",
    "not_closed": "The draw must be closed first.",
    "not_given": "The program does not let members give this unit to each other.",
    "not_head": "The member does not head the household.",
    "not_pooled": "Households do not spend this unit together.",
    "nothing_paid": "There is no payment of a fee to give back.",
    "nothing_pending": "Nothing of the event waits for approval.",
    "oneself": "Giver and receiver are the same member.",
    "other_side": "It follows from what another member does, and is not for a door to say.",
    "paid_already": "Membership is paid for ever.",
    "partner_funds": "The partner has paid ahead for no more units.",
    "price": "The fee is another amount than what was paid.",
    "quantity": "A quantity is not between 1 and 1,000,000.",
    "reason": "A correction needs a reason.",
    "reference": "A payment of a partner or cause needs a reference.",
    "refund": "A refund is by lines, by a positive amount, or whole.",
    "share": "So much of the order cannot be paid with units; `values` say how much can.",
    "sold_out": "No piece of the reward is left.",
    "still_running": "The draw's period is not over yet.",
    "tier": "The reward or benefit is for other tiers.",
    "too_late": "It is too late to undo the event; correct it with a reason.",
    "too_little": "More units have to be paid at a time.",
    "too_much": "More is brought back than was bought.",
    "too_much_earned": "It would earn more than can be counted.",
    "too_old": "The event is dated before 1900.",
    "too_soon": "It comes too soon after the last one.",
    "unknown_benefit": "The program has no such benefit.",
    "unknown_customer": "There is no such customer in this business.",
    "unknown_draw": "The program has no such draw, or it was not opened.",
    "unknown_event": "There is no such event to undo.",
    "unknown_party": "No version of the program names this partner or cause.",
    "unknown_prize": "The draw has no such prize.",
    "unknown_purchase": "There is no such purchase of this customer.",
    "unknown_reward": "The program has no such reward to take for units.",
    "unknown_unit": "The program has no such unit to correct.",
    "unknown_voucher": "The customer has no such voucher.",
    "unpaid": "Membership is not paid.",
    "voucher_cancelled": "The voucher was cancelled: what had brought it came back.",
    "voucher_expired": "The voucher's last day is over.",
    "voucher_redeemed": "The voucher was handed in already.",
    "voucher_used": "The voucher that it brought was handed in; undo that first.",
}
"""When each code is given, in a sentence."""

_HEAD: Final = """# Why something is refused

What is refused changes nothing, and is recorded with its reason. Every refusal has a code for
programs, a sentence for people, and values for whoever says it another way. The codes, and when
they are given; made from `core.refusals`, and a test compares.

| code | given when |
|---|---|
"""


def page() -> str:
    """The page docs/refusals.md."""
    return _HEAD + "".join(f"| `{code}` | {when} |\n" for code, when in CODES.items())
