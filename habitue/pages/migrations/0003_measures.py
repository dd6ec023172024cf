from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("pages", "0002_study"),
    ]

    operations = [
        migrations.AlterField(
            model_name="study",
            name="kind",
            field=models.CharField(
                choices=[("what-if", "What If"), ("preview", "Preview"), ("measures", "Measures")],
                max_length=10,
            ),
        ),
    ]
