from django.db import migrations, models


class Migration(migrations.Migration):
    """Lets what is done to pending points wait for approval too."""

    dependencies = [
        ('accrual', '0005_holds'),
    ]

    operations = [
        migrations.AddField(
            model_name='approval',
            name='act',
            field=models.TextField(choices=[('adjust', 'Adjust'), ('release', 'Release'), ('cancel', 'Cancel')], db_comment='adjust, release or cancel.', default='adjust'),
        ),
        migrations.AddField(
            model_name='approval',
            name='row',
            field=models.IntegerField(db_comment='Release and cancel: the row that brought the pending points.', null=True),
        ),
        migrations.AlterField(
            model_name='approval',
            name='external_id',
            field=models.TextField(db_comment='Id of the act that it becomes.'),
        ),
    ]
