"""The consent log refuses changes and deletions, also from code that is wrong."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION members_consent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the consent log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON members_consent
    FOR EACH ROW EXECUTE FUNCTION members_consent_is_append_only();
"""
ALLOW = """
DROP TRIGGER append_only ON members_consent;
DROP FUNCTION members_consent_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
