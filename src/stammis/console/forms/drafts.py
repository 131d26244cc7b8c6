"""Forms about drafts: beginning one, publishing one, going back to an earlier version."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class BeginForm(forms.Form):
    """What a draft is called."""

    name = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PublishForm(forms.Form):
    """From which day it holds, and why."""

    begins = forms.DateField(
        label=gettext_lazy("Begins on"),
        required=False,
        help_text=gettext_lazy("From its first minute in the programme's zone. Empty: at once."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Why this version? It stands in the history."),
    )


class TextForm(forms.Form):
    """A draft as a file."""

    text = forms.CharField(
        label=gettext_lazy("The programme as a file"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
