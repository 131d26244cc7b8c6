"""What happened: events in the order in which they were decided, receipts for their ids, and what waits."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from stammis.kit.ids import uuid7
from stammis.kit.links import link
from stammis.members.models import Member
from stammis.programmes.models import Programme


class Event(models.Model):
    """Something that happened to a member, as it was said."""

    class Kind(models.TextChoices):
        """The events of ``stammis.core.events``."""

        PURCHASE = "purchase"
        STATUS = "status"
        RETURN = "return"
        EVENT = "event"
        REDEMPTION = "redemption"
        REDEMPTION_CANCELLED = "redemption_cancelled"
        ADJUSTMENT = "adjustment"
        LEVEL = "level"
        HOLD = "hold"
        HOLD_CAPTURED = "hold_captured"
        HOLD_RELEASED = "hold_released"
        EXTENSION = "extension"
        PENDING = "pending"
        PENDING_RESTORED = "pending_restored"
        MEMBER = "member"
        DAY = "day"
        TRANSFER = "transfer"
        RECEIVED = "received"
        EXCHANGE = "exchange"
        BALANCE = "balance"
        POOL = "pool"
        MERGED = "merged"
        UNMERGED = "unmerged"
        CLAIMED = "claimed"

    pk = models.CompositePrimaryKey("member_id", "seq")
    member = link(Member, "Member.")
    seq = models.IntegerField(db_comment="1, 2, … in the order in which the member's events were decided.")
    kind = models.TextField(choices=Kind.choices, db_comment="What kind of event.")
    occurred_at = models.DateTimeField(db_comment="When it happened, by the caller's clock.")
    recorded_at = models.DateTimeField(db_comment="When it was recorded, by the installation's clock.")
    arrival = models.BigIntegerField(
        db_comment="Rises in the order in which the events of all members were decided; budgets were drawn on in it."
    )
    programme = link(Programme, "Programme.")
    external_id = models.TextField(null=True, db_comment="The caller's id of the event; null where it has none.")
    purchase_id = models.TextField(null=True, db_comment="Returns and statuses: the caller's id of the purchase.")
    gross_minor = models.BigIntegerField(null=True, db_comment="Purchases: sum of line amounts, in minor units.")
    currency = models.CharField(max_length=3, null=True, db_comment="Purchases: ISO 4217.")
    body = models.TextField(db_comment="The event as JSON: amounts in minor units, quantities in millionths.")

    class Meta:
        """Append-only: a trigger and missing rights refuse changes."""

        db_table_comment = "What happened, in order, once; append-only."
        indexes: ClassVar = [
            # metrics read purchases of a period from this index alone, without a body
            models.Index(
                fields=["programme", "occurred_at"],
                include=["member", "gross_minor", "currency", "external_id"],
                condition=Q(kind="purchase"),
                name="activity_event_purchases",
            ),
        ]


class Receipt(models.Model):
    """An id of the caller's that was accepted: where it led, and the hash of what was said under it."""

    pk = models.CompositePrimaryKey("programme_id", "kind", "external_id")
    programme = link(Programme, "Programme.")
    kind = models.TextField(db_comment="Which kind of id.")
    external_id = models.TextField(db_comment="The caller's id.")
    member = link(Member, "Member.")
    seq = models.IntegerField(db_comment="Number of the member's event that answered it.")
    status = models.SmallIntegerField(db_comment="The HTTP status of the first answer.")
    hash = models.BinaryField(null=True, db_comment="Hash of the body; null where the source gives none.")

    class Meta:
        """Keyed by the caller's id: it routes, answers repeats and refuses the same id with another body."""

        db_table_comment = "Ids that were accepted, each once."


class Deferred(models.Model):
    """A return or a status that came before its purchase: kept, and applied when that arrives."""

    class State(models.TextChoices):
        """Refused ones are listed, and their id is free again."""

        WAITING = "waiting"
        APPLIED = "applied"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid7, db_comment="Id that sorts by time of arrival.")
    programme = link(Programme, "Programme.")
    kind = models.TextField(db_comment="return or status.")
    external_id = models.TextField(null=True, db_comment="The caller's id of a return; null for a status.")
    purchase_id = models.TextField(db_comment="The caller's id of the purchase waited for.")
    occurred_at = models.DateTimeField(db_comment="When it happened, by the caller's clock.")
    arrived_at = models.DateTimeField(db_comment="When it arrived, by the installation's clock.")
    hash = models.BinaryField(null=True, db_comment="Hash of the body.")
    body = models.TextField(db_comment="The event as JSON.")
    state = models.TextField(choices=State.choices, default=State.WAITING, db_comment="waiting, applied or refused.")
    code = models.TextField(null=True, db_comment="Why it was refused: a stable code.")
    detail = models.JSONField(default=dict, db_comment="What else there is to know about the refusal.")
    settled_at = models.DateTimeField(null=True, db_comment="When it was applied or refused.")

    class Meta:
        """Few rows."""

        db_table_comment = "Returns and statuses that came before their purchase."
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "kind", "external_id"], condition=Q(state="waiting"), name="activity_deferred_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["programme", "purchase_id", "id"],
                condition=Q(state="waiting"),
                name="activity_deferred_waiting",
            ),
            models.Index(fields=["programme", "id"], name="activity_deferred_listed"),
        ]
