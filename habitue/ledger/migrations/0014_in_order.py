"""Entries are found by their event first: the key grows at its end, and whole, as they come.

By customer first, every posting filed its entries all over the index, into leaves that stayed a
third empty. Who asks for a customer's entries goes through the customer's events. Two other indexes
that grow at their end have their leaves filled; a page of lots leaves room for two to be moved.

Built while the shop runs; the keys change places in one moment. What there is stays as it is.
"""

from django.db import migrations

BUILD = """CREATE UNIQUE INDEX CONCURRENTLY {name} ON ledger_entry ({columns}) {options}"""

# The old key goes only together with the new one taking its place.
SWAP = """
SET LOCAL lock_timeout = '5s';
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_pkey,
    ADD CONSTRAINT ledger_entry_pkey PRIMARY KEY USING INDEX {name};
"""

NEW = {
    "name": "ledger_entry_in_order",
    "columns": "event_id, customer_id, line",
    "options": "WITH (fillfactor = 100)",
}
OLD = {
    "name": "ledger_entry_by_customer",
    "columns": "customer_id, event_id, line",
    "options": "",
}

GROW_AT_THEIR_END = ("ledger_event_newest", "ledger_reference_events")


def _swap(to: dict[str, str]) -> tuple[str, str, str]:
    """One that was left half built goes first."""
    gone = "DROP INDEX CONCURRENTLY IF EXISTS {name}"
    return gone.format(**to), BUILD.format(**to), SWAP.format(**to)


class Migration(migrations.Migration):
    atomic = False  # CONCURRENTLY cannot run inside a transaction
    dependencies = [("ledger", "0013_reading")]
    operations = [
        *(
            migrations.RunSQL(forwards, backwards)
            for forwards, backwards in zip(_swap(NEW), reversed(_swap(OLD)), strict=True)
        ),
        *(
            migrations.RunSQL(
                f"ALTER INDEX {index} SET (fillfactor = 100)",
                f"ALTER INDEX {index} RESET (fillfactor)",
            )
            for index in GROW_AT_THEIR_END
        ),
        migrations.RunSQL(
            "ALTER TABLE ledger_lot SET (fillfactor = 97)",
            "ALTER TABLE ledger_lot SET (fillfactor = 90)",
        ),
    ]
