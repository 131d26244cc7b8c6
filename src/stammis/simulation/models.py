"""Runs: what would have happened, asked once and kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from stammis.kit.ids import uuid7
from stammis.members.models import Member
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

    class Redemption(models.TextChoices):
        """How points are supposed to be redeemed; a curve is reckoned beside the results, which stay as observed."""

        OBSERVED = "observed"
        CURVE = "curve"

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
    redemption = models.TextField(
        choices=Redemption.choices,
        default=Redemption.OBSERVED,
        db_comment="observed, or curve: supposed beside the results by the age of points.",
    )
    response_low = models.FloatField(
        null=True, db_comment="Supposed: sales rise at least so many per cent for each per cent more points; else null."
    )
    response_high = models.FloatField(null=True, db_comment="The same, at most.")
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
    message = models.TextField(default="", db_comment="Why it failed, in English.")
    wording = models.JSONField(null=True, db_comment="How that sentence was made, for other languages.")
    pinned = models.BooleanField(default=False, db_comment="Whether it stays until somebody removes it.")
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


class Explanation(models.Model):
    """Why a member would have had more or less: worked out by the worker where others have to be folded as well."""

    class State(models.TextChoices):
        """How far it is; what was interrupted stays ``running`` until it is gone on with."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    pk = models.CompositePrimaryKey("member_id", "run_id", "other_id")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+", db_comment="Of whom it is asked.")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+", db_comment="What was tried.")
    other = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+", db_comment="Beside what it lies.")
    state = models.TextField(choices=State.choices, default=State.QUEUED, db_comment="queued, running, done or failed.")
    done = models.BigIntegerField(default=0, db_comment="So many events are folded.")
    total = models.BigIntegerField(default=0, db_comment="Of so many; 0: not known yet.")
    message = models.TextField(default="", db_comment="Why it failed, in English.")
    wording = models.JSONField(null=True, db_comment="How that sentence was made, for other languages.")
    asked_at = models.DateTimeField(db_comment="When it was asked for, in real time.")

    class Meta:
        """Few rows; what was decided lies in files beside the runs."""

        db_table_comment = "Reasons of back-tests that the worker finds out, by member."


class Correction(models.Model):
    """A wrong rule put right afterwards: what its events should have given, by member, and what was posted of it."""

    class Scope(models.TextChoices):
        """Whose difference is posted."""

        ALL = "all"
        GAINS = "gains"

    class State(models.TextChoices):
        """How far it is; one that was interrupted stays ``planning``, ``posting`` or ``undoing`` until it goes on."""

        PLANNING = "planning"
        CANCELLED = "cancelled"
        FAILED = "failed"
        DRAFT = "draft"
        DROPPED = "dropped"
        POSTING = "posting"
        POSTED = "posted"
        UNDOING = "undoing"
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, default=uuid7, db_comment="Id that sorts by time.")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="+", db_comment="Whose events are put right."
    )
    name = models.TextField(db_comment="What it is called; part of the reason that members read.")
    begins_at = models.DateTimeField(db_comment="Events from this instant on are put right.")
    ends_at = models.DateTimeField(db_comment="Events from this instant on are not any more.")
    wrong = models.IntegerField(null=True, db_comment="Number of the version that ran wrong; null: whatever decided.")
    version = models.IntegerField(null=True, db_comment="Number of the version that should have decided; else null.")
    document = models.JSONField(db_comment="The document that should have decided.")
    scope = models.TextField(choices=Scope.choices, default=Scope.ALL, db_comment="all or gains.")
    state = models.TextField(
        choices=State.choices,
        default=State.PLANNING,
        db_comment="planning, cancelled, failed, draft, dropped, posting, posted, undoing or undone.",
    )
    done = models.BigIntegerField(default=0, db_comment="Of the present work: so many members or lines are done.")
    total = models.BigIntegerField(default=0, db_comment="Of so many; 0: not known yet.")
    asked_at = models.DateTimeField(null=True, db_comment="When the present work was asked for, in real time.")
    stopping = models.BooleanField(default=False, db_comment="Whether somebody wants the planning to stop.")
    message = models.TextField(default="", db_comment="Why the present work ended early, in English; else empty.")
    wording = models.JSONField(null=True, db_comment="How that sentence was made, for other languages.")
    position = models.JSONField(
        null=True, db_comment="stammis.snapshot Position of the history that was looked at; null: not planned yet."
    )
    totals = models.JSONField(
        default=dict, db_comment="By wallet: members, gains, losses. Members listed apart; members looked at."
    )
    planned_by = models.TextField(db_comment="Who planned it: a mail address, or the command line.")
    planned_at = models.DateTimeField(db_comment="When it was planned, in real time.")
    posted_by = models.TextField(default="", db_comment="Who had it posted; empty: nobody.")
    posted_at = models.DateTimeField(null=True, db_comment="Of its adjustments, by the installation's clock.")
    undone_by = models.TextField(default="", db_comment="Who had it undone; empty: nobody.")
    undone_at = models.DateTimeField(null=True, db_comment="Of what undid them, by the installation's clock.")

    class Meta:
        """Few rows."""

        db_table_comment = "Corrections: what a wrong version gave, put right afterwards."
        indexes: ClassVar = [models.Index(fields=["programme", "-id"], name="simulation_correction_listed")]


class CorrectionLine(models.Model):
    """What a member should have more or less in a wallet, and what became of it."""

    class State(models.TextChoices):
        """Lines that are ``apart`` are listed and never posted."""

        PLANNED = "planned"
        APART = "apart"
        POSTED = "posted"
        REFUSED = "refused"
        UNDONE = "undone"

    pk = models.CompositePrimaryKey("member_id", "correction_id", "wallet")
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="+", db_comment="Whom it is posted to; one that was not merged."
    )
    correction = models.ForeignKey(
        Correction, on_delete=models.CASCADE, related_name="lines", db_comment="Of which correction."
    )
    wallet = models.TextField(db_comment="Which points.")
    amount = models.BigIntegerField(db_comment="What is missing (above zero) or too much, in the smallest unit.")
    originals = models.JSONField(db_comment="The events: [[kind, id, before, after], …].")
    state = models.TextField(
        choices=State.choices, default=State.PLANNED, db_comment="planned, apart, posted, refused or undone."
    )
    because = models.TextField(default="", db_comment="Code of why it is apart or was refused.")
    posted = models.BigIntegerField(default=0, db_comment="What was really posted; takes may come to less.")
    undone = models.BigIntegerField(default=0, db_comment="What was really posted to undo it.")

    class Meta:
        """One row for each member and wallet whom it concerns."""

        db_table_comment = "Lines of corrections, by member and wallet."
        indexes: ClassVar = [models.Index(fields=["correction", "state"], name="simulation_line_state")]
