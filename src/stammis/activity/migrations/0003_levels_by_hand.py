from django.db import migrations, models


class Migration(migrations.Migration):
    """Names the events in which a person gives a level; the table stays as it is."""

    dependencies = [("activity", "0002_purchases_by_time")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.TextField(
                choices=[
                    ("purchase", "Purchase"),
                    ("status", "Status"),
                    ("return", "Return"),
                    ("event", "Event"),
                    ("redemption", "Redemption"),
                    ("redemption_cancelled", "Redemption Cancelled"),
                    ("adjustment", "Adjustment"),
                    ("level", "Level"),
                    ("member", "Member"),
                    ("day", "Day"),
                ],
                db_comment="What kind of event.",
            ),
        ),
    ]
