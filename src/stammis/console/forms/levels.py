"""A form for a level by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammis.core.tier_sets import TierSet
from stammis.programmes.sentences import words


class LevelForm(forms.Form):
    """A level, how long it is held and why; no level takes back what was given by hand."""

    level = forms.ChoiceField(label=gettext_lazy("Level"), required=False)
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Leave it empty to give it for good."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    only = forms.BooleanField(
        label=gettext_lazy("Not higher either"),
        required=False,
        help_text=gettext_lazy("Otherwise the member may still reach a higher level."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2_000,
        help_text=gettext_lazy("The member sees it in their history."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, tiers: TierSet, **kwargs: Any) -> None:
        """Offer the levels of the set, the highest first, and taking back."""
        super().__init__(*args, **kwargs)
        field = self.fields["level"]
        assert isinstance(field, forms.ChoiceField)
        levels = [(level.id, words.name(level.name, level.id)) for level in reversed(tiers.levels)]
        field.initial = levels[0][0]
        field.choices = [*levels, ("", _("none by hand: what counts decides"))]

    def asked(self) -> dict[str, Any]:
        """Give what was asked for, once the form is valid."""
        cleaned = self.cleaned_data
        return {
            "level": cleaned["level"] or None,
            "until": cleaned["until"],
            "only": cleaned["only"],
            "reason": cleaned["reason"],
        }
