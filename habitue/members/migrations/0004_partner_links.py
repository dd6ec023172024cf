"""Partners see their own statement, and have people at their own tills."""

import django.db.models.deletion
from django.db import migrations, models

import habitue.members.ids


class Migration(migrations.Migration):
    dependencies = [("members", "0003_merged_into")]
    operations = [
        migrations.AddField(
            model_name="staff",
            name="partner",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.CreateModel(
            name="PartnerLink",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=habitue.members.ids.make,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("partner", models.CharField(max_length=60)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="members.business"
                    ),
                ),
            ],
        ),
    ]
