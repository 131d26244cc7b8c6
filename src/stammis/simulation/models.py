"""Runs: what would have happened, asked once and kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from stammis.kit.ids import uuid7
from stammis.programmes.models import Programme


class Run(models.Model):
    """The history of a programme folded again, by its own versions or by others."""

    class State(models.TextChoices):
        """How far it is; a run that was interrupted stays ``running`` until it is gone on with."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Opening(models.TextChoices):
        """With what everybody begins the stretch."""

        CARRIED = "carried"
        EMPTY = "empty"

    id = models.UUIDField(primary_key=True, default=uuid7, db_comment="Id that sorts by time.")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="+", db_comment="Whose history is folded."
    )
    name = models.TextField(db_comment="What it is called: of a draft, the file or draft it came from.")
    document = models.JSONField(null=True, db_comment="The document that decides instead of what is published.")
    without = models.TextField(default="", db_comment="A rule of what is published that gives nothing; else empty.")
    begins_on = models.DateField(null=True, db_comment="First local day that counts; null: from the beginning.")
    ends_on = models.DateField(null=True, db_comment="First local day that does not count any more; null: to the end.")
    opening = models.TextField(choices=Opening.choices, default=Opening.CARRIED, db_comment="carried or empty.")
    label = models.TextField(default="", db_comment="Only members with this label; else empty.")
    sample = models.IntegerField(null=True, db_comment="Only so many members, chosen by their ids; null: all.")
    exact = models.BooleanField(default=False, db_comment="Whether every row is compared with the ledger.")
    fingerprint = models.TextField(db_comment="Hash of all that the results depend on, besides the position.")
    position = models.JSONField(null=True, db_comment="stammis.snapshot Position of the history; null: not begun.")
    compared_with = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_comment="The run by what is published, over the same; null: it is one itself, or there is none yet.",
    )
    state = models.TextField(
        choices=State.choices, default=State.QUEUED, db_comment="queued, running, done, failed or cancelled."
    )
    done = models.BigIntegerField(default=0, db_comment="So many members are folded.")
    total = models.BigIntegerField(default=0, db_comment="Of so many; 0: not known yet.")
    stopping = models.BooleanField(default=False, db_comment="Whether somebody wants it to stop.")
    message = models.TextField(default="", db_comment="Why it failed.")
    summary = models.JSONField(null=True, db_comment="What it came to, in short; null: not done.")
    begun_by = models.TextField(db_comment="Who asked for it: a mail address, or the command line.")
    begun_at = models.DateTimeField(db_comment="When it was asked for, in real time.")
    finished_at = models.DateTimeField(null=True, db_comment="When it ended, in real time.")

    class Meta:
        """Few rows; what they come to lies in files beside the snapshot."""

        db_table_comment = "Back-tests: the history folded again by these or other versions."
        indexes: ClassVar = [
            models.Index(fields=["programme", "-id"], name="simulation_run_listed"),
            models.Index(fields=["programme", "fingerprint"], name="simulation_run_known"),
        ]
