"""What is kept of each customer's life with every posting, so that figures need no history.

`ledger_life` has a row for whom everything counts; `ledger_moved` says which events count otherwise
than they were posted: undone, or under the number into whom their customer went over. Both are
filled from the events there are; tills that post meanwhile wait until that is done (about a second
for a million events).
"""

from django.db import migrations

TABLES = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE ledger_life (
    customer_id bigint PRIMARY KEY,
    business_id bigint NOT NULL,
    first_on date,
    last_on date,
    touched_on date NOT NULL,
    days integer NOT NULL,
    orders bigint NOT NULL,
    amount bigint NOT NULL,
    CHECK (days BETWEEN 0 AND orders AND first_on <= last_on AND last_on <= touched_on
           AND (first_on IS NULL) = (orders = 0))
) WITH (fillfactor = 80);

CREATE TABLE ledger_moved (
    customer_id bigint NOT NULL,
    giver_id bigint NOT NULL,
    event_id bigint NOT NULL,
    business_id bigint NOT NULL,
    sign smallint NOT NULL CHECK (sign IN (-1, 1)),
    business_date date NOT NULL,
    came boolean NOT NULL,
    amount bigint NOT NULL,
    currency text,
    PRIMARY KEY (customer_id, giver_id, event_id)
);

-- The gap between visits that most customers keep to: worked out at night, W of the figures.
CREATE TABLE ledger_rhythm (
    business_id bigint PRIMARY KEY REFERENCES members_business,
    days integer NOT NULL CHECK (days > 0),
    gaps bigint NOT NULL,
    kept_at timestamptz NOT NULL
);
"""

FILL = """
LOCK TABLE ledger_event IN SHARE ROW EXCLUSIVE MODE;

CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
WITH RECURSIVE step (customer, goes_to) AS (
    SELECT id, merged_into_id FROM members_customer WHERE merged_into_id IS NOT NULL
    UNION ALL
    SELECT step.customer, next.merged_into_id
    FROM step JOIN members_customer next ON next.id = step.goes_to
    WHERE next.merged_into_id IS NOT NULL
), merged AS (
    SELECT step.customer, step.goes_to FROM step
    JOIN members_customer last ON last.id = step.goes_to WHERE last.merged_into_id IS NULL
), undone AS (
    SELECT DISTINCT customer_id, (what->>'of')::bigint AS id
    FROM ledger_event WHERE kind = 'undo' AND refusal IS NULL
)
SELECT event.business_id, event.customer_id, event.id, event.business_date,
    event.kind <> 'refund' AS came, coalesce(event.amount, 0) AS amount, event.currency,
    coalesce(event.currency, business.currency) = business.currency AS own,
    coalesce(merged.goes_to, event.customer_id) AS survivor_id,
    undone.id IS NOT NULL OR bought.id IS NOT NULL AS undone
FROM ledger_event event
JOIN members_business business ON business.id = event.business_id
LEFT JOIN merged ON merged.customer = event.customer_id
LEFT JOIN undone ON undone.customer_id = event.customer_id AND undone.id = event.id
LEFT JOIN undone bought ON event.kind = 'refund' AND bought.customer_id = event.customer_id
    AND bought.id = (event.what->>'of')::bigint
WHERE event.kind IN ('purchase', 'visit', 'refund') AND event.refusal IS NULL;

INSERT INTO ledger_moved (customer_id, giver_id, event_id, business_id, sign, business_date, came,
                          amount, currency)
SELECT customer_id, customer_id, id, business_id, -1, business_date, came, amount, currency
FROM counted WHERE undone OR survivor_id <> customer_id
UNION ALL
SELECT survivor_id, customer_id, id, business_id, 1, business_date, came, amount, currency
FROM counted WHERE NOT undone AND survivor_id <> customer_id;

INSERT INTO ledger_life (customer_id, business_id, first_on, last_on, touched_on, days, orders,
                         amount)
SELECT survivor_id, business_id,
    min(business_date) FILTER (WHERE came), max(business_date) FILTER (WHERE came),
    max(business_date), count(DISTINCT business_date) FILTER (WHERE came),
    count(*) FILTER (WHERE came), coalesce(sum(amount) FILTER (WHERE own), 0)
FROM counted WHERE NOT undone GROUP BY survivor_id, business_id;

CREATE INDEX ledger_life_first ON ledger_life (business_id, first_on) INCLUDE (customer_id);
CREATE INDEX ledger_moved_dates ON ledger_moved (business_id, business_date);
"""

DROP = "DROP TABLE ledger_life, ledger_moved, ledger_rhythm"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_valid_kinds"), ("members", "0005_answers")]
    operations = [migrations.RunSQL(TABLES + FILL, DROP)]
