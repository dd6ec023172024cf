"""A reward that came by itself (a full stamp card, a birthday) is taken when its voucher is used.

A voucher bears the number of the event that issued it, and so many more (`core.vouchers`): where
that event is a redemption, the reward was taken then.
"""

from django.db import migrations

BEFORE = """
CREATE OR REPLACE VIEW canonical_actions AS
SELECT event.business_id AS business, event.customer, event.business_date AS "on",
    coalesce(body.name, event.kind) AS name, coalesce(body.quantity, 1) AS quantity
FROM canonical_happened event
CROSS JOIN LATERAL json_to_record(event.what) AS body (name text, quantity bigint)
WHERE event.kind IN ('redemption', 'action')"""

VOUCHERS = """
UNION ALL
SELECT used.business_id, used.customer, used.business_date, 'redemption', 1
FROM canonical_happened used
WHERE used.kind = 'voucher_use' AND NOT EXISTS (
    SELECT FROM ledger_event issued
    WHERE issued.customer_id = used.customer_id AND issued.kind = 'redemption'
      AND issued.id = (used.what->>'voucher')::bigint / 256 * 256)"""


class Migration(migrations.Migration):
    dependencies = [("lake", "0002_quick_ways")]
    operations = [migrations.RunSQL(BEFORE + VOUCHERS, BEFORE)]
