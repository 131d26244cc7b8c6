from django.db import migrations, models

FILL = """
UPDATE activity_event AS e SET arrival = o.arrival
FROM (
    SELECT member_id, seq, row_number() OVER (ORDER BY arrived_at, happened_at, member_id, seq) AS arrival
    FROM (
        SELECT *, max(occurred_at) OVER (PARTITION BY member_id, arrived_at ORDER BY seq) AS happened_at
        FROM (
            SELECT member_id, seq, occurred_at, max(recorded_at) OVER (PARTITION BY member_id ORDER BY seq) AS arrived_at
            FROM activity_event
        ) AS paced
    ) AS ordered
) AS o
WHERE e.member_id = o.member_id AND e.seq = o.seq
"""


class Migration(migrations.Migration):
    """Numbers events by arrival; those that are there by when they were recorded and, within that, when they happened."""

    dependencies = [
        ("activity", "0006_pending_by_hand"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="arrival",
            field=models.BigIntegerField(
                null=True,
                db_comment="Rises in the order in which the events of all members were decided; budgets were drawn on in it.",
            ),
        ),
        migrations.RunSQL(
            [
                "CREATE SEQUENCE activity_event_arrival_seq OWNED BY activity_event.arrival",
                "GRANT UPDATE ON activity_event TO CURRENT_USER",
                "ALTER TABLE activity_event DISABLE TRIGGER activity_event_append_only",
                FILL,
                "ALTER TABLE activity_event ENABLE TRIGGER activity_event_append_only",
                "REVOKE UPDATE ON activity_event FROM CURRENT_USER",
                "SELECT setval('activity_event_arrival_seq', 1 + (SELECT coalesce(max(arrival), 0) FROM activity_event))",
            ],
            "DROP SEQUENCE activity_event_arrival_seq",
        ),
        migrations.AlterField(
            model_name="event",
            name="arrival",
            field=models.BigIntegerField(
                db_comment="Rises in the order in which the events of all members were decided; budgets were drawn on in it."
            ),
        ),
    ]
