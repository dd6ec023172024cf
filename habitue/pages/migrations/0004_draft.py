import django.db.models.deletion
from django.db import migrations, models

import habitue.members.ids


class Migration(migrations.Migration):

    dependencies = [
        ("members", "0008_journal_append_only"),
        ("pages", "0006_attempts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigIntegerField(default=habitue.members.ids.make, editable=False, primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("after", models.PositiveIntegerField()),
                ("revision", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                ("business", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to="members.business")),
            ],
        ),
    ]
