"""Balances are imported too, and files of a drop folder are told from every other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connectors", "0003_shops")]

    operations = [
        migrations.AlterField(
            model_name="import",
            name="what",
            field=models.CharField(
                choices=[
                    ("purchases", "Purchases"),
                    ("customers", "Customers"),
                    ("answers", "Answers"),
                    ("balances", "Balances"),
                ],
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="import", name="sheet", field=models.JSONField(null=True)
        ),
        migrations.AddField(
            model_name="import",
            name="dropped",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="change",
            name="kind",
            field=models.CharField(
                choices=[
                    ("purchase", "Purchase"),
                    ("made", "Made"),
                    ("updated", "Updated"),
                    ("answer", "Answer"),
                    ("balance", "Balance"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(
                condition=models.Q(("dropped", ""), _negated=True),
                fields=["business", "dropped"],
                name="import_dropped",
            ),
        ),
        migrations.RemoveIndex(model_name="change", name="change_reference"),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                condition=models.Q(("kind__in", ["purchase", "balance"])),
                fields=["reference"],
                name="change_reference",
            ),
        ),
    ]
