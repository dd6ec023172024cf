"""Smile.io: the list of customers with their points."""

from habitue.connectors.platforms.export import Export

EXPORTS = (
    Export(
        platform="Smile",
        what="balances",
        known_by=("Email", "Points balance", "Referral URL"),
        columns={
            "First name": "first_name",
            "Last name": "last_name",
            "Email": "email",
            "Date of birth": "birthday",
            "Points balance": "amount",
            "Referral URL": "",
            "VIP tier": "",
            "State": "",
        },
        day_first=False,
    ),
)
