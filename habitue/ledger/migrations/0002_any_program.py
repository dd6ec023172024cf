"""What any program needs beside lots: sums that all share, draws, households, invitations, payments.

Applicable while the shop runs: new columns have constant defaults (no table is rewritten), the wider
check is validated by the next migration, and whoever waits for a lock gives up after five seconds
instead of keeping the tills waiting behind it.
"""

from django.db import migrations

TABLES = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE ledger_lot ADD COLUMN awaits text NOT NULL DEFAULT '';
ALTER TABLE ledger_event ADD COLUMN room json;
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_kind_check;
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_kind_check CHECK (kind IN (
    'accrual', 'redemption', 'expiry', 'reversal', 'adjustment', 'settlement', 'transfer',
    'donation')) NOT VALID;

-- What each event changed of the sums that all members share: one row per name and event.
CREATE TABLE ledger_tally (
    customer_id bigint NOT NULL,
    event_id bigint NOT NULL,
    business_id bigint NOT NULL,
    units bigint NOT NULL,
    money bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    day date NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (customer_id, event_id, name),
    CHECK (units <> 0 OR money <> 0)
);
CREATE INDEX ledger_tally_names ON ledger_tally (business_id, name);

-- What of something limited for all members together is used: locked by whoever may use it.
CREATE TABLE ledger_budget (
    business_id bigint NOT NULL,
    name text NOT NULL,
    units bigint NOT NULL,
    money bigint NOT NULL,
    PRIMARY KEY (business_id, name)
) WITH (fillfactor = 50);

-- Money that came in from a partner or cause (positive) or went out to one (negative).
CREATE TABLE ledger_payment (
    id bigint PRIMARY KEY,
    business_id bigint NOT NULL REFERENCES members_business,
    party text NOT NULL CHECK (party IN ('partner', 'cause')),
    name text NOT NULL,
    money bigint NOT NULL CHECK (money <> 0),
    day date NOT NULL,
    reference text NOT NULL CHECK (reference <> ''),
    note text NOT NULL DEFAULT '',
    recorded_at timestamptz NOT NULL,
    UNIQUE (business_id, reference)
);
CREATE INDEX ledger_payment_parties ON ledger_payment (business_id, party, name);

-- Draws are off until the owner says that the rules of this country were looked up.
CREATE TABLE ledger_draw_permission (
    id bigint PRIMARY KEY,
    business_id bigint NOT NULL REFERENCES members_business,
    country text NOT NULL CHECK (length(country) = 2),
    confirmed_by text NOT NULL CHECK (confirmed_by <> ''),
    confirmed_at timestamptz NOT NULL,
    UNIQUE (business_id, country)
);

CREATE TABLE ledger_draw (
    id bigint PRIMARY KEY,
    business_id bigint NOT NULL REFERENCES members_business,
    draw text NOT NULL,
    starts_on date NOT NULL,
    until date NOT NULL CHECK (until > starts_on),
    secret text NOT NULL,
    salt text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    revealed_at timestamptz,
    entrants json,
    record json NOT NULL,
    UNIQUE (business_id, draw, starts_on),
    CHECK ((closed_at IS NULL) = (entrants IS NULL)),
    CHECK (revealed_at IS NULL OR closed_at IS NOT NULL)
);

-- Who spends together: one row per member, the head's own among them.
CREATE TABLE ledger_household (
    customer_id bigint PRIMARY KEY REFERENCES members_customer,
    business_id bigint NOT NULL,
    head_id bigint NOT NULL REFERENCES members_customer,
    joined_at timestamptz NOT NULL
);
CREATE INDEX ledger_household_heads ON ledger_household (head_id);

-- Who was invited by whom; `purchase_id` is the purchase for which both were rewarded.
CREATE TABLE ledger_referral (
    customer_id bigint PRIMARY KEY REFERENCES members_customer,
    business_id bigint NOT NULL,
    inviter_id bigint NOT NULL CHECK (inviter_id <> customer_id),
    event_id bigint NOT NULL,
    purchase_id bigint,
    reversed_at timestamptz
);
CREATE INDEX ledger_referral_open ON ledger_referral (business_id) WHERE reversed_at IS NULL;

CREATE FUNCTION ledger_draw_is_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.business_id, NEW.draw, NEW.starts_on, NEW.until, NEW.secret, NEW.salt,
           NEW.opened_at)
          IS DISTINCT FROM (OLD.business_id, OLD.draw, OLD.starts_on, OLD.until, OLD.secret,
                            OLD.salt, OLD.opened_at)
       OR (OLD.closed_at IS NOT NULL
           AND (NEW.closed_at, NEW.entrants::text)
               IS DISTINCT FROM (OLD.closed_at, OLD.entrants::text))
       OR (OLD.revealed_at IS NOT NULL AND NEW.revealed_at IS DISTINCT FROM OLD.revealed_at)
       OR ((NEW.closed_at, NEW.revealed_at) IS NOT DISTINCT FROM (OLD.closed_at, OLD.revealed_at)
           AND NEW.record::text IS DISTINCT FROM OLD.record::text)
    THEN
        RAISE EXCEPTION 'what was published of a draw is never changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sealed BEFORE UPDATE OR DELETE ON ledger_draw
    FOR EACH ROW EXECUTE FUNCTION ledger_draw_is_sealed();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_tally
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_payment
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_draw_permission
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
"""

DROP = """
DROP TABLE ledger_tally, ledger_budget, ledger_payment, ledger_draw_permission, ledger_draw,
    ledger_household, ledger_referral;
DROP FUNCTION ledger_draw_is_sealed();
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_kind_check;
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_kind_check CHECK (kind IN (
    'accrual', 'redemption', 'expiry', 'reversal', 'adjustment', 'settlement'));
ALTER TABLE ledger_event DROP COLUMN room;
ALTER TABLE ledger_lot DROP COLUMN awaits;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_tables"), ("members", "0003_merged_into")]
    operations = [migrations.RunSQL(TABLES, DROP)]
