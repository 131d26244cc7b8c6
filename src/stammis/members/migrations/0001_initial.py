import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import stammis.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("programmes", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_comment="Id that sorts by time; begins the keys of all rows.",
                        default=stammis.kit.ids.uuid7,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "reference",
                    models.TextField(db_comment="The caller's own id of the member; null for guests.", null=True),
                ),
                (
                    "kind",
                    models.TextField(choices=[("member", "Member"), ("guest", "Guest")], db_comment="member or guest."),
                ),
                ("email", models.TextField(db_comment="Mail address as given.", null=True)),
                ("phone", models.TextField(db_comment="Phone number as given.", null=True)),
                ("name", models.TextField(db_comment="Name as given.", null=True)),
                ("birthday", models.DateField(db_comment="Date of birth.", null=True)),
                ("locale", models.TextField(db_comment="Language tag, such as fi or en-GB.", null=True)),
                (
                    "joined_at",
                    models.DateTimeField(
                        db_comment="When the member joined, as the caller says or as first seen.", null=True
                    ),
                ),
                (
                    "attributes",
                    models.JSONField(db_comment="The caller's own facts; rules may read them.", default=dict),
                ),
                (
                    "labels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        db_comment="Labels; rules may read them.",
                        default=list,
                        size=None,
                    ),
                ),
                ("consents", models.JSONField(db_comment="What the member agreed to.", default=dict)),
                ("created_at", models.DateTimeField(db_comment="When the row was made, by the installation's clock.")),
                (
                    "programme",
                    models.ForeignKey(
                        db_comment="The programme taken part in.",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table_comment": "Members and guests.",
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id", "kind", "value", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[("id", "Id"), ("guest", "Guest")],
                        db_comment="id: the caller's id; guest: a guest's address in lower case.",
                    ),
                ),
                ("value", models.TextField(db_comment="The id or the address.")),
                (
                    "programme",
                    models.ForeignKey(
                        db_comment="The programme it is unique in.",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_comment="Whose it is.",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to="members.member",
                    ),
                ),
            ],
            options={
                "db_table_comment": "What leads to a member.",
            },
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "member_id", "word", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("word", models.TextField(db_collation="C", db_comment="The word, in lower case, without accents.")),
                (
                    "member",
                    models.ForeignKey(
                        db_comment="Whose word.",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table_comment": "Words by which members are found.",
            },
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=models.Q(("kind", "member")),
                fields=["programme", "reference"],
                name="members_member_by_reference",
            ),
        ),
        migrations.AddIndex(
            model_name="word",
            index=models.Index(fields=["programme", "word", "member"], name="members_word_found"),
        ),
    ]
