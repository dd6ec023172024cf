"""Open Loyalty: its members, with or without what they hold. Its movements are of no use here."""

from habitue.connectors.platforms.export import Export

_MEMBER = {
    "memberId": "external",
    "firstName": "first_name",
    "lastName": "last_name",
    "email": "email",
    "phone": "phone",
    "birthDate": "birthday",
    "loyaltyCardNumber": "",
    "levelId": "",
    "currentLevel": "",
    "referralToken": "",
    "agreement2": "",
}

EXPORTS = (
    Export(
        platform="Open Loyalty",
        what="customers",
        known_by=("memberId", "loyaltyCardNumber", "birthDate"),
        columns=_MEMBER,
    ),
    Export(
        platform="Open Loyalty",
        what="balances",
        known_by=("memberId", "loyaltyCardNumber", "birthDate", "activeUnits"),
        columns=_MEMBER | {"activeUnits": "amount", "lockedUnits": ""},
    ),
    Export(
        platform="Open Loyalty",
        what="balances",
        known_by=("transferId", "walletId", "points"),
        columns={},
        instead="This is a list of movements: bring the list of members with their active units.",
    ),
)
