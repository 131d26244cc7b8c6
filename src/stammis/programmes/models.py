"""Programmes and their published versions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from stammis.kit.ids import uuid7


class Programme(models.Model):
    """A loyalty programme. What never changes stands here, what it promises in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_comment="Id that sorts by time.")
    slug = models.TextField(unique=True, db_comment="The document's own id of the programme.")
    name = models.TextField(db_comment="Its name in the newest version, in English where there are several.")
    currency = models.CharField(max_length=3, db_comment="ISO 4217; the same in all versions.")
    zone = models.TextField(db_comment="IANA time zone; the same in all versions.")
    created_at = models.DateTimeField(db_comment="When its first version was published, by the installation's clock.")

    class Meta:
        """Few rows."""

        db_table_comment = "Loyalty programmes."


class Version(models.Model):
    """A published document: in force from ``starts_at`` until the next version's."""

    pk = models.CompositePrimaryKey("programme_id", "number")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="versions", db_comment="Whose version.", db_index=False
    )
    number = models.IntegerField(db_comment="1, 2, … in the order of publishing.")
    document = models.JSONField(db_comment="The programme document, as it was read.")
    starts_at = models.DateTimeField(db_comment="From when it decides events, by when they occurred.")
    published_at = models.DateTimeField(db_comment="By the installation's clock.")
    published_by = models.TextField(db_comment="Who published it: a mail address, a key's name, or the command line.")
    note = models.TextField(default="", db_comment="What the publisher wrote about it.")

    class Meta:
        """Append-only: a trigger refuses changes."""

        db_table_comment = "Published versions of programmes; never changed."
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="programmes_version_number"),
        ]
