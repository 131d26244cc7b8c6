import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table for points that are put aside."""

    dependencies = [
        ('accrual', '0004_level_reviews'),
        ('members', '0003_pools_and_merges'),
    ]

    operations = [
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('pk', models.CompositePrimaryKey('member_id', 'hold', blank=True, editable=False, primary_key=True, serialize=False)),
                ('hold', models.TextField(db_comment="The caller's id of the hold.")),
                ('state', models.TextField(db_comment='stammis.core.standing.Hold as JSON.')),
                ('member', models.ForeignKey(db_comment='Member.', db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.member')),
            ],
            options={
                'db_table_comment': 'Points put aside: open, captured, released or expired holds.',
            },
        ),
    ]
