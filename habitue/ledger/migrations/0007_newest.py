"""The newest postings of a business, found without reading its history."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # CONCURRENTLY cannot run inside a transaction
    dependencies = [("ledger", "0006_kept_sums")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ledger_outbox_newest"
            " ON ledger_outbox (business_id, id)",
            "DROP INDEX CONCURRENTLY IF EXISTS ledger_outbox_newest",
        )
    ]
