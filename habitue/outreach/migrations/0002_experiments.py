"""Experiments; once started, what was declared stays."""

import django.db.models.deletion
import habitue.members.ids
from django.db import migrations, models


SEALED = """
CREATE FUNCTION outreach_experiment_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.business_id, OLD.name, OLD.seed, OLD.share, OLD.days, OLD.figures, OLD.audience_id,
        OLD.started_on) IS DISTINCT FROM (NEW.business_id, NEW.name, NEW.seed, NEW.share, NEW.days,
        NEW.figures, NEW.audience_id, NEW.started_on)
        OR OLD.ended_on IS NOT NULL AND OLD.ended_on IS DISTINCT FROM NEW.ended_on
    THEN
        RAISE EXCEPTION 'experiment % is sealed: it can only be ended, once', OLD.name;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sealed BEFORE UPDATE ON outreach_experiment
    FOR EACH ROW EXECUTE FUNCTION outreach_experiment_sealed();
"""

UNSEALED = """
DROP TRIGGER sealed ON outreach_experiment;
DROP FUNCTION outreach_experiment_sealed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0005_answers"),
        ("outreach", "0001_audiences"),
    ]

    operations = [
        migrations.CreateModel(
            name="Experiment",
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
                ("name", models.SlugField(db_index=False, max_length=60)),
                ("seed", models.CharField(max_length=64)),
                ("share", models.PositiveSmallIntegerField()),
                ("days", models.PositiveSmallIntegerField()),
                ("figures", models.JSONField()),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                (
                    "audience",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="outreach.audience",
                    ),
                ),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="members.business"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("business", "name"), name="experiment_name"),
                    models.CheckConstraint(
                        condition=models.Q(("share__range", (1, 9999))), name="experiment_share"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 1)), name="experiment_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seed", ""), _negated=True), name="experiment_seed"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None),
                            ("ended_on__gte", models.F("started_on")),
                            _connector="OR",
                        ),
                        name="experiment_end",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SEALED, UNSEALED),
    ]
