"""The ledger on one page of SQL.

Keys begin with customer_id (a cluster spreads by customer); what is unique in a business has a
claim table of its own. What must never change is guarded by triggers; what must never be
overspent by checks, which hold even for code that is wrong.
"""

from django.db import migrations

TABLES = """
CREATE TABLE ledger_version (
    id bigint PRIMARY KEY,
    business_id bigint NOT NULL REFERENCES members_business,
    number integer NOT NULL CHECK (number > 0),
    since date,
    text text NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (business_id, number)
);

-- Law 5, the permanent layer: an event happens once per (business, source, reference).
CREATE TABLE ledger_reference (
    business_id bigint NOT NULL,
    source text NOT NULL,
    reference text NOT NULL,
    customer_id bigint NOT NULL,
    event_id bigint NOT NULL,
    fingerprint bigint NOT NULL,
    PRIMARY KEY (business_id, source, reference)
);

-- Law 5, the request layer: a key with a hash of its request, and the events it made.
CREATE TABLE ledger_key (
    business_id bigint NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    customers bigint[] NOT NULL,
    events bigint[] NOT NULL,
    posted_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, key)
);

CREATE TABLE ledger_event (
    customer_id bigint NOT NULL,
    id bigint NOT NULL,
    business_id bigint NOT NULL,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    amount bigint,
    business_date date NOT NULL,
    kind text NOT NULL,
    currency text CHECK (length(currency) = 3),
    what json NOT NULL,
    refusal json,
    forgiven json,
    PRIMARY KEY (customer_id, id)
);
CREATE INDEX ledger_event_dates ON ledger_event USING brin (business_date, business_id);

CREATE TABLE ledger_entry (
    customer_id bigint NOT NULL,
    event_id bigint NOT NULL,
    amount bigint NOT NULL CHECK (amount <> 0),
    balance bigint NOT NULL,
    lot_id bigint NOT NULL,
    day date NOT NULL,
    line smallint NOT NULL,
    unit smallint NOT NULL CHECK (unit >= 0),
    kind text NOT NULL CHECK (kind IN (
        'accrual', 'redemption', 'expiry', 'reversal', 'adjustment', 'settlement')),
    why json,
    PRIMARY KEY (customer_id, event_id, line)
);

CREATE TABLE ledger_lot (
    customer_id bigint NOT NULL,
    id bigint NOT NULL,
    original bigint NOT NULL,
    remaining bigint NOT NULL,
    earned_on date NOT NULL,
    active_on date NOT NULL,
    expires_on date NOT NULL,
    unit smallint NOT NULL,
    PRIMARY KEY (customer_id, id),
    CONSTRAINT lot_never_overspent CHECK (0 <= remaining AND remaining <= original)
) WITH (fillfactor = 90);

CREATE TABLE ledger_account (
    customer_id bigint PRIMARY KEY REFERENCES members_customer,
    business_id bigint NOT NULL,
    version bigint NOT NULL DEFAULT 0,
    enrolled_on date,
    due_on date,
    overdraft boolean NOT NULL DEFAULT false,
    level text NOT NULL DEFAULT '',
    balances bigint[] NOT NULL DEFAULT '{}',
    memory json NOT NULL DEFAULT '{}',
    CONSTRAINT account_never_overspent CHECK (overdraft OR 0 <= ALL (balances))
) WITH (fillfactor = 80);
CREATE INDEX ledger_account_due ON ledger_account (business_id, due_on)
    WHERE due_on IS NOT NULL;

CREATE TABLE ledger_voucher (
    customer_id bigint NOT NULL,
    id bigint NOT NULL,
    reward text NOT NULL,
    state text NOT NULL CHECK (state IN ('issued', 'redeemed', 'cancelled', 'expired')),
    code text NOT NULL UNIQUE,
    issued_on date NOT NULL,
    expires_on date NOT NULL,
    PRIMARY KEY (customer_id, id)
);

CREATE TABLE ledger_outbox (
    id bigint PRIMARY KEY,
    business_id bigint NOT NULL,
    posted_at timestamptz NOT NULL,
    customers bigint[] NOT NULL,
    events bigint[] NOT NULL
);

CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a mistake is corrected by a new event', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_reference
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_version
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
"""

DROP = """
DROP TABLE ledger_outbox, ledger_voucher, ledger_account, ledger_lot, ledger_entry, ledger_event,
    ledger_key, ledger_reference, ledger_version;
DROP FUNCTION ledger_append_only();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("members", "__first__")]
    operations = [migrations.RunSQL(TABLES, DROP)]
