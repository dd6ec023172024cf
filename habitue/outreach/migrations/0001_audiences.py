"""Audiences, and who is in those that are frozen."""

import django.db.models.deletion
import habitue.members.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('members', '0004_partner_links'),
    ]

    operations = [
        migrations.CreateModel(
            name='Audience',
            fields=[
                ('id', models.BigIntegerField(default=habitue.members.ids.make, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('kind', models.CharField(choices=[('live', 'Live'), ('frozen', 'Frozen')], max_length=6)),
                ('definition', models.JSONField()),
                ('made_at', models.DateTimeField()),
                ('business', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='members.business')),
            ],
        ),
        migrations.CreateModel(
            name='AudienceMember',
            fields=[
                ('id', models.BigIntegerField(default=habitue.members.ids.make, editable=False, primary_key=True, serialize=False)),
                ('audience', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='frozen', to='outreach.audience')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='members.customer')),
            ],
        ),
        migrations.AddConstraint(
            model_name='audience',
            constraint=models.UniqueConstraint(fields=('business', 'name'), name='audience_name'),
        ),
        migrations.AddConstraint(
            model_name='audience',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['live', 'frozen'])), name='audience_kind'),
        ),
        migrations.AddConstraint(
            model_name='audiencemember',
            constraint=models.UniqueConstraint(fields=('audience', 'customer'), name='audience_member_once'),
        ),
    ]
