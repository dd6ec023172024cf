"""The Django app of the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Programs, events, entries, lots, vouchers, outbox: the only writer of balances."""

    name = "habitue.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Somebody who is erased goes here, too."""
        from habitue.ledger import forgetting
        from habitue.members import erasing

        erasing.forgets(forgetting.forget_person)
