from django.db import migrations, models


class Migration(migrations.Migration):
    """Names what is done by hand to pending points; the table stays as it is."""

    dependencies = [
        ('activity', '0005_holds_and_extensions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.TextField(choices=[('purchase', 'Purchase'), ('status', 'Status'), ('return', 'Return'), ('event', 'Event'), ('redemption', 'Redemption'), ('redemption_cancelled', 'Redemption Cancelled'), ('adjustment', 'Adjustment'), ('level', 'Level'), ('hold', 'Hold'), ('hold_captured', 'Hold Captured'), ('hold_released', 'Hold Released'), ('extension', 'Extension'), ('pending', 'Pending'), ('pending_restored', 'Pending Restored'), ('member', 'Member'), ('day', 'Day'), ('transfer', 'Transfer'), ('received', 'Received'), ('exchange', 'Exchange'), ('balance', 'Balance'), ('pool', 'Pool'), ('merged', 'Merged'), ('unmerged', 'Unmerged'), ('claimed', 'Claimed')], db_comment='What kind of event.'),
        ),
    ]
