"""What was written about a person in words may go with them; nothing else of an event ever may.

An event's reason and attributes, and a reference that names the person, are blanked where their
customer was erased, by a transaction that says so. The triggers refuse everything else as before.
"""

from django.db import migrations

ALLOW = """
SET LOCAL lock_timeout = '5s';

CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME IN ('ledger_event', 'ledger_reference')
       AND current_setting('ledger.erasing', true) = 'on' THEN
        RETURN NULL;  -- row by row, only words may go
    END IF;
    RAISE EXCEPTION '% is append-only: a mistake is corrected by a new event', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION ledger_only_words_go() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    now jsonb := to_jsonb(NEW);
BEGIN
    IF TG_TABLE_NAME = 'ledger_event' THEN
        before := jsonb_set(before, '{what}', (before->'what') - 'reason' - 'attributes');
        now := jsonb_set(now, '{what}', (now->'what') - 'reason' - 'attributes');
    ELSE
        before := before - 'reference';
        now := now - 'reference';
    END IF;
    IF before IS DISTINCT FROM now OR NOT EXISTS (
        SELECT FROM members_customer WHERE id = NEW.customer_id AND erased_at IS NOT NULL)
    THEN
        RAISE EXCEPTION '% is append-only: only the words about somebody erased may go',
            TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_words_go BEFORE UPDATE ON ledger_event
    FOR EACH ROW EXECUTE FUNCTION ledger_only_words_go();
CREATE TRIGGER only_words_go BEFORE UPDATE ON ledger_reference
    FOR EACH ROW EXECUTE FUNCTION ledger_only_words_go();
"""

REFUSE = """
DROP TRIGGER only_words_go ON ledger_event;
DROP TRIGGER only_words_go ON ledger_reference;
DROP FUNCTION ledger_only_words_go();
CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a mistake is corrected by a new event', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_exact_amounts")]
    operations = [migrations.RunSQL(ALLOW, REFUSE)]
