"""Keys that are renewed, tokens of members and staff, and what was tried too often."""

import django.db.models.deletion
from django.db import migrations, models

import habitue.members.ids

IDENTIFIER = models.BigIntegerField(
    default=habitue.members.ids.make, editable=False, primary_key=True, serialize=False
)


def belongs(to: str, name: str) -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.CASCADE, related_name=name, to=to
    )


class Migration(migrations.Migration):
    dependencies = [("members", "0013_confirmed")]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="expires_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="successor",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="forerunner",
                to="members.apikey",
            ),
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", IDENTIFIER.clone()),
                ("what", models.CharField(max_length=20)),
                ("whom", models.CharField(max_length=64)),
                ("hour", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("what", "whom", "hour"), name="tried_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessToken",
            fields=[
                ("id", IDENTIFIER.clone()),
                ("counter", models.BooleanField(default=False)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="members.business"
                    ),
                ),
                ("customer", belongs("members.customer", "tokens")),
                ("staff", belongs("members.staff", "tokens")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(customer=None, staff__isnull=False)
                        | models.Q(customer__isnull=False, staff=None, counter=False),
                        name="access_token_of_one",
                    )
                ],
            },
        ),
    ]
