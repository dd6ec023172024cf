"""What happened in a period, read from indexes alone: visits, refunds, and what else is counted.

Built while the shop runs. A purchase adds to the first of them only.
"""

from django.db import migrations

INDEXES = {
    "ledger_event_came": """ON ledger_event (business_id, business_date)
        INCLUDE (currency, customer_id, amount)
        WHERE kind IN ('purchase', 'visit') AND refusal IS NULL""",
    "ledger_event_back": """ON ledger_event (business_id, business_date)
        INCLUDE (currency, customer_id, amount) WHERE kind = 'refund' AND refusal IS NULL""",
    "ledger_event_deeds": """ON ledger_event (business_id, business_date)
        WHERE kind IN ('redemption', 'action') AND refusal IS NULL""",
    "ledger_event_fees": """ON ledger_event (business_id, customer_id)
        WHERE kind IN ('fee_paid', 'fee_refunded', 'cancellation') AND refusal IS NULL""",
}


class Migration(migrations.Migration):
    atomic = False  # CONCURRENTLY cannot run inside a transaction
    dependencies = [("ledger", "0004_lives")]
    operations = [
        migrations.RunSQL(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} {what}",
            f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        )
        for name, what in INDEXES.items()
    ]
