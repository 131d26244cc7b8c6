"""Programmes, their published versions, and the drafts of the next ones."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

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


class Rate(models.Model):
    """What a currency is worth from a day on: the latest on or before a purchase's day holds for it."""

    pk = models.CompositePrimaryKey("programme_id", "currency", "on")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="rates", db_comment="Whose rate.", db_index=False
    )
    currency = models.CharField(max_length=3, db_comment="ISO 4217; not the programme's own.")
    on = models.DateField(db_comment="The first local day on which it holds.")
    rate = models.TextField(db_comment="Units of that currency for 1 of the programme's, as decimal text.")
    set_at = models.DateTimeField(db_comment="By the installation's clock.")
    set_by = models.TextField(db_comment="Who set it: a mail address or a key's name.")

    class Meta:
        """What was decided by a rate keeps it: changing it changes nothing of the past."""

        db_table_comment = "Rates of currencies, from a day on."


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


class Draft(models.Model):
    """A change of a programme in the making: written by some, approved by somebody else, then published."""

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        DISCARDED = "discarded", _("Discarded")

    id = models.UUIDField(primary_key=True, default=uuid7, db_comment="Id that sorts by time.")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="drafts", db_comment="Which programme it would change."
    )
    name = models.TextField(db_comment="What its authors call it.")
    state = models.TextField(
        choices=State.choices, default=State.DRAFT, db_comment="draft, in_review, approved, published or discarded."
    )
    document = models.JSONField(db_comment="The document as it is now; it may have mistakes.")
    base = models.IntegerField(db_comment="The number of the version that it began with.")
    steps = models.IntegerField(db_comment="How many steps it has; the number of the last.")
    version = models.IntegerField(null=True, db_comment="The number of the version that it was published as.")
    begun_at = models.DateTimeField(db_comment="When it was begun, by the installation's clock.")
    changed_at = models.DateTimeField(db_comment="When its last step was made, by the installation's clock.")

    class Meta:
        """Few rows."""

        db_table_comment = "Drafts of programmes."
        indexes: ClassVar = [models.Index(fields=["programme", "-id"], name="programmes_draft_listed")]


class DraftStep(models.Model):
    """Something that somebody did with a draft; never changed."""

    class Act(models.TextChoices):
        """What was done."""

        BEGUN = "begun", _("began it")
        SAVED = "saved", _("changed it")
        UNDONE = "undone", _("took a change back")
        ASKED = "asked", _("sent it to review")
        SENT_BACK = "sent_back", _("sent it back")
        APPROVED = "approved", _("approved it")
        PUBLISHED = "published", _("published it")
        DISCARDED = "discarded", _("put it away")

    pk = models.CompositePrimaryKey("programme_id", "draft_id", "number")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="+", db_index=False, db_comment="The draft's programme."
    )
    draft = models.ForeignKey(
        Draft, on_delete=models.PROTECT, related_name="history", db_index=False, db_comment="Of which draft."
    )
    number = models.IntegerField(db_comment="1, 2, … in the order of their making.")
    act = models.TextField(
        choices=Act.choices,
        db_comment="begun, saved, undone, asked, sent_back, approved, published or discarded.",
    )
    document = models.JSONField(null=True, db_comment="The document after it; null where it changed none.")
    by = models.TextField(db_comment="Who did it: a mail address, or a key's name.")
    at = models.DateTimeField(db_comment="When, by the installation's clock.")
    note = models.TextField(default="", db_comment="What they wrote about it.")
    alone = models.BooleanField(
        default=False, db_comment="Whether it was approved by its own author, there being nobody else who may."
    )

    class Meta:
        """Append-only: a trigger refuses changes."""

        db_table_comment = "What was done with the drafts of programmes; never changed."
