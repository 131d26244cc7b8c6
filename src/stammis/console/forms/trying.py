"""The form of a cart that is only thought of: who, when, where, and what is bought."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammis.console.forms.members import MomentForm

ROWS = 4
"""So many lines has the cart."""
LINE = ("amount", "category", "sku", "quantity")


class TryingForm(MomentForm):
    """Who buys, beside whom, when and where; its lines are ``amount_1``, ``category_1`` and so on."""

    member = forms.CharField(
        label=gettext_lazy("Member"), max_length=200, help_text=gettext_lazy("The id, or a name or mail address.")
    )
    friend = forms.CharField(
        label=gettext_lazy("Beside whom"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Another member, to compare."),
    )
    channel = forms.CharField(label=gettext_lazy("Channel"), max_length=200, required=False)
    store = forms.CharField(label=gettext_lazy("Store"), max_length=200, required=False)
    payment = forms.CharField(label=gettext_lazy("Payment"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the lines."""
        super().__init__(*args, **kwargs)
        labels = {
            "amount": gettext_lazy("Amount"),
            "category": gettext_lazy("Category"),
            "sku": gettext_lazy("Article"),
            "quantity": gettext_lazy("Quantity"),
        }
        for number in range(1, ROWS + 1):
            for name in LINE:
                field = forms.CharField(label=labels[name], max_length=200, required=(name, number) == ("amount", 1))
                self.fields[f"{name}_{number}"] = field

    @staticmethod
    def beginning(now: dt.datetime, member: str) -> dict[str, Any]:
        """Give what the form begins with."""
        return MomentForm.of(now) | {"member": member, "amount_1": "20.00"}

    def rows(self) -> list[list[BoundField]]:
        """Give the fields of each line."""
        return [[self[f"{name}_{number}"] for name in LINE] for number in range(1, ROWS + 1)]

    def has_more(self) -> bool:
        """Say whether anything is written, or wrong, below the first line."""
        below = [self[name] for row in range(2, ROWS + 1) for name in (f"{each}_{row}" for each in LINE)]
        below += [self[name] for name in ("channel", "store", "payment")]
        return any(bound.value() or bound.errors for bound in below)

    def cart(self, zone: dt.tzinfo) -> dict[str, Any]:
        """Give the cart as the editor's preview reads it, with the programme's day and time."""
        said = self.cleaned_data
        local = self.at().astimezone(zone)
        lines = [
            {name: said[f"{name}_{number}"].strip() for name in LINE if said[f"{name}_{number}"].strip()}
            for number in range(1, ROWS + 1)
        ]
        places = {name: said[name] for name in ("channel", "store", "payment") if said[name]}
        return places | {
            "lines": [line for line in lines if line],
            "member": said["member"],
            "day": local.date().isoformat(),
            "time": local.time().isoformat("minutes"),
        }

    def refuse(self, pointer: str, message: str) -> None:
        """Say what is wrong beside the field that a pointer into the cart names."""
        _empty, *path = pointer.split("/")
        name = f"{path[2]}_{int(path[1]) + 1}" if len(path) > 2 and path[0] == "lines" else path[0] if path else ""  # noqa: PLR2004 - /lines/0/amount
        self.add_error(name if name in self.fields else None, message or _("This cannot be read."))
