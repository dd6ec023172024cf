"""The Django app of the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Programs, events, entries, lots, vouchers, outbox: the only writer of balances."""

    name = "habitue.ledger"
    label = "ledger"
