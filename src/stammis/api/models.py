"""What the API remembers of its callers: requests in a minute, answers under an Idempotency-Key."""

from __future__ import annotations

from django.db import models

from stammis.staff.models import ApiKey


class Minute(models.Model):
    """How many requests a key with a limit has made in a minute. Rows of past minutes are swept."""

    pk = models.CompositePrimaryKey("key_id", "minute")
    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, db_index=False, related_name="+", db_comment="The key.")
    minute = models.BigIntegerField(db_comment="Whole minutes since 1970, real time.")
    used = models.IntegerField(db_comment="Requests made in it.")

    class Meta:
        """Few rows: only keys with a limit have any."""

        db_table_comment = "Requests of rate-limited keys by minute."


class Remembered(models.Model):
    """The answer to a write that came with an Idempotency-Key."""

    pk = models.CompositePrimaryKey("key_id", "idempotency_key")
    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, db_index=False, related_name="+", db_comment="Whose.")
    idempotency_key = models.TextField(db_comment="The caller's Idempotency-Key.")
    hash = models.BinaryField(db_comment="SHA-256 of method, address and body.")
    status = models.SmallIntegerField(db_comment="The HTTP status of the first answer.")
    body = models.TextField(db_comment="The first answer.")
    at = models.DateTimeField(auto_now_add=True, db_comment="Real time of the first answer.")

    class Meta:
        """Only 2xx answers are kept."""

        db_table_comment = "First answers to writes with an Idempotency-Key."
