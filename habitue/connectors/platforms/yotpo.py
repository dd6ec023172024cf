"""Yotpo Loyalty: its file of customers and points, as it is exported and imported there."""

from habitue.connectors.platforms.export import Export

_COLUMNS = {
    "Full Name": "name",
    "First Name": "first_name",
    "Last Name": "last_name",
    "Email": "email",
    "Email Address": "email",
    "Points Balance": "amount",
    "Current Points Balance": "amount",
    "Points Spent": "",
    "Points Earned": "",
    "Birthday (MM/DD) or (MM/DD/YYYY)": "birthday",
    "Birthday": "birthday",
    "Anniversary (MM/DD) or (MM/DD/YYYY)": "",
    "VIP Tier": "",
    "Referral Link": "",
}

EXPORTS = (
    Export(
        platform="Yotpo",
        what="balances",
        known_by=("Email", "Points Balance", "Points Spent"),
        columns=_COLUMNS,
        day_first=False,
    ),
    Export(
        platform="Yotpo",
        what="balances",
        known_by=("Email Address", "Current Points Balance", "Referral Link"),
        columns=_COLUMNS,
        day_first=False,
    ),
)
