import django.db.models.deletion
from django.db import migrations, models

from stammis.kit.tables import append_only, inline, stored


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("programmes", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "member_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.IntegerField(db_comment="Number of the member's event.")),
                (
                    "version",
                    models.IntegerField(db_comment="Version of the programme that decided; 0: none was in force."),
                ),
                (
                    "record",
                    models.TextField(
                        db_comment="stammis.accrual.records.Record as JSON: grants, effects, steps, amounts."
                    ),
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
            ],
            options={
                "db_table_comment": "What each event was worth, and why; append-only.",
            },
        ),
        migrations.CreateModel(
            name="PurchaseStatus",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "member_id", "purchase_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("purchase_id", models.TextField(db_comment="The caller's id of the purchase.")),
                ("state", models.TextField(db_comment="stammis.core.standing.PurchaseState as JSON.")),
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
            ],
            options={
                "db_table_comment": "Where purchases stand that changed after their first decision.",
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        db_comment="Member.",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="members.member",
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        db_comment="When something falls due by itself next; null: nothing.", null=True
                    ),
                ),
                ("state", models.TextField(db_comment="stammis.core.standing.Standing as JSON.")),
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
                "db_table_comment": "What each member's history amounts to; stammis verify proves it from the events.",
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="accrual_standing_due"
                    )
                ],
            },
        ),
        append_only("accrual_decision"),
        inline("accrual_decision", "record"),
        inline("accrual_standing", "state"),
        stored("accrual_standing", fillfactor=50, autovacuum_vacuum_scale_factor="0.05"),
    ]
