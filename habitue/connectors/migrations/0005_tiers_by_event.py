"""Tiers are told by the event that changed them: what endpoints know of them is not kept any more."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("connectors", "0004_importers")]
    operations = [migrations.DeleteModel("ToldTier")]
