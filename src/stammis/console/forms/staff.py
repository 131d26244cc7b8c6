"""Forms about people, their passwords and API keys."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stammis.programmes.models import Programme
from stammis.staff.models import Role
from stammis.staff.services import SCOPES


class SignInForm(forms.Form):
    """Mail address and password."""

    email = forms.EmailField(
        label=_("Mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class ForgottenForm(forms.Form):
    """The mail address to send a link to."""

    email = forms.EmailField(
        label=_("Mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )


class PasswordForm(forms.Form):
    """A new password; the services judge its strength."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 10 characters. A few words in a row are easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )


class InvitationForm(forms.Form):
    """Somebody to invite."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(label=_("Mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER)


class RoleForm(forms.Form):
    """Another role."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class ProgrammeField(forms.ModelChoiceField):  # type: ignore[type-arg] # it takes a type only for the checker
    """One of the programmes, by its name."""

    def label_from_instance(self, obj: Programme) -> str:
        """Give the programme's name."""
        return obj.name


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=100,
        help_text=_("For example: web shop, till in Turku, data export."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=[(scope, scope) for scope in SCOPES],
        required=False,
        help_text=_("Choose none to allow everything."),
        widget=forms.CheckboxSelectMultiple,
    )
    rate_per_minute = forms.IntegerField(
        label=_("Requests a minute"), min_value=1, max_value=1_000_000, required=False, help_text=_("Empty: no limit.")
    )
    programme = ProgrammeField(
        Programme.objects.order_by("name"),
        label=_("For which programme?"),
        required=False,
        empty_label=_("All programmes"),
    )

    def __init__(self, *args: Any, programmes: list[Programme], **kwargs: Any) -> None:
        """Ask for the programme only where there are several."""
        super().__init__(*args, **kwargs)
        if len(programmes) < 2:  # noqa: PLR2004 - nothing to choose from
            self.fields["programme"].widget = forms.HiddenInput()
