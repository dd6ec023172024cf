"""Where each customer stood on the morning of the last report."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0008_journal_append_only"),
        ("outreach", "0002_experiments"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stage",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="members.customer",
                    ),
                ),
                ("stage", models.CharField(max_length=8)),
                ("vip", models.BooleanField()),
                ("leaking", models.BooleanField()),
                ("usual", models.FloatField(null=True)),
                (
                    "business",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="members.business",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["business", "stage", "-customer"], name="stage_newest"
                    ),
                    models.Index(
                        condition=models.Q(("vip", True)),
                        fields=["business", "-customer"],
                        name="stage_vip",
                    ),
                ],
            },
        ),
    ]
