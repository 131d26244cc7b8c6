"""Writes down the words of names, two by two and with their hyphens, for members who came before this was done."""

import uuid

from django.apps.registry import Apps
from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from stammis.members.words import words_of

AT_ONCE = 5_000
_WRITE = """
INSERT INTO members_word (member_id, programme_id, word)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) ON CONFLICT DO NOTHING
"""


def write_pairs(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the pairs, some thousands of members in a transaction; it can be stopped and begun again."""
    connection = schema_editor.connection
    members = apps.get_model("members", "Member").objects.using(connection.alias)
    named = members.filter(kind="member", name__isnull=False).select_for_update().order_by("id")
    last = uuid.UUID(int=0)
    more = True
    while more:
        with transaction.atomic(connection.alias), connection.cursor() as db:
            rows = list(named.filter(id__gt=last).values_list("id", "programme_id", "name")[:AT_ONCE])
            words = [
                (id, programme_id, word)
                for id, programme_id, name in rows
                for word in sorted(words_of(reference=None, name=name, email=None, phone=None))
            ]
            if words:
                db.execute(_WRITE, [list(column) for column in zip(*words, strict=True)])
        more = len(rows) == AT_ONCE
        last = rows[-1][0] if rows else last


class Migration(migrations.Migration):
    """Adds rows alone: until it is through, full names are found as before, only more slowly."""

    atomic = False
    dependencies = [("members", "0003_pools_and_merges")]
    operations = [
        migrations.AlterField(
            model_name="word",
            name="word",
            field=models.TextField(
                db_collation="C",
                db_comment="The word, in lower case, without accents; or two words of the name, after and between spaces.",
            ),
        ),
        migrations.RunPython(write_pairs, migrations.RunPython.noop),
    ]
