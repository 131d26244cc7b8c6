"""People who run the installation, the keys of programs, and what either did."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from stammis.kit.ids import uuid7
from stammis.programmes.models import Programme


class Role(models.TextChoices):
    """What a person may do."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    AGENT = "agent", _("Agent")
    VIEWER = "viewer", _("Viewer")


class People(BaseUserManager["Person"]):
    """Finds people by their mail address, as Django's sign-in asks."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """Give the person with this mail address, however it is capitalised."""
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Somebody who signs in to the console."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, db_comment="Random id.")
    email = models.EmailField(unique=True, db_comment="Mail address, in lower case; the sign-in name.")
    name = models.CharField(max_length=200, db_comment="The person's name.")
    role = models.CharField(max_length=20, choices=Role.choices, db_comment="What the person may do.")
    is_active = models.BooleanField(default=True, db_comment="Whether the person may sign in.")
    created_at = models.DateTimeField(auto_now_add=True, db_comment="When the person was invited.")
    locale = models.CharField(max_length=5, default="", blank=True, db_comment="Chosen language; empty: the browser's.")

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        """Installation-wide."""

        db_table_comment = "People who run the installation."


class Link(models.Model):
    """A link sent by mail that lets a person choose a password, once."""

    class Purpose(models.TextChoices):
        """Why the link was sent."""

        INVITATION = "invitation"
        RESET = "reset"

    hash = models.BinaryField(primary_key=True, db_comment="SHA-256 of the random token in the link.")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links", db_comment="Whose link.")
    purpose = models.CharField(max_length=20, choices=Purpose.choices, db_comment="Why it was sent.")
    made_at = models.DateTimeField(db_comment="Real time at which it was made.")
    ends_at = models.DateTimeField(db_comment="Real time from which it no longer works.")
    used_at = models.DateTimeField(null=True, db_comment="When it was used, or replaced by a newer one.")

    class Meta:
        """Installation-wide."""

        db_table_comment = "Links by which people choose their passwords."


class SignInFailure(models.Model):
    """Failed sign-ins in a row, by mail address and by origin."""

    subject = models.CharField(primary_key=True, max_length=320, db_comment="mail:… or origin:…")
    failures = models.IntegerField(db_comment="How many in a row, no two more than the lockout apart.")
    last_at = models.DateTimeField(db_comment="Real time of the last one.")

    class Meta:
        """Installation-wide."""

        db_table_comment = "Failed sign-ins in a row; enough of them lock the door for a while."


class ApiKey(models.Model):
    """A program's key: only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_comment="Id that sorts by time.")
    name = models.CharField(max_length=100, db_comment="What the key is for, in its maker's words.")
    prefix = models.CharField(max_length=20, db_comment="The key's beginning, to recognise it by.")
    hash = models.BinaryField(unique=True, db_comment="SHA-256 of the key, which is 256 random bits.")
    scopes = ArrayField(models.CharField(max_length=40), db_comment="What the key may do.")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, db_comment="The only programme it may name; null: all."
    )
    rate_per_minute = models.PositiveIntegerField(null=True, db_comment="Requests a minute; null: no limit.")
    created_at = models.DateTimeField(db_comment="Real time at which it was made.")
    created_by = models.CharField(max_length=320, db_comment="Who made it.")
    last_used_on = models.DateField(null=True, db_comment="The last day (UTC, real time) on which it was used.")
    revoked_at = models.DateTimeField(null=True, db_comment="Real time from which it no longer works.")

    class Meta:
        """Installation-wide."""

        db_table_comment = "Keys of the programs that call the API."


class AdjustmentLimit(models.Model):
    """How many points somebody may give or take by hand at once; above it, a second person has to agree."""

    role = models.CharField(
        primary_key=True, max_length=20, db_comment="owner, manager or agent; key: programs without adjustments:large."
    )
    points = models.BigIntegerField(db_comment="The most at once, in whole points of any wallet.")

    class Meta:
        """Installation-wide; a role without a row has no limit."""

        db_table_comment = "Limits for points given or taken by hand."


class Audit(models.Model):
    """What a person or a program did: written once, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_comment="Id that sorts by time.")
    at = models.DateTimeField(db_comment="Real time.")
    who = models.CharField(max_length=320, db_comment="The person's mail address, a key's name, or «command line».")
    what = models.CharField(max_length=60, db_comment="What was done: room.verb.")
    subject = models.CharField(max_length=320, default="", db_comment="To whom or what it was done.")
    detail = models.JSONField(default=dict, db_comment="What else there is to know; no secrets.")

    class Meta:
        """Installation-wide."""

        db_table_comment = "Who did what; append-only."
        indexes: ClassVar = [models.Index(fields=["who", "id"], name="staff_audit_who")]
