"""The ledger: every movement of points."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from stammis.kit.links import link
from stammis.members.models import Member
from stammis.programmes.models import Programme


class Entry(models.Model):
    """One movement of points in a member's wallet."""

    class Kind(models.TextChoices):
        """Why the points moved."""

        EARN = "earn"
        SPEND = "spend"
        RETURN = "return"
        RESTORE = "restore"
        EXPIRE = "expire"
        ADJUST = "adjust"
        TRANSFER_IN = "transfer_in"
        TRANSFER_OUT = "transfer_out"
        HOLD = "hold"
        RELEASE = "release"

    pk = models.CompositePrimaryKey("member_id", "row")
    member = link(Member, "Member.")
    row = models.IntegerField(db_comment="1, 2, … in the order in which the member's rows were posted.")
    seq = models.IntegerField(db_comment="Number of the member's event that moved the points.")
    reverses = models.IntegerField(null=True, db_comment="Row that this one takes back, restores or settles.")
    amount = models.BigIntegerField(db_comment="Points in the wallet's smallest unit; negative: taken.")
    running = models.BigIntegerField(db_comment="Balance of the wallet after this row: active and held.")
    opened = models.BigIntegerField(null=True, db_comment="Points in the lot that this row opened; null: no lot.")
    occurred_at = models.DateTimeField(db_comment="When the points moved, as the programme counts.")
    posted_at = models.DateTimeField(db_comment="When the row was written, by the installation's clock.")
    ends_at = models.DateTimeField(
        null=True, db_comment="From when the points of this row's lot are gone; null: never."
    )
    programme = link(Programme, "Programme.")
    wallet = models.TextField(db_comment="The wallet's id in the programme.")
    kind = models.TextField(choices=Kind.choices, db_comment="Why the points moved.")
    source_kind = models.TextField(db_comment="Kind of the event that moved them.")
    source_id = models.TextField(null=True, db_comment="The caller's id of that event; null where it has none.")
    lots = models.TextField(null=True, db_comment="JSON: lots taken from or given back to, each [row, amount, end].")

    pending = models.TextField(
        null=True,
        db_comment="Moves pending points only: what they wait for, as JSON; null: active ones.",
    )
    shortfall = models.BigIntegerField(
        null=True, db_comment="What a reversal should have taken besides and could not; null: nothing."
    )

    class Meta:
        """Append-only: a trigger and missing rights refuse changes."""

        db_table_comment = "Every movement of points; append-only."
        indexes: ClassVar = [BrinIndex(fields=["posted_at"], name="ledger_entry_posted")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["earn", "restore", "release"], amount__gt=0)
                | Q(kind__in=["spend", "return", "expire", "hold"], amount__lt=0)
                | (Q(kind__in=["adjust", "transfer_in", "transfer_out"]) & ~Q(amount=0)),
                name="ledger_entry_sign",
            ),
            # what is captured of a hold was put aside before a return made debt
            models.CheckConstraint(
                condition=~Q(kind="spend") | Q(running__gte=0) | Q(reverses__isnull=False), name="ledger_entry_covered"
            ),
            models.CheckConstraint(
                condition=Q(opened__isnull=True) | Q(opened__gte=0, amount__gt=0, opened__lte=F("amount")),
                name="ledger_entry_opened",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | Q(reverses__lt=F("row")), name="ledger_entry_reverses"
            ),
        ]


class Closing(models.Model):
    """Up to when days are closed: nothing is posted into them any more. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1, db_comment="Always 1.")
    ends_at = models.DateTimeField(db_comment="Rows are posted at this instant or later.")

    class Meta:
        """One row."""

        db_table_comment = "Up to when the ledger's days are closed; one row."
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="ledger_closing_one")]


class Seal(models.Model):
    """A link of the chain: the rows of a closed day, told by a hash that holds the hash of the link before."""

    number = models.IntegerField(primary_key=True, db_comment="1, 2, … without a gap.")
    first_at = models.DateTimeField(null=True, db_comment="Rows posted from here on; null: from the beginning.")
    ends_at = models.DateTimeField(db_comment="Rows posted before this instant.")
    rows = models.BigIntegerField(db_comment="So many rows.")
    digest = models.TextField(db_comment="SHA-256 of the rows as text, in hex.")
    hash = models.TextField(db_comment="SHA-256 of the link: number, time, rows, digest and the hash before, in hex.")
    form = models.SmallIntegerField(default=1, db_comment="How rows are written as text.")
    sealed_at = models.DateTimeField(db_comment="When it was sealed, by the installation's clock.")

    class Meta:
        """Append-only: a trigger and missing rights refuse changes."""

        db_table_comment = "The chain of hashes over the ledger's days; append-only."
