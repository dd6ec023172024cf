"""The journal refuses changes and deletions, also from code that is wrong."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION members_journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON members_journalline
    FOR EACH ROW EXECUTE FUNCTION members_journal_is_append_only();
"""
ALLOW = """
DROP TRIGGER append_only ON members_journalline;
DROP FUNCTION members_journal_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0007_screens")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
