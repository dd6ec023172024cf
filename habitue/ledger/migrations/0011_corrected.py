"""What was corrected or undone, newest first, without reading the history between."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # CONCURRENTLY cannot run inside a transaction
    dependencies = [("ledger", "0010_by_hand")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ledger_event_corrected"
            " ON ledger_event (business_id, id) WHERE kind IN ('adjustment', 'undo')",
            "DROP INDEX CONCURRENTLY IF EXISTS ledger_event_corrected",
        )
    ]
