"""Tries are counted by the hour; what was mailed is one of them."""

from django.db import migrations, models

import habitue.members.ids


class Migration(migrations.Migration):
    dependencies = [("pages", "0003_measures")]

    operations = [
        migrations.DeleteModel(name="CardMail"),
        migrations.CreateModel(
            name="Attempt",
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
                ("what", models.CharField(max_length=20)),
                ("whom", models.CharField(max_length=64)),
                ("hour", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("what", "whom", "hour"), name="attempt_once")
                ],
            },
        ),
    ]
