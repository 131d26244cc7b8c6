"""Forms of the settings page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class ClockForm(forms.Form):
    """The day to which the installation's own clock moves."""

    to = forms.DateField(
        label=gettext_lazy("To the beginning of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, now: dt.datetime, **kwargs: Any) -> None:
        """Take the present time, in the zone in which the day is meant."""
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_to(self) -> dt.date:
        """Refuse a day that has begun: the clock only moves forward."""
        to: dt.date = self.cleaned_data["to"]
        if to <= self.now.date():
            raise forms.ValidationError(_("The clock only moves forward: choose a day after today."))
        return to
