"""The wider check of an entry's kind, validated without keeping anybody from writing."""

from django.db import migrations

VALIDATE = "ALTER TABLE ledger_entry VALIDATE CONSTRAINT ledger_entry_kind_check"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_any_program")]
    operations = [migrations.RunSQL(VALIDATE, migrations.RunSQL.noop)]
