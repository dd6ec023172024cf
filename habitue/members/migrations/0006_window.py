"""In how many days a purchase makes a customer, as the business says; null: its own rhythm."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0005_answers")]
    operations = [
        migrations.AddField(
            "business",
            "window_days",
            models.PositiveSmallIntegerField(blank=True, null=True),
        )
    ]
