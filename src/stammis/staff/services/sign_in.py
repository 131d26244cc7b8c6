"""Checking a password, with a door that locks for a while after too many wrong ones."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth import authenticate
from django.db import transaction

from stammis.kit.clock import real_now
from stammis.kit.errors import Problem
from stammis.staff.models import Person, SignInFailure
from stammis.staff.services.audit import record_audit

LOCKOUT = dt.timedelta(minutes=15)
MOST_BY_MAIL = 5
MOST_BY_ORIGIN = 50


class WrongPassword(Problem):
    """Mail address and password do not belong together."""

    code = "wrong_password"
    status = 401


class Locked(Problem):
    """There were too many failed sign-ins. Wait a while, or ask for a new password."""

    code = "locked"
    status = 429


def check_password(email: str, password: str, *, origin: str) -> Person:
    """Give the person with this mail address and password; ``origin`` is the network address asking.

    Raises WrongPassword, and Locked after 5 failures in a row for the mail address or 50 from the origin, each within
    15 minutes of the one before; a locked door does not even look at the password.
    """
    email = email.strip().lower()
    subjects = {f"mail:{email}"[:320]: MOST_BY_MAIL, f"origin:{origin}"[:320]: MOST_BY_ORIGIN}
    since = real_now() - LOCKOUT
    for failure in SignInFailure.objects.filter(subject__in=subjects, last_at__gt=since):
        if failure.failures >= subjects[failure.subject]:
            raise Locked
    person = authenticate(None, username=email, password=password)
    if not isinstance(person, Person):
        _count_failure(email, list(subjects))
        raise WrongPassword
    SignInFailure.objects.filter(subject=f"mail:{email}"[:320]).delete()
    record_audit(person.email, "staff.sign_in", origin=origin)
    return person


def forgive(email: str) -> None:
    """Open the door again for this mail address: its owner has proven to own it."""
    SignInFailure.objects.filter(subject=f"mail:{email}"[:320]).delete()


@transaction.atomic
def _count_failure(email: str, subjects: list[str]) -> None:
    now = real_now()
    for subject in sorted(subjects):
        failure, made = SignInFailure.objects.select_for_update().get_or_create(
            subject=subject, defaults={"failures": 1, "last_at": now}
        )
        if not made:
            failure.failures = failure.failures + 1 if now - failure.last_at < LOCKOUT else 1
            failure.last_at = now
            failure.save(update_fields=["failures", "last_at"])
        if subject.startswith("mail:") and failure.failures == MOST_BY_MAIL:
            record_audit(email, "staff.locked", subject=email)
