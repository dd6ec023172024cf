"""Webhooks: endpoints, their messages and attempts, and what is told of customers, by triggers."""

import django.contrib.postgres.fields
import django.db.models.deletion
import habitue.members.ids
from django.db import migrations, models

# Whoever makes or changes a customer, by whatever way: the endpoints of the business are told. A
# statement writes its notices in its own transaction; without endpoints there it looks once.
NOTICES = """
CREATE FUNCTION connectors_customers_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO connectors_notice (business_id, customer, type, fields, at, transaction)
    SELECT made.business_id, made.id, 'customer.created', '{}', clock_timestamp(),
        pg_current_xact_id()::text::bigint
    FROM made JOIN connectors_watermark told USING (business_id);
    RETURN NULL;
END $$;
CREATE FUNCTION connectors_customers_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO connectors_notice (business_id, customer, type, fields, "into", at, transaction)
    SELECT later.business_id, later.id, what.type, what.fields, what."into", clock_timestamp(),
        pg_current_xact_id()::text::bigint
    FROM later JOIN connectors_watermark told USING (business_id) JOIN earlier USING (id)
    CROSS JOIN LATERAL (
        SELECT array_agg(now.key::text ORDER BY now.key) AS names
        FROM jsonb_each(to_jsonb(later)) now JOIN jsonb_each(to_jsonb(earlier)) before USING (key)
        WHERE now.value <> before.value AND now.key NOT IN ('erased_at', 'merged_into_id')
    ) AS changed
    CROSS JOIN LATERAL (
        SELECT 'customer.erased' AS type, '{}'::text[] AS fields, NULL::bigint AS "into"
        WHERE earlier.erased_at IS NULL AND later.erased_at IS NOT NULL
        UNION ALL
        SELECT 'customer.merged', '{}', later.merged_into_id
        WHERE later.merged_into_id IS DISTINCT FROM earlier.merged_into_id
        UNION ALL
        SELECT 'customer.updated', changed.names, NULL WHERE changed.names IS NOT NULL
    ) AS what;
    RETURN NULL;
END $$;
CREATE FUNCTION connectors_identities_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO connectors_notice (business_id, customer, type, fields, at, transaction)
    SELECT moved.business_id, moved.customer_id, 'customer.updated', ARRAY[moved.kind],
        clock_timestamp(), pg_current_xact_id()::text::bigint
    FROM moved JOIN connectors_watermark told USING (business_id);
    RETURN NULL;
END $$;
CREATE TRIGGER webhooks_made AFTER INSERT ON members_customer
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION connectors_customers_made();
CREATE TRIGGER webhooks_changed AFTER UPDATE ON members_customer
    REFERENCING OLD TABLE AS earlier NEW TABLE AS later
    FOR EACH STATEMENT EXECUTE FUNCTION connectors_customers_changed();
CREATE TRIGGER webhooks_made AFTER INSERT ON members_identity
    REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION connectors_identities_changed();
CREATE TRIGGER webhooks_changed AFTER UPDATE ON members_identity
    REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION connectors_identities_changed();
CREATE TRIGGER webhooks_gone AFTER DELETE ON members_identity
    REFERENCING OLD TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION connectors_identities_changed();
"""

NO_NOTICES = """
DROP TRIGGER webhooks_made ON members_customer;
DROP TRIGGER webhooks_changed ON members_customer;
DROP TRIGGER webhooks_made ON members_identity;
DROP TRIGGER webhooks_changed ON members_identity;
DROP TRIGGER webhooks_gone ON members_identity;
DROP FUNCTION connectors_customers_made, connectors_customers_changed,
    connectors_identities_changed;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('connectors', '0001_imports'),
        ('members', '0014_callers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pulse',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ToldTier',
            fields=[
                ('customer', models.BigIntegerField(primary_key=True, serialize=False)),
                ('business_id', models.BigIntegerField(db_index=True)),
                ('level', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='ToldVoucher',
            fields=[
                ('pk', models.CompositePrimaryKey('customer', 'voucher', blank=True, editable=False, primary_key=True, serialize=False)),
                ('business_id', models.BigIntegerField(db_index=True)),
                ('customer', models.BigIntegerField()),
                ('voucher', models.BigIntegerField()),
                ('state', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='Watermark',
            fields=[
                ('business', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='members.business')),
                ('lineage', models.CharField(max_length=80)),
                ('since', models.TextField()),
                ('until', models.TextField(blank=True, default='')),
                ('after', models.BigIntegerField(default=0)),
                ('newest', models.BigIntegerField(default=0)),
                ('floor', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('id', models.BigIntegerField(default=habitue.members.ids.make, editable=False, primary_key=True, serialize=False)),
                ('url', models.CharField(max_length=500)),
                ('description', models.CharField(blank=True, default='', max_length=100)),
                ('types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('secret', models.CharField(max_length=120)),
                ('old_secret', models.CharField(blank=True, default='', max_length=120)),
                ('old_until', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField()),
                ('paused', models.CharField(blank=True, choices=[('', 'No'), ('hand', 'By Hand'), ('failing', 'Failing'), ('gone', 'Gone')], default='', max_length=7)),
                ('paused_at', models.DateTimeField(null=True)),
                ('owners_told', models.BooleanField(default=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('business', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='members.business')),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigIntegerField(default=habitue.members.ids.make, editable=False, primary_key=True, serialize=False)),
                ('customer', models.BigIntegerField(null=True)),
                ('type', models.CharField(max_length=40)),
                ('body', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('failed', 'Failed')], default='waiting', max_length=9)),
                ('due_at', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('first_at', models.DateTimeField(null=True)),
                ('endpoint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='connectors.endpoint')),
            ],
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigIntegerField(default=habitue.members.ids.make, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('milliseconds', models.PositiveIntegerField()),
                ('answer', models.CharField(blank=True, default='', max_length=500)),
                ('error', models.CharField(blank=True, default='', max_length=40)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tried', to='connectors.message')),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('business_id', models.BigIntegerField()),
                ('customer', models.BigIntegerField()),
                ('type', models.CharField(max_length=40)),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('into', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('transaction', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['business_id', 'id'], name='notice_of_business')],
            },
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['endpoint', '-id'], name='message_newest'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['endpoint', 'due_at', 'id'], name='message_due'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['endpoint', 'customer', 'id'], name='message_queue'),
        ),
        migrations.RunSQL(NOTICES, NO_NOTICES),
    ]
