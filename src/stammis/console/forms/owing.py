"""Another expiry rule, to be tried."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stammis.core.wallets import Days, Expiry, Months, Never, PeriodEnd

KINDS = {
    "days": _("so many days"),
    "months": _("so many months"),
    "year": _("so many months, then to the end of the year"),
    "never": _("for ever"),
}
MOST_DAYS = 36_500
MOST_MONTHS = 1_200


class ExpiryForm(forms.Form):
    """How long points would last."""

    use_required_attribute = False  # the number is hidden for «for ever»: a browser could not say what is missing

    kind = forms.ChoiceField(label=_("Points last"), choices=list(KINDS.items()))
    number = forms.IntegerField(label=_("How many"), min_value=0, max_value=MOST_DAYS)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.is_bound and self.data.get("kind") == "never":
            self.fields["number"].required = False

    def clean(self) -> dict[str, Any]:
        """Refuse a number that is missing or too large for its kind."""
        cleaned = super().clean() or {}
        kind, number = cleaned.get("kind"), cleaned.get("number")
        most = MOST_DAYS if kind == "days" else MOST_MONTHS
        least = 0 if kind == "year" else 1
        if kind in {"days", "months", "year"} and number is not None and not least <= number <= most:
            self.add_error("number", _("A whole number, please."))
        return cleaned

    def rule(self) -> Expiry:
        """Give the rule; only of a form that is valid."""
        number = self.cleaned_data["number"] or 0
        match self.cleaned_data["kind"]:
            case "days":
                return Days(days=number)
            case "months":
                return Months(months=number)
            case "year":
                return PeriodEnd(period="year", months=number)
            case _:
                return Never()
