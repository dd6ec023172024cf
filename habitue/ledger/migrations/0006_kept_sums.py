"""Sums of periods that are over, kept until something is posted into their past.

`ledger_late` says of each posting into the past by which transaction it was written, so that
whoever kept sums before it was visible finds it, whatever the order of commits.
"""

from django.db import migrations

TABLES = """
CREATE TABLE ledger_late (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    business_id bigint NOT NULL,
    business_date date NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    posted_at timestamptz NOT NULL
);
CREATE INDEX ledger_late_dates ON ledger_late (business_id, business_date);

CREATE TABLE ledger_sums (
    business_id bigint NOT NULL,
    part text NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    days integer NOT NULL,
    rows json NOT NULL,
    snapshot pg_snapshot NOT NULL,
    kept_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, part, since, until, days)
);
"""

DROP = "DROP TABLE ledger_late, ledger_sums"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_quick_periods")]
    operations = [migrations.RunSQL(TABLES, DROP)]
