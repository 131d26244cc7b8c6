from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows that move pending points say what those wait for; holds, and what a reversal could not take, have their place."""

    dependencies = [
        ('ledger', '0003_transfers'),
        ('members', '0003_pools_and_merges'),
        ('programmes', '0002_drafts'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='entry',
            name='ledger_entry_covered',
        ),
        migrations.RemoveConstraint(
            model_name='entry',
            name='ledger_entry_sign',
        ),
        migrations.AddField(
            model_name='entry',
            name='pending',
            field=models.TextField(db_comment='Moves pending points only: what they wait for, as JSON; null: active ones.', null=True),
        ),
        migrations.AddField(
            model_name='entry',
            name='shortfall',
            field=models.BigIntegerField(db_comment='What a reversal should have taken besides and could not; null: nothing.', null=True),
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.TextField(choices=[('earn', 'Earn'), ('spend', 'Spend'), ('return', 'Return'), ('restore', 'Restore'), ('expire', 'Expire'), ('adjust', 'Adjust'), ('transfer_in', 'Transfer In'), ('transfer_out', 'Transfer Out'), ('hold', 'Hold'), ('release', 'Release')], db_comment='Why the points moved.'),
        ),
        migrations.AlterField(
            model_name='entry',
            name='reverses',
            field=models.IntegerField(db_comment='Row that this one takes back, restores or settles.', null=True),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('kind__in', ['earn', 'restore', 'release'])), models.Q(('amount__lt', 0), ('kind__in', ['spend', 'return', 'expire', 'hold'])), models.Q(('kind__in', ['adjust', 'transfer_in', 'transfer_out']), models.Q(('amount', 0), _negated=True)), _connector='OR'), name='ledger_entry_sign'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'spend'), _negated=True), ('running__gte', 0), ('reverses__isnull', False), _connector='OR'), name='ledger_entry_covered'),
        ),
    ]
