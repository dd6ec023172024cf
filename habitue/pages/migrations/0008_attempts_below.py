"""What was tried too often is counted a room below, where every door finds it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pages", "0007_passkey"), ("members", "0014_callers")]

    operations = [migrations.DeleteModel(name="Attempt")]
