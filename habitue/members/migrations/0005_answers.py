"""Answers to questions of satisfaction; whose they are may be unknown."""

import django.db.models.deletion
import habitue.members.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0004_partner_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
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
                (
                    "question",
                    models.CharField(
                        choices=[("nps", "Nps"), ("csat", "Csat"), ("ces", "Ces")], max_length=4
                    ),
                ),
                ("score", models.PositiveSmallIntegerField()),
                ("scale", models.PositiveSmallIntegerField()),
                ("answered_on", models.DateField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "comment",
                    models.CharField(blank=True, db_default="", default="", max_length=2000),
                ),
                ("source", models.CharField(max_length=20)),
                ("reference", models.CharField(max_length=200)),
                (
                    "business",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="members.business",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="answers",
                        to="members.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["business", "question", "answered_on"], name="answer_by_day"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "source", "reference"), name="answer_claim"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("question__in", ["nps", "csat", "ces"])),
                        name="answer_question",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("question", "nps"), ("scale", 10), ("score__range", (0, 10))),
                            models.Q(
                                ("question__in", ["csat", "ces"]),
                                ("scale__range", (2, 10)),
                                ("score__gte", 1),
                                ("score__lte", models.F("scale")),
                            ),
                            _connector="OR",
                        ),
                        name="answer_score",
                    ),
                ],
            },
        ),
    ]
