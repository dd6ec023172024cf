"""LoyaltyLion: the export of customers. Points that wait for approval do not come along."""

from habitue.connectors.platforms.export import Export

EXPORTS = (
    Export(
        platform="LoyaltyLion",
        what="balances",
        known_by=("merchant_id", "points_approved"),
        columns={
            "merchant_id": "external",
            "email": "email",
            "first_name": "first_name",
            "last_name": "last_name",
            "name": "name",
            "birthday": "birthday",
            "points_approved": "amount",
            "points_pending": "",
            "points_spent": "",
            "loyalty_tier": "",
            "referral_id": "",
            "referral_url": "",
        },
        day_first=False,
    ),
)
