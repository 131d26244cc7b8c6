"""Runs of imports, and the rows that could not be taken in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from stammis.kit.ids import uuid7
from stammis.programmes.models import Programme


class Run(models.Model):
    """A file that is or was read in."""

    class Kind(models.TextChoices):
        """What the file holds."""

        MEMBERS = "members", _("Members")
        PURCHASES = "purchases", _("Purchases")
        BALANCES = "balances", _("Balances")
        SAMPLE = "sample", _("Sample company")

    class State(models.TextChoices):
        """How far it is; a run that was interrupted stays ``running`` until the same file is read again."""

        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")

    id = models.UUIDField(primary_key=True, default=uuid7, db_comment="Id that sorts by time.")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="+", db_comment="The programme that took the file in."
    )
    kind = models.TextField(choices=Kind.choices, db_comment="members, purchases, balances or sample.")
    file_name = models.TextField(db_comment="The file's name, without its folder.")
    state = models.TextField(
        choices=State.choices, default=State.RUNNING, db_comment="running, done, failed or stopped."
    )
    started_at = models.DateTimeField(db_comment="When it began, in real time.")
    finished_at = models.DateTimeField(null=True, db_comment="When it ended, in real time.")
    started_by = models.TextField(db_comment="Who began it: a mail address or the command line.")
    accepted = models.BigIntegerField(default=0, db_comment="Members or events that were new and were taken in.")
    repeated = models.BigIntegerField(default=0, db_comment="Those that had been taken in before.")
    refused = models.BigIntegerField(default=0, db_comment="Those that were refused or could not be read.")
    positions = ArrayField(
        models.BigIntegerField(), default=list, db_comment="How many pieces of each part of the work are behind it."
    )
    size = models.BigIntegerField(
        default=0, db_comment="What the position of a file leads to, in bytes or rows; 0: not known."
    )
    stopping = models.BooleanField(
        default=False, db_comment="Whether somebody wants it to stop; heeded after the piece that is being read."
    )
    message = models.TextField(default="", db_comment="Why it failed, in English.")
    wording = models.JSONField(null=True, db_comment="How that sentence was made, for other languages.")

    class Meta:
        """Few rows."""

        db_table_comment = "Files that are or were read in."
        indexes: ClassVar = [models.Index(fields=["programme", "id"], name="imports_run_listed")]


class BadRow(models.Model):
    """A row of a file that could not be taken in, and why."""

    pk = models.CompositePrimaryKey("run_id", "number")
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="bad_rows", db_index=False, db_comment="The run that met it."
    )
    number = models.BigIntegerField(db_comment="1, 2, … in the order in which they were met.")
    line = models.BigIntegerField(db_comment="Line of the file, from 1.")
    field = models.TextField(db_comment="Column; empty: the row as a whole.")
    code = models.TextField(db_comment="What is wrong: a stable code.")
    message = models.TextField(db_comment="What is wrong, as a sentence in English.")
    wording = models.JSONField(null=True, db_comment="How that sentence was made, for other languages.")
    raw = models.TextField(default="", db_comment="The id or the beginning of the row as it stands in the file.")

    class Meta:
        """As many as were met."""

        db_table_comment = "Rows of files that could not be taken in."
