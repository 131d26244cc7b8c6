"""Members, guests and pools: their records, what identifies them, who shares, the words by which they are found."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from stammis.kit.ids import uuid7
from stammis.programmes.models import Programme


class Member(models.Model):
    """Somebody who takes part (``member``), or bought without taking part (``guest``), or an account of several."""

    class Kind(models.TextChoices):
        """Only members are counted as such. Guests earn nothing; merged accounts go on in another."""

        MEMBER = "member"
        GUEST = "guest"
        MERGED = "merged"
        HOUSEHOLD = "household"
        COMPANY = "company"
        CHARITY = "charity"

    id = models.UUIDField(
        primary_key=True, default=uuid7, db_comment="Id that sorts by time; begins the keys of all rows."
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, db_index=False, related_name="+", db_comment="The programme taken part in."
    )
    reference = models.TextField(null=True, db_comment="The caller's own id of the member; null for guests.")
    kind = models.TextField(choices=Kind.choices, db_comment="member, guest, merged, household, company or charity.")
    email = models.TextField(null=True, db_comment="Mail address as given.")
    phone = models.TextField(null=True, db_comment="Phone number as given.")
    name = models.TextField(null=True, db_comment="Name as given.")
    birthday = models.DateField(null=True, db_comment="Date of birth.")
    locale = models.TextField(null=True, db_comment="Language tag, such as fi or en-GB.")
    joined_at = models.DateTimeField(
        null=True, db_comment="When the member joined, as the caller says or as first seen."
    )
    attributes = models.JSONField(default=dict, db_comment="The caller's own facts; rules may read them.")
    labels = ArrayField(models.TextField(), default=list, db_comment="Labels; rules may read them.")
    consents = models.JSONField(default=dict, db_comment="What the member agreed to.")
    created_at = models.DateTimeField(db_comment="When the row was made, by the installation's clock.")
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="merged",
        db_comment="The account in which this one goes on; null: it is on its own.",
    )

    class Meta:
        """One row a person, small beside what the person does."""

        db_table_comment = "Members and guests."
        indexes: ClassVar = [
            models.Index(
                fields=["programme", "reference"], condition=models.Q(kind="member"), name="members_member_by_reference"
            ),
            # A newcomer has no labels, so what enrols in passing writes nothing here.
            GinIndex(fields=["labels"], condition=~models.Q(labels=[]), name="members_member_by_label"),
        ]


class Identity(models.Model):
    """What leads to a member: the caller's id, or a guest's mail address."""

    class Kind(models.TextChoices):
        """Which kind of thing it is."""

        ID = "id"
        GUEST = "guest"

    pk = models.CompositePrimaryKey("programme_id", "kind", "value")
    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        db_comment="The programme it is unique in.",
    )
    kind = models.TextField(
        choices=Kind.choices, db_comment="id: the caller's id; guest: a guest's address in lower case."
    )
    value = models.TextField(db_comment="The id or the address.")
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, db_constraint=False, related_name="identities", db_comment="Whose it is."
    )

    class Meta:
        """Keyed by its own value: it is how a member is found."""

        db_table_comment = "What leads to a member."


class Membership(models.Model):
    """A member's part in a pool (a household or a company), as it is now; joining and leaving are events."""

    pk = models.CompositePrimaryKey("member_id", "pool_id")
    member = models.ForeignKey(
        Member,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="memberships",
        db_comment="Who takes part.",
    )
    pool = models.ForeignKey(
        Member, on_delete=models.CASCADE, db_constraint=False, related_name="parts", db_comment="The pool."
    )
    share = models.SmallIntegerField(db_comment="Per cent of what the member earns that goes to the pool.")
    rights = ArrayField(models.TextField(), db_comment="earn, spend, view.")
    joined_at = models.DateTimeField(db_comment="When the member joined, by the installation's clock.")

    class Meta:
        """Keyed by its member, as all that is theirs."""

        db_table_comment = "Who takes part in which pool."


class Word(models.Model):
    """A word of a member's name, mail address, phone number or id, in lower case; two words of a name after a space."""

    pk = models.CompositePrimaryKey("member_id", "word")
    member = models.ForeignKey(
        Member,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        db_comment="Whose word.",
    )
    word = models.TextField(
        db_collation="C",
        db_comment="The word, in lower case, without accents; or two words of the name, after and between spaces.",
    )
    programme = models.ForeignKey(
        Programme,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        db_comment="Programme.",
    )

    class Meta:
        """The search reads a short stretch of its index, however many members there are."""

        db_table_comment = "Words by which members are found."
        indexes: ClassVar = [models.Index(fields=["programme", "word", "member"], name="members_word_found")]
