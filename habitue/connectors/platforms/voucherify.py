"""Voucherify: customers with their points, and loyalty cards. Its movements are of no use here."""

from habitue.connectors.platforms.export import Export

EXPORTS = (
    Export(
        platform="Voucherify",
        what="balances",
        known_by=("source_id", "loyalty_points"),
        columns={
            "source_id": "external",
            "id": "",
            "name": "name",
            "email": "email",
            "phone": "phone",
            "birthdate": "birthday",
            "birthday": "",
            "loyalty_points": "amount",
            "loyalty_referred_customers": "",
        },
    ),
    Export(
        platform="Voucherify",
        what="balances",
        known_by=("code", "loyalty_balance", "customer_source_id"),
        columns={
            "customer_source_id": "external",
            "code": "",
            "loyalty_balance": "amount",
            "expiration_date": "expires_on",
            "campaign": "",
            "voucher_type": "",
        },
    ),
    Export(
        platform="Voucherify",
        what="balances",
        known_by=("type", "balance", "amount", "voucher_id"),
        columns={},
        instead="This is a list of movements: bring the customers with their loyalty_points.",
    ),
)
