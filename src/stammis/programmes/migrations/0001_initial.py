import django.db.models.deletion
from django.db import migrations, models

import stammis.kit.ids
from stammis.kit.tables import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Programme",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_comment="Id that sorts by time.",
                        default=stammis.kit.ids.uuid7,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("slug", models.TextField(db_comment="The document's own id of the programme.", unique=True)),
                (
                    "name",
                    models.TextField(db_comment="Its name in the newest version, in English where there are several."),
                ),
                ("currency", models.CharField(db_comment="ISO 4217; the same in all versions.", max_length=3)),
                ("zone", models.TextField(db_comment="IANA time zone; the same in all versions.")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_comment="When its first version was published, by the installation's clock."
                    ),
                ),
            ],
            options={
                "db_table_comment": "Loyalty programmes.",
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField(db_comment="1, 2, … in the order of publishing.")),
                ("document", models.JSONField(db_comment="The programme document, as it was read.")),
                ("starts_at", models.DateTimeField(db_comment="From when it decides events, by when they occurred.")),
                ("published_at", models.DateTimeField(db_comment="By the installation's clock.")),
                (
                    "published_by",
                    models.TextField(db_comment="Who published it: a mail address, a key's name, or the command line."),
                ),
                ("note", models.TextField(db_comment="What the publisher wrote about it.", default="")),
                (
                    "programme",
                    models.ForeignKey(
                        db_comment="Whose version.",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table_comment": "Published versions of programmes; never changed.",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="programmes_version_number")
                ],
            },
        ),
        append_only("programmes_version"),
    ]
