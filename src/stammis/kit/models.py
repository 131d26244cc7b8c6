"""The installation itself: one row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Installation(models.Model):
    """The one row that says which clock this installation runs on."""

    id = models.SmallIntegerField(primary_key=True, default=1, db_comment="Always 1.")
    started_at = models.DateTimeField(db_comment="Real time at which the installation was made.")
    clock_shift_us = models.BigIntegerField(
        default=0, db_comment="Own clock: microseconds to add to real time; 0 on real time."
    )
    own_clock = models.BooleanField(default=False, db_comment="Whether it runs on a clock of its own.")
    sample = models.BooleanField(default=False, db_comment="Whether it holds the sample company.")
    loading = models.BooleanField(
        default=False, db_comment="Whether the sample company is loaded in part: until its end no day passes by itself."
    )

    class Meta:
        """One row only."""

        db_table_comment = "The installation: one row."
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="kit_installation_one")]
