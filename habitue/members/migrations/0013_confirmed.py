"""Addresses that were confirmed, and consent that waits for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0008_journal_append_only")]

    operations = [
        migrations.AddField(
            model_name="identity",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="pending",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("pending", False), ("granted", False), _connector="OR"),
                name="consent_pending",
            ),
        ),
    ]
