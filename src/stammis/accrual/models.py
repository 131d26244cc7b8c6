"""What the engine keeps: standings, decisions, where purchases stand that changed, and what waits for approval."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from stammis.kit.links import link
from stammis.members.models import Member
from stammis.programmes.models import Programme


class Standing(models.Model):
    """What a member's history amounts to. Its row is the member's lock."""

    member = models.OneToOneField(
        Member,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        db_comment="Member.",
    )
    programme = link(Programme, "Programme.")
    due_at = models.DateTimeField(null=True, db_comment="When something falls due by itself next; null: nothing.")
    state = models.TextField(db_comment="stammis.core.standing.Standing as JSON.")

    class Meta:
        """Written with every event of the member: kept in one page with room for its next version."""

        db_table_comment = "What each member's history amounts to; stammis verify proves it from the events."
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="accrual_standing_due"),
        ]


class Decision(models.Model):
    """What an event was worth, and why."""

    pk = models.CompositePrimaryKey("member_id", "seq")
    member = link(Member, "Member.")
    seq = models.IntegerField(db_comment="Number of the member's event.")
    version = models.IntegerField(db_comment="Version of the programme that decided; 0: none was in force.")
    record = models.TextField(db_comment="stammis.accrual.records.Record as JSON: grants, effects, steps, amounts.")

    class Meta:
        """Append-only: a trigger and missing rights refuse changes."""

        db_table_comment = "What each event was worth, and why; append-only."


class LevelReview(models.Model):
    """A version from whose start on all levels of its programme have been made due for a review."""

    pk = models.CompositePrimaryKey("programme_id", "number")
    programme = link(Programme, "Programme.")
    number = models.IntegerField(db_comment="Number of the version.")

    class Meta:
        """Few rows: one for each version that has begun."""

        db_table_comment = "Versions at whose start all levels were made due for a review."


class PurchaseStatus(models.Model):
    """Where a purchase stands that was not completed at first, or changed later."""

    pk = models.CompositePrimaryKey("member_id", "purchase_id")
    member = link(Member, "Member.")
    purchase_id = models.TextField(db_comment="The caller's id of the purchase.")
    state = models.TextField(db_comment="stammis.core.standing.PurchaseState as JSON.")

    class Meta:
        """A purchase that was completed at once and left alone has no row."""

        db_table_comment = "Where purchases stand that were not completed at first, or changed later."


class Approval(models.Model):
    """Points by hand above their asker's limit: posted once somebody else agrees."""

    class Act(models.TextChoices):
        """What is asked for: points given or taken, or pending points let go or taken away."""

        ADJUST = "adjust"
        RELEASE = "release"
        CANCEL = "cancel"

    class State(models.TextChoices):
        """Nothing moves while it waits."""

        WAITING = "waiting"
        APPROVED = "approved"
        REFUSED = "refused"

    pk = models.CompositePrimaryKey("member_id", "external_id")
    programme = link(Programme, "Programme.")
    member = link(Member, "Whose points would move.")
    external_id = models.TextField(db_comment="Id of the act that it becomes.")
    act = models.TextField(choices=Act.choices, default=Act.ADJUST, db_comment="adjust, release or cancel.")
    row = models.IntegerField(null=True, db_comment="Release and cancel: the row that brought the pending points.")
    wallet = models.TextField(db_comment="The wallet's id in the programme.")
    amount = models.BigIntegerField(db_comment="Points in the wallet's smallest unit; negative: taken.")
    reason = models.TextField(db_comment="Why, in the asker's words.")
    asked_by = models.TextField(db_comment="Who asked: a mail address, or a key's name.")
    asked_at = models.DateTimeField(db_comment="When, by the installation's clock.")
    state = models.TextField(choices=State.choices, default=State.WAITING, db_comment="waiting, approved or refused.")
    decided_by = models.TextField(null=True, db_comment="Who agreed or refused: never who asked.")
    decided_at = models.DateTimeField(null=True, db_comment="When, by the installation's clock.")

    class Meta:
        """Few rows."""

        db_table_comment = "Points by hand that need a second person."
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("asked_by")),
                name="accrual_approval_by_another",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["programme", "asked_at"], condition=models.Q(state="waiting"), name="accrual_approval_waiting"
            ),
        ]


class Hold(models.Model):
    """Points that are or were put aside."""

    pk = models.CompositePrimaryKey("member_id", "hold")
    member = link(Member, "Member.")
    hold = models.TextField(db_comment="The caller's id of the hold.")
    state = models.TextField(db_comment="stammis.core.standing.Hold as JSON.")

    class Meta:
        """A row a hold; a hold whose time is over reads expired even before its expiry is applied."""

        db_table_comment = "Points put aside: open, captured, released or expired holds."
