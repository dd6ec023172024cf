"""What people posted by hand, found by who did it: the journal's newest lines read no history.

Only what came from a counter or from an owner is in it; an import adds nothing.
"""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # CONCURRENTLY cannot run inside a transaction
    dependencies = [("ledger", "0009_erasure")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ledger_reference_by_hand"
            " ON ledger_reference (business_id, source, event_id) INCLUDE (customer_id)"
            " WHERE source LIKE 'counter:%' OR source LIKE 'owner:%'",
            "DROP INDEX CONCURRENTLY IF EXISTS ledger_reference_by_hand",
        )
    ]
