"""What was undone, who went over, and what was posted lately, found without reading everything.

Built while the shop runs. All three are partial or short: a purchase adds nothing to the first two.
"""

from django.db import migrations

INDEXES = {
    "ledger_event_undos": """ON ledger_event (business_id, customer_id, ((what->>'of')::bigint))
        WHERE kind = 'undo' AND refusal IS NULL""",
    "members_customer_merged": """ON members_customer (id) INCLUDE (merged_into_id)
        WHERE merged_into_id IS NOT NULL""",
    "members_customer_goes_to": """ON members_customer (merged_into_id)
        WHERE merged_into_id IS NOT NULL""",
    "ledger_outbox_transactions": "ON ledger_outbox (xid)",
}


class Migration(migrations.Migration):
    atomic = False  # CONCURRENTLY cannot run inside a transaction
    dependencies = [("lake", "0001_views")]
    operations = [
        migrations.RunSQL(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} {what}",
            f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        )
        for name, what in INDEXES.items()
    ]
