"""What the answer to an event said that follows from nothing else: a changed tier, vouchers issued.

Null for usual events, and for those from before; nothing is rewritten.
"""

from django.db import migrations

ADD = """
SET LOCAL lock_timeout = '5s';
ALTER TABLE ledger_event ADD COLUMN told json;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_corrected")]
    operations = [migrations.RunSQL(ADD, "ALTER TABLE ledger_event DROP COLUMN told")]
