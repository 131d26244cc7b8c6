"""All writes about staff: people and their passwords, sign-in, API keys, audit."""

from __future__ import annotations

from stammis.staff.services.audit import record_audit
from stammis.staff.services.keys import SCOPES, authenticate_key, create_key, remembered_key, revoke_key
from stammis.staff.services.people import (
    Invitation,
    LastOwner,
    LinkEnded,
    MailTaken,
    accept,
    change_role,
    choose_locale,
    disable,
    enable,
    found,
    invite,
    link_owner,
    reset,
)
from stammis.staff.services.sign_in import LOCKOUT, Locked, WrongPassword, check_password

__all__ = [
    "LOCKOUT",
    "SCOPES",
    "Invitation",
    "LastOwner",
    "LinkEnded",
    "Locked",
    "MailTaken",
    "WrongPassword",
    "accept",
    "authenticate_key",
    "change_role",
    "check_password",
    "choose_locale",
    "create_key",
    "disable",
    "enable",
    "found",
    "invite",
    "link_owner",
    "record_audit",
    "remembered_key",
    "reset",
    "revoke_key",
]
