"""What a customer brought in all their life is exact, however much: no posting fails by its sum.

An amount of an event is bounded, the sum of all of somebody's is not: it no longer has to fit 64
bits. Tills that post meanwhile wait until the table is rewritten (a second for a million lives).
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_newest")]
    operations = [
        migrations.RunSQL(
            "SET LOCAL lock_timeout = '5s';"
            " ALTER TABLE ledger_life ALTER COLUMN amount TYPE numeric",
            "ALTER TABLE ledger_life ALTER COLUMN amount TYPE bigint",
        )
    ]
