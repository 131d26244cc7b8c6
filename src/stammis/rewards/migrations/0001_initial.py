import django.db.models.deletion
from django.db import migrations, models

from stammis.kit.tables import stored


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("programmes", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Issued",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "member_id", "redemption", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("redemption", models.TextField(db_comment="The caller's id of the redemption.")),
                ("reward", models.TextField(db_comment="The reward's id in the programme.")),
                ("quantity", models.IntegerField(db_comment="How many.")),
                ("code", models.TextField(db_comment="The code that the member shows.")),
                ("wallet", models.TextField(db_comment="The wallet that paid.")),
                ("amount", models.BigIntegerField(db_comment="What it cost, in the wallet's smallest unit.")),
                (
                    "state",
                    models.TextField(
                        choices=[("issued", "Issued"), ("used", "Used"), ("cancelled", "Cancelled")],
                        db_comment="issued, used or cancelled.",
                    ),
                ),
                ("purchase_id", models.TextField(db_comment="The purchase in which it was used.", null=True)),
                ("issued_at", models.DateTimeField(db_comment="When it was issued, by the caller's clock.")),
                (
                    "moved_at",
                    models.DateTimeField(db_comment="When its state last changed, by the installation's clock."),
                ),
                ("body", models.TextField(db_comment="The issued reward as JSON, as the engine reads it.")),
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
                "db_table_comment": "Rewards that members took.",
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "code"), name="rewards_issued_code"),
                    models.CheckConstraint(condition=models.Q(("quantity__gte", 1)), name="rewards_issued_quantity"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stock",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id", "reward", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reward", models.TextField(db_comment="The reward's id in the programme.")),
                (
                    "issued",
                    models.BigIntegerField(
                        db_comment="Issued and not cancelled; what is left is the document's stock less this.",
                        default=0,
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
                "db_table_comment": "How many of each reward went out.",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("issued__gte", 0)), name="rewards_stock_issued")
                ],
            },
        ),
        stored("rewards_stock", fillfactor=50),
    ]
