"""Forms about drafts: beginning one, publishing one, going back to an earlier version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from stammis.console import formats
from stammis.kit.holidays import countries, public_holidays


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


class HolidaysForm(forms.Form):
    """Whose public holidays to add as a list of days, and of which years."""

    country = forms.ChoiceField(label=gettext_lazy("Country"))
    subdivision = forms.CharField(
        label=gettext_lazy("State or province"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("Its code, such as BY for Bavaria."),
    )
    first = forms.IntegerField(label=gettext_lazy("From the year"), min_value=1900, max_value=2200)
    last = forms.IntegerField(label=gettext_lazy("To the year"), min_value=1900, max_value=2200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the countries by their names in the reader's language."""
        super().__init__(*args, **kwargs)
        named = ((code, formats.reader().territories.get(code, code)) for code in countries())
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("Choose")), *sorted(named, key=lambda one: one[1])]

    def days(self) -> dict[str, list[str]]:
        """Give the list by its name, the country's code. Raises NoHolidays."""
        said = self.cleaned_data
        found = public_holidays(said["country"], said["first"], said["last"], said["subdivision"])
        name = "-".join(part.lower() for part in (said["country"], said["subdivision"]) if part)
        return {name: [day.isoformat() for day, _ in found]}


class TextForm(forms.Form):
    """A draft as a file."""

    text = forms.CharField(
        label=gettext_lazy("The programme as a file"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
