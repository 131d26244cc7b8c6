"""People who run the installation."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    AGENT = "agent", _("Agent")
    VIEWER = "viewer", _("Viewer")


class People(BaseUserManager["Person"]):
    """Finds people by their mail address, as Django's sign-in asks."""


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
