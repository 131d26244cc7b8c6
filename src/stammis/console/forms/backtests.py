"""The form that asks for a back-test, and the one that supposes a response."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammis.console.forms.choosing import DRAFT, FILE, WITHOUT, ask_for_file, ask_for_order, day, programme_file
from stammis.core.programme import Programme as Document
from stammis.members.queries import matching
from stammis.programmes.models import Draft
from stammis.programmes.sentences import rule_name
from stammis.simulation.models import Run

STEP = 10
"""Forms speak of 10 % more points, runs of one per cent."""
LESS = gettext_lazy("This is less than the other end.")


def _percent(label: Any, *, required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, min_value=-100, max_value=100, max_digits=5, decimal_places=2
    )


class BacktestForm(forms.Form):
    """What to try, on which days, for whom, and how everybody begins."""

    what = forms.ChoiceField(label=gettext_lazy("What to try"))
    file = programme_file()
    first = day(gettext_lazy("First day"), gettext_lazy("Empty: from the beginning."))
    last = day(gettext_lazy("Last day"), gettext_lazy("Empty: up to now."))
    label = forms.CharField(
        label=gettext_lazy("Only members with the label"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sample = forms.IntegerField(
        label=gettext_lazy("Only a sample of so many members"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("Faster; what it comes to is scaled up to all, and its error is told."),
    )
    opening = forms.ChoiceField(
        label=gettext_lazy("Everybody begins"),
        choices=[
            (Run.Opening.CARRIED.value, gettext_lazy("with the points they had on the first day")),
            (Run.Opening.EMPTY.value, gettext_lazy("without points")),
        ],
        initial=Run.Opening.CARRIED.value,
        widget=forms.RadioSelect,
    )

    redemption = forms.ChoiceField(
        label=gettext_lazy("Also suppose that points are redeemed"),
        choices=[
            (Run.Redemption.OBSERVED.value, gettext_lazy("as they were: nothing to suppose")),
            (Run.Redemption.CURVE.value, gettext_lazy("by the curve of their age, from the own history")),
        ],
        initial=Run.Redemption.OBSERVED.value,
        required=False,
        widget=forms.RadioSelect,
    )
    low = _percent(gettext_lazy("Sales for each 10 % more points: at least, in %"))
    high = _percent(gettext_lazy("At most, in %"))

    def __init__(
        self, *args: Any, programme: uuid.UUID, drafts: Sequence[Draft], document: Document | None, **kwargs: Any
    ) -> None:
        """Offer the open drafts, a file, and what is published without one of its rules."""
        super().__init__(*args, **kwargs)
        self.programme = programme
        self.drafts = {str(draft.id): draft for draft in drafts}
        self.rules = {rule.id: rule_name(rule) for rule in (document.earn if document else ())}
        choices: list[Any] = [(FILE, _("A programme file"))]
        if drafts:
            choices.insert(0, (_("Drafts"), [(f"{DRAFT}{key}", draft.name) for key, draft in self.drafts.items()]))
        if self.rules:
            without = [
                (f"{WITHOUT}{rule}", _("without «%(rule)s»") % {"rule": name}) for rule, name in self.rules.items()
            ]
            choices.append((_("What is published"), without))
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Ask for a file where it is needed, and for days in their order."""
        said: dict[str, Any] = super().clean() or {}
        ask_for_file(self, wanted=said.get("what") == FILE)
        ask_for_order(self)
        label = said.get("label")
        if label and not matching(self.programme, label=label).exists():
            self.add_error("label", _("No member has this label."))
        low, high = said.get("low"), said.get("high")
        if (low is None) != (high is None) and not {"low", "high"} & self.errors.keys():
            self.add_error("high" if high is None else "low", _("Say both ends, or none."))
        if low is not None and high is not None and high < low:
            self.add_error("high", LESS)
        return said

    def asked(self) -> dict[str, Any]:
        """Give days, members, opening and what is supposed as ``simulation.services.begin`` takes them."""
        said = self.cleaned_data
        return {
            "first": said["first"],
            "end": said["last"] + dt.timedelta(days=1) if said["last"] else None,
            "label": said["label"],
            "sample": said["sample"],
            "opening": Run.Opening(said["opening"]),
            "redemption": Run.Redemption(said["redemption"] or Run.Redemption.OBSERVED),
            "response": None if said["low"] is None else (float(said["low"]) / STEP, float(said["high"]) / STEP),
        }


class ResponseForm(forms.Form):
    """How much more members are supposed to buy where they get a tenth more points: a range, in per cent."""

    low = _percent(gettext_lazy("At least, in %"), required=True)
    high = _percent(gettext_lazy("At most, in %"), required=True)

    @property
    def elasticities(self) -> tuple[float, float]:
        """The range of a valid form, in per cent for each per cent."""
        return float(self.cleaned_data["low"]) / STEP, float(self.cleaned_data["high"]) / STEP

    def clean(self) -> dict[str, Any]:
        """Ask for a range in its order."""
        said: dict[str, Any] = super().clean() or {}
        if {"low", "high"} <= said.keys() and said["high"] < said["low"]:
            self.add_error("high", LESS)
        return said
