import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import habitue.members.ids


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0004_draft"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Passkey",
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
                ("credential", models.CharField(max_length=1400, unique=True)),
                ("public", models.BinaryField()),
                ("name", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passkeys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
