"""What doors read of events: a business's newest ones, and under which reference each was posted.

Keys of requests are kept where requests are (the table of `api`); nothing had claimed one here.
"""

from django.db import migrations

KEYS = """
CREATE TABLE ledger_key (
    business_id bigint NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    customers bigint[] NOT NULL,
    events bigint[] NOT NULL,
    posted_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, key)
)"""

INDEXES = {
    "ledger_event_newest": "ON ledger_event (business_id, id)",
    "ledger_reference_events": "ON ledger_reference (event_id)",
}


class Migration(migrations.Migration):
    atomic = False  # CONCURRENTLY cannot run inside a transaction
    dependencies = [("ledger", "0012_told")]
    operations = [
        *(
            migrations.RunSQL(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} {what}",
                f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
            )
            for name, what in INDEXES.items()
        ),
        migrations.RunSQL("DROP TABLE ledger_key", KEYS),
    ]
