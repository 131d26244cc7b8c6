"""Reports that take long to reckon, kept until they are wanted anew."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from stammis.programmes.models import Programme


class LiabilityReport(models.Model):
    """What was owed for points at the end of a day, as it was reckoned last."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    pk = models.CompositePrimaryKey("programme_id", "on")
    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="+", db_index=False, db_comment="Programme."
    )
    on = models.DateField(db_comment="The local day at whose end it stands; today: as far as today goes.")
    state = models.TextField(choices=State.choices, default=State.WAITING, db_comment="waiting, done or failed.")
    asked_at = models.DateTimeField(db_comment="When it was asked for, in real time.")
    reckoned_at = models.DateTimeField(null=True, db_comment="As of when the body stands, by the installation's clock.")
    body = models.TextField(null=True, db_comment="The report and the book it was reckoned from, as JSON.")
    message = models.TextField(default="", db_comment="Why it failed, in English.")
    wording = models.JSONField(null=True, db_comment="How that sentence was made, for other languages.")

    class Meta:
        """Few rows: what is old is removed."""

        db_table_comment = "Reports of what is owed for points."
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(body__isnull=False), name="insight_liability_body"
            )
        ]
