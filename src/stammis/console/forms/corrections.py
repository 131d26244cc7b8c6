"""The form that asks for a correction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammis.console import formats
from stammis.console.forms.choosing import DRAFT, FILE, VERSION, ask_for_file, ask_for_order, day, programme_file
from stammis.programmes.models import Draft
from stammis.simulation.models import Correction

Stretch = tuple[dt.datetime, dt.datetime]
WHATEVER = "any"


class CorrectionForm(forms.Form):
    """What ran wrong, what should have decided instead, on which days, and what members read as the reason."""

    wrong = forms.ChoiceField(
        label=gettext_lazy("What ran wrong"),
        help_text=gettext_lazy("Only what this version decided is put right."),
    )
    right = forms.ChoiceField(label=gettext_lazy("What should have decided"))
    file = programme_file()
    first = day(gettext_lazy("First day"), gettext_lazy("Empty: from when the version began."))
    last = day(gettext_lazy("Last day"), gettext_lazy("Empty: until the next version began."))
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("Members read it as the reason: «Triple points in January»."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, versions: Mapping[int, Stretch], drafts: Sequence[Draft], zone: str, **kwargs: Any
    ) -> None:
        """Offer the versions that decided anything, the open drafts, and a file."""
        super().__init__(*args, **kwargs)
        self.versions, self.zone = versions, ZoneInfo(zone)
        self.drafts = {str(draft.id): draft for draft in drafts}
        told = [(number, self._version(number, stretch)) for number, stretch in versions.items()]
        choices: list[Any] = [(_("Versions"), [(f"{VERSION}{number}", name) for number, name in told])]
        if drafts:
            choices.append((_("Drafts"), [(f"{DRAFT}{key}", draft.name) for key, draft in self.drafts.items()]))
        _choose(self.fields["right"], [*choices, (FILE, _("A programme file"))])
        whatever = (WHATEVER, _("Whatever decided on these days"))
        _choose(self.fields["wrong"], [*((str(number), name) for number, name in told), whatever])

    def clean(self) -> dict[str, Any]:
        """Ask for another version than the one that ran, for a file where it is needed, and for days that fit."""
        said: dict[str, Any] = super().clean() or {}
        ask_for_file(self, wanted=said.get("right") == FILE)
        ask_for_order(self)
        wrong = said.get("wrong")
        if wrong == WHATEVER:
            wrong = None
        if wrong and said.get("right") == f"{VERSION}{wrong}":
            self.add_error("right", _("This is the version that ran."))
        if "wrong" in said and not wrong:
            for name in ("first", "last"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("Choose the day, or the version that ran wrong."))
        if wrong and not self.errors:
            self._ask_for_overlap(*self.versions[int(wrong)])
        return said

    def _ask_for_overlap(self, begins_at: dt.datetime, ends_at: dt.datetime) -> None:
        said = self.asked()
        if said["begins_at"] is not None and said["begins_at"] >= ends_at:
            facts = {"day": formats.day(_last(ends_at, self.zone))}
            self.add_error("first", _("This version decided until %(day)s.") % facts)
        if said["ends_at"] is not None and said["ends_at"] <= begins_at:
            facts = {"day": formats.day(begins_at.astimezone(self.zone).date())}
            self.add_error("last", _("This version did not decide before %(day)s.") % facts)

    def asked(self) -> dict[str, Any]:
        """Give name, version and days as ``simulation.services.begin_correction`` takes them."""
        said = self.cleaned_data
        first, last = said.get("first"), said.get("last")
        return {
            "name": said.get("name", ""),
            "wrong": None if said["wrong"] == WHATEVER else int(said["wrong"]),
            "begins_at": self._midnight(first) if first else None,
            "ends_at": self._midnight(last + dt.timedelta(days=1)) if last else None,
        }

    def _midnight(self, local: dt.date) -> dt.datetime:
        return dt.datetime.combine(local, dt.time(), self.zone)

    def _version(self, number: int, stretch: Stretch) -> str:
        begins, ends = stretch[0].astimezone(self.zone).date(), _last(stretch[1], self.zone)
        days = formats.day(begins) if begins == ends else f"{formats.day(begins)} – {formats.day(ends)}"
        return _("Version %(number)s: %(days)s") % {"number": number, "days": days}


class ScopeForm(forms.Form):
    """To whom a correction is posted."""

    NONE = "none"
    scope = forms.ChoiceField(
        label=gettext_lazy("Post it"),
        widget=forms.RadioSelect,
        initial=Correction.Scope.ALL.value,
        choices=[
            (
                Correction.Scope.ALL.value,
                gettext_lazy("to all: who got too little gets more, who got too much has it taken back"),
            ),
            (Correction.Scope.GAINS.value, gettext_lazy("only where the member gains: nothing is taken back")),
            (NONE, gettext_lazy("not at all: the plan is put away, nothing is posted")),
        ],
    )


def _choose(field: forms.Field, choices: list[Any]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _last(ends_at: dt.datetime, zone: ZoneInfo) -> dt.date:
    return (ends_at - dt.timedelta(microseconds=1)).astimezone(zone).date()
