import django.db.models.deletion
from django.db import migrations, models

import stammis.kit.ids
from stammis.kit.tables import append_only, inline


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("programmes", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "member_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "seq",
                    models.IntegerField(db_comment="1, 2, … in the order in which the member's events were decided."),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("purchase", "Purchase"),
                            ("status", "Status"),
                            ("return", "Return"),
                            ("event", "Event"),
                            ("redemption", "Redemption"),
                            ("redemption_cancelled", "Redemption Cancelled"),
                            ("adjustment", "Adjustment"),
                            ("member", "Member"),
                            ("day", "Day"),
                        ],
                        db_comment="What kind of event.",
                    ),
                ),
                ("occurred_at", models.DateTimeField(db_comment="When it happened, by the caller's clock.")),
                ("recorded_at", models.DateTimeField(db_comment="When it was recorded, by the installation's clock.")),
                (
                    "external_id",
                    models.TextField(db_comment="The caller's id of the event; null where it has none.", null=True),
                ),
                (
                    "purchase_id",
                    models.TextField(db_comment="Returns and statuses: the caller's id of the purchase.", null=True),
                ),
                (
                    "gross_minor",
                    models.BigIntegerField(db_comment="Purchases: sum of line amounts, in minor units.", null=True),
                ),
                ("currency", models.CharField(db_comment="Purchases: ISO 4217.", max_length=3, null=True)),
                (
                    "body",
                    models.TextField(db_comment="The event as JSON: amounts in minor units, quantities in millionths."),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_comment="Member.",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.member",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_comment="Programme.",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table_comment": "What happened, in order, once; append-only.",
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id",
                        "kind",
                        "external_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.TextField(db_comment="Which kind of id.")),
                ("external_id", models.TextField(db_comment="The caller's id.")),
                ("seq", models.IntegerField(db_comment="Number of the member's event that answered it.")),
                ("status", models.SmallIntegerField(db_comment="The HTTP status of the first answer.")),
                (
                    "hash",
                    models.BinaryField(db_comment="Hash of the body; null where the source gives none.", null=True),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_comment="Member.",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.member",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_comment="Programme.",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table_comment": "Ids that were accepted, each once.",
            },
        ),
        migrations.CreateModel(
            name="Deferred",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_comment="Id that sorts by time of arrival.",
                        default=stammis.kit.ids.uuid7,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.TextField(db_comment="return or status.")),
                (
                    "external_id",
                    models.TextField(db_comment="The caller's id of a return; null for a status.", null=True),
                ),
                ("purchase_id", models.TextField(db_comment="The caller's id of the purchase waited for.")),
                ("occurred_at", models.DateTimeField(db_comment="When it happened, by the caller's clock.")),
                ("arrived_at", models.DateTimeField(db_comment="When it arrived, by the installation's clock.")),
                ("hash", models.BinaryField(db_comment="Hash of the body.", null=True)),
                ("body", models.TextField(db_comment="The event as JSON.")),
                (
                    "state",
                    models.TextField(
                        choices=[("waiting", "Waiting"), ("applied", "Applied"), ("refused", "Refused")],
                        db_comment="waiting, applied or refused.",
                        default="waiting",
                    ),
                ),
                ("code", models.TextField(db_comment="Why it was refused: a stable code.", null=True)),
                ("detail", models.JSONField(db_comment="What else there is to know about the refusal.", default=dict)),
                ("settled_at", models.DateTimeField(db_comment="When it was applied or refused.", null=True)),
                (
                    "programme",
                    models.ForeignKey(
                        db_comment="Programme.",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table_comment": "Returns and statuses that came before their purchase.",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["programme", "purchase_id", "id"],
                        name="activity_deferred_waiting",
                    ),
                    models.Index(fields=["programme", "id"], name="activity_deferred_listed"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("programme", "kind", "external_id"),
                        name="activity_deferred_once",
                    )
                ],
            },
        ),
        append_only("activity_event"),
        inline("activity_event", "body"),
    ]
