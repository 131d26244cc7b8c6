"""Issued rewards with their codes, and how many of each reward went out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from stammis.kit.links import link
from stammis.members.models import Member
from stammis.programmes.models import Programme


class Issued(models.Model):
    """A reward that a member took."""

    class State(models.TextChoices):
        """Whether it is still good."""

        ISSUED = "issued"
        USED = "used"
        CANCELLED = "cancelled"

    pk = models.CompositePrimaryKey("member_id", "redemption")
    member = link(Member, "Member.")
    redemption = models.TextField(db_comment="The caller's id of the redemption.")
    programme = link(Programme, "Programme.")
    reward = models.TextField(db_comment="The reward's id in the programme.")
    quantity = models.IntegerField(db_comment="How many.")
    code = models.TextField(db_comment="The code that the member shows.")
    wallet = models.TextField(db_comment="The wallet that paid.")
    amount = models.BigIntegerField(db_comment="What it cost, in the wallet's smallest unit.")
    state = models.TextField(choices=State.choices, db_comment="issued, used or cancelled.")
    purchase_id = models.TextField(null=True, db_comment="The purchase in which it was used.")
    issued_at = models.DateTimeField(db_comment="When it was issued, by the caller's clock.")
    moved_at = models.DateTimeField(db_comment="When its state last changed, by the installation's clock.")
    body = models.TextField(db_comment="The issued reward as JSON, as the engine reads it.")

    class Meta:
        """Codes are unique in a programme."""

        db_table_comment = "Rewards that members took."
        indexes: ClassVar = [models.Index(fields=["programme", "-issued_at"], name="rewards_issued_listed")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "code"], name="rewards_issued_code"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="rewards_issued_quantity"),
        ]


class Stock(models.Model):
    """How many of a reward went out and were not given back."""

    pk = models.CompositePrimaryKey("programme_id", "reward")
    programme = link(Programme, "Programme.")
    reward = models.TextField(db_comment="The reward's id in the programme.")
    issued = models.BigIntegerField(
        default=0, db_comment="Issued and not cancelled; what is left is the document's stock less this."
    )

    class Meta:
        """A row a reward, locked while one is issued."""

        db_table_comment = "How many of each reward went out."
        constraints: ClassVar = [models.CheckConstraint(condition=Q(issued__gte=0), name="rewards_stock_issued")]


class Drawn(models.Model):
    """What was drawn from a budget in one period."""

    pk = models.CompositePrimaryKey("programme_id", "budget", "store", "period")
    programme = link(Programme, "Programme.")
    budget = models.TextField(db_comment="The budget's id in the programme.")
    store = models.TextField(
        db_comment="Whose budget it is: a store, or the internal id of a household or of a member in none; else empty."
    )
    period = models.IntegerField(
        db_comment="Ten times the first day of the period (counted from 1 January of the year 1) and its kind: "
        "0 a day, 1 a week, 2 a month, 3 a year. 0: ever."
    )
    points = models.BigIntegerField(
        default=0,
        db_comment="Given and not taken back, in the wallet's smallest unit.",
    )

    class Meta:
        """A row a budget and period, locked while an event may draw on it."""

        db_table_comment = "What rules gave out of each budget."
