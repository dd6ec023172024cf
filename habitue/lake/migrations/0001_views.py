"""The canonical tables (`metrics.tables`) as views over the ledger and the members.

Whoever went over into another customer appears under the other one's number; what was refused or
undone does not appear, nor does a refund of what was undone. Every column has the type of its
Parquet column: bigint, date, text or boolean.

The outbox says of each posting by which transaction it was written, so that whoever reads it again
finds exactly what a snapshot did not see yet (ids are given before commits, and commits come in
any order). Rows from before have no number: every snapshot that is taken from now on sees them.
"""

from django.db import migrations

VIEWS = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE ledger_outbox ADD COLUMN xid xid8;
ALTER TABLE ledger_outbox ALTER COLUMN xid SET DEFAULT pg_current_xact_id();

-- Who went over, and under whose number they go on: the end of the chain.
CREATE VIEW canonical_merged AS
WITH RECURSIVE step (customer, goes_to) AS (
    SELECT id, merged_into_id FROM members_customer WHERE merged_into_id IS NOT NULL
    UNION ALL
    SELECT step.customer, next.merged_into_id
    FROM step JOIN members_customer next ON next.id = step.goes_to
    WHERE next.merged_into_id IS NOT NULL
)
SELECT step.customer, step.goes_to
FROM step JOIN members_customer last ON last.id = step.goes_to
WHERE last.merged_into_id IS NULL;

-- What happened: neither refused nor undone.
CREATE VIEW canonical_happened AS
SELECT event.business_id, coalesce(merged.goes_to, event.customer_id) AS customer,
    event.customer_id, event.id, event.at, event.business_date, event.kind, event.amount,
    event.currency, event.what
FROM ledger_event event
LEFT JOIN canonical_merged merged ON merged.customer = event.customer_id
WHERE event.refusal IS NULL AND NOT EXISTS (
    SELECT FROM ledger_event undone
    WHERE undone.business_id = event.business_id AND undone.customer_id = event.customer_id
      AND undone.kind = 'undo' AND undone.refusal IS NULL
      AND (undone.what->>'of')::bigint = event.id);

-- A consent counts that was given and not taken back since, in any channel. Of several who invited
-- one person, the first counts.
CREATE VIEW canonical_customers AS
SELECT customer.business_id AS business, customer.id AS customer,
    account.enrolled_on AS joined_on, inviter.customer AS invited_by,
    CASE WHEN customer.erased_at IS NULL
        THEN (consent.since AT TIME ZONE business.timezone)::date END AS subscribed_on,
    customer.erased_at IS NOT NULL AS erased
FROM members_customer customer
JOIN members_business business ON business.id = customer.business_id
LEFT JOIN ledger_account account ON account.customer_id = customer.id
LEFT JOIN (
    SELECT given.customer_id, min(given.at) AS since
    FROM members_consent given
    WHERE given.purpose = 'marketing' AND given.granted AND NOT EXISTS (
        SELECT FROM members_consent refused
        WHERE refused.customer_id = given.customer_id AND refused.purpose = given.purpose
          AND refused.channel = given.channel AND NOT refused.granted
          AND (refused.at, refused.id) > (given.at, given.id))
    GROUP BY given.customer_id) AS consent ON consent.customer_id = customer.id
LEFT JOIN (
    SELECT DISTINCT ON (friend) friend, customer
    FROM (
        SELECT coalesce(guest.goes_to, referral.customer_id) AS friend, referral.event_id,
            coalesce(host.goes_to, referral.inviter_id) AS customer
        FROM ledger_referral referral
        LEFT JOIN canonical_merged guest ON guest.customer = referral.customer_id
        LEFT JOIN canonical_merged host ON host.customer = referral.inviter_id) AS referral
    WHERE friend <> customer
    ORDER BY friend, event_id) AS inviter ON inviter.friend = customer.id
WHERE customer.merged_into_id IS NULL;

-- What was paid with units is taken off line 0, so that an order's lines add up to its money.
CREATE VIEW canonical_order_lines AS
SELECT event.business_id AS business, event.customer, event.id AS "order",
    coalesce(line.number, 1) - 1 AS line, event.business_date AS "on",
    coalesce(line.amount, 0)
        - CASE WHEN line.number = 1 THEN coalesce(body.covered, 0) ELSE 0 END AS amount,
    coalesce(event.currency, '') AS currency,
    coalesce(line.quantity, body.quantity, 1) AS quantity,
    coalesce(line.sku, '') AS product, coalesce(line.category, '') AS category,
    coalesce(body.channel, '') AS channel, coalesce(body.place, '') AS place
FROM canonical_happened event
CROSS JOIN LATERAL json_to_record(event.what)
    AS body (lines json, covered bigint, quantity bigint, channel text, place text)
LEFT JOIN LATERAL ROWS FROM (
    json_to_recordset(body.lines) AS (amount bigint, quantity bigint, sku text, category text))
    WITH ORDINALITY AS line (amount, quantity, sku, category, number) ON true
WHERE event.kind IN ('purchase', 'visit');

CREATE VIEW canonical_refunds AS
SELECT event.business_id AS business, event.customer, event.id AS refund, bought.id AS "order",
    event.business_date AS "on", bought.business_date AS ordered_on, -event.amount AS amount,
    coalesce(event.currency, bought.currency, '') AS currency
FROM canonical_happened event
JOIN ledger_event bought
    ON bought.customer_id = event.customer_id AND bought.id = (event.what->>'of')::bigint
WHERE event.kind = 'refund' AND NOT EXISTS (
    SELECT FROM ledger_event undone
    WHERE undone.business_id = event.business_id AND undone.customer_id = event.customer_id
      AND undone.kind = 'undo' AND undone.refusal IS NULL
      AND (undone.what->>'of')::bigint = bought.id);

-- Paid for ever ends with the last day there is. Money given back ends what was paid before.
CREATE VIEW canonical_memberships AS
SELECT paid.business_id AS business, paid.customer, body.since,
    CASE WHEN body.until < '9999-12-31' THEN body.until + 1 ELSE body.until END AS until,
    ended.on AS ended_on
FROM canonical_happened paid
CROSS JOIN LATERAL json_to_record(paid.what) AS body (since date, until date)
LEFT JOIN LATERAL (
    SELECT greatest(min(back.business_date), body.since) AS on
    FROM canonical_happened back
    WHERE back.business_id = paid.business_id AND back.customer_id = paid.customer_id
      AND (back.at, back.id) > (paid.at, paid.id) AND back.business_date <= body.until
      AND (back.kind = 'fee_refunded'
           OR back.kind = 'cancellation' AND (back.what->>'money')::bigint > 0)
    HAVING count(*) > 0) AS ended ON true
WHERE paid.kind = 'fee_paid' AND body.since IS NOT NULL;

CREATE VIEW canonical_responses AS
SELECT answer.business_id AS business, coalesce(merged.goes_to, answer.customer_id) AS customer,
    answer.id AS response, answer.answered_on AS "on", answer.question::text,
    answer.score::bigint, answer.scale::bigint
FROM members_answer answer
LEFT JOIN canonical_merged merged ON merged.customer = answer.customer_id;

CREATE VIEW canonical_actions AS
SELECT event.business_id AS business, event.customer, event.business_date AS "on",
    coalesce(body.name, event.kind) AS name, coalesce(body.quantity, 1) AS quantity
FROM canonical_happened event
CROSS JOIN LATERAL json_to_record(event.what) AS body (name text, quantity bigint)
WHERE event.kind IN ('redemption', 'action');
"""

DROP = """
DROP VIEW canonical_actions, canonical_responses, canonical_memberships, canonical_refunds,
    canonical_order_lines, canonical_customers, canonical_happened, canonical_merged;
ALTER TABLE ledger_outbox DROP COLUMN xid;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("ledger", "0003_valid_kinds"), ("members", "0005_answers")]
    operations = [migrations.RunSQL(VIEWS, DROP)]
