import django.db.models.deletion
from django.db import migrations, models

from stammis.kit.tables import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("programmes", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "member_id", "row", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("row", models.IntegerField(db_comment="1, 2, … in the order in which the member's rows were posted.")),
                ("seq", models.IntegerField(db_comment="Number of the member's event that moved the points.")),
                ("reverses", models.IntegerField(db_comment="Row that this one takes back or restores.", null=True)),
                ("amount", models.BigIntegerField(db_comment="Points in the wallet's smallest unit; negative: taken.")),
                (
                    "running",
                    models.BigIntegerField(db_comment="Balance of the wallet after this row: active and held."),
                ),
                (
                    "opened",
                    models.BigIntegerField(
                        db_comment="Points in the lot that this row opened; null: no lot.", null=True
                    ),
                ),
                ("occurred_at", models.DateTimeField(db_comment="When the points moved, as the programme counts.")),
                (
                    "posted_at",
                    models.DateTimeField(db_comment="When the row was written, by the installation's clock."),
                ),
                (
                    "ends_at",
                    models.DateTimeField(
                        db_comment="From when the points of this row's lot are gone; null: never.", null=True
                    ),
                ),
                ("wallet", models.TextField(db_comment="The wallet's id in the programme.")),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("earn", "Earn"),
                            ("spend", "Spend"),
                            ("return", "Return"),
                            ("restore", "Restore"),
                            ("expire", "Expire"),
                            ("adjust", "Adjust"),
                        ],
                        db_comment="Why the points moved.",
                    ),
                ),
                ("source_kind", models.TextField(db_comment="Kind of the event that moved them.")),
                (
                    "source_id",
                    models.TextField(db_comment="The caller's id of that event; null where it has none.", null=True),
                ),
                (
                    "lots",
                    models.TextField(
                        db_comment="JSON: lots taken from or given back to, each [row, amount, end].", null=True
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
                "db_table_comment": "Every movement of points; append-only.",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gt", 0), ("kind__in", ["earn", "restore"])),
                            models.Q(("amount__lt", 0), ("kind__in", ["spend", "return", "expire"])),
                            models.Q(("kind", "adjust"), models.Q(("amount", 0), _negated=True)),
                            _connector="OR",
                        ),
                        name="ledger_entry_sign",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "spend"), _negated=True), ("running__gte", 0), _connector="OR"
                        ),
                        name="ledger_entry_covered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opened__isnull", True),
                            models.Q(("amount__gt", 0), ("opened__gte", 0), ("opened__lte", models.F("amount"))),
                            _connector="OR",
                        ),
                        name="ledger_entry_opened",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reverses__isnull", True), ("reverses__lt", models.F("row")), _connector="OR"
                        ),
                        name="ledger_entry_reverses",
                    ),
                ],
            },
        ),
        append_only("ledger_entry"),
    ]
