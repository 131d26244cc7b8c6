from django.db import migrations, models


class Migration(migrations.Migration):
    """Names the events of holds and extensions; the table stays as it is."""

    dependencies = [
        ('activity', '0004_between_members'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.TextField(choices=[('purchase', 'Purchase'), ('status', 'Status'), ('return', 'Return'), ('event', 'Event'), ('redemption', 'Redemption'), ('redemption_cancelled', 'Redemption Cancelled'), ('adjustment', 'Adjustment'), ('level', 'Level'), ('hold', 'Hold'), ('hold_captured', 'Hold Captured'), ('hold_released', 'Hold Released'), ('extension', 'Extension'), ('member', 'Member'), ('day', 'Day'), ('transfer', 'Transfer'), ('received', 'Received'), ('exchange', 'Exchange'), ('balance', 'Balance'), ('pool', 'Pool'), ('merged', 'Merged'), ('unmerged', 'Unmerged'), ('claimed', 'Claimed')], db_comment='What kind of event.'),
        ),
    ]
