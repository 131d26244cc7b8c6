"""What forms have in common that let another programme decide over some days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LARGEST = 4 * 1024 * 1024
FILE, DRAFT, WITHOUT, VERSION = "file", "draft:", "without:", "version:"


def day(label: Any, hint: Any = "") -> forms.DateField:
    """Give a field for a local day that may stay empty."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, help_text=hint, widget=widget)


def programme_file() -> forms.FileField:
    """Give a field for a programme file."""
    return forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("A programme file; only where «A programme file» is chosen above."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.json"}),
    )


def ask_for_file(form: forms.Form, *, wanted: bool) -> None:
    """Ask for the file where it is ``wanted``, and for one that is not too large."""
    file: UploadedFile[bytes] | None = form.cleaned_data.get("file")
    if wanted and file is None and "file" not in form.errors:
        form.add_error("file", _("Choose the programme file."))
    if file is not None and (file.size or 0) > LARGEST:
        form.add_error("file", _("The file has more than 4 MB."))


def ask_for_order(form: forms.Form) -> None:
    """Ask for a last day that does not lie before the first."""
    first, last = form.cleaned_data.get("first"), form.cleaned_data.get("last")
    if first and last and last < first:
        form.add_error("last", _("This day lies before the first one."))
