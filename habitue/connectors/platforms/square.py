"""Square: the customers of a loyalty program, and the customer directory."""

from habitue.connectors.platforms.export import Export

_PERSON = {
    "First Name": "first_name",
    "Last Name": "last_name",
    "Surname": "last_name",
    "Email Address": "email",
    "Phone Number": "phone",
    "Birthday": "birthday",
    "Square Customer ID": "external",
    "Reference ID": "",
}

EXPORTS = (
    Export(
        platform="Square",
        what="balances",
        known_by=("Phone Number", "Lifetime Points"),
        columns=_PERSON
        | {
            "Balance": "amount",
            "Points Balance": "amount",
            "Available Points": "amount",
            "Lifetime Points": "",
            "Enrolled": "",
            "Enrolled At": "",
        },
        day_first=False,
    ),
    Export(
        platform="Square",
        what="customers",
        known_by=("Square Customer ID", "Email Address", "Transaction Count"),
        columns=_PERSON
        | {"Email Subscription Status": "", "Lifetime Spend": "", "Transaction Count": ""},
        day_first=False,
    ),
)
