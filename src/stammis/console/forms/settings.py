"""Forms of the settings page."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammis.core.currencies import DECIMALS
from stammis.programmes.services.rates import RATE


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


class RateForm(forms.Form):
    """What a currency is worth from a day on."""

    currency = forms.CharField(
        label=gettext_lazy("Currency"), max_length=3, help_text=gettext_lazy("Three letters, such as ZAR.")
    )
    on = forms.DateField(
        label=gettext_lazy("From the day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    rate = forms.CharField(label=gettext_lazy("Rate"), max_length=24)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        """Take the programme's own currency."""
        super().__init__(*args, **kwargs)
        self.own = currency
        self.fields["rate"].help_text = _("Units of that currency for 1 %(currency)s.") % {"currency": currency}

    def clean_currency(self) -> str:
        """Refuse what is no currency, and the programme's own."""
        currency = str(self.cleaned_data["currency"]).strip().upper()
        if currency not in DECIMALS or currency == self.own:
            raise forms.ValidationError(_("This is no other currency."))
        return currency

    def clean_rate(self) -> str:
        """Refuse what is no number above zero."""
        rate = str(self.cleaned_data["rate"]).strip()
        if re.search(RATE, rate) is None or not float(rate):
            raise forms.ValidationError(_("A number above zero with a point, such as 17 or 1.0842."))
        return rate
