"""The form that takes a programme file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammis.console.forms.drafts import PublishForm
from stammis.programmes.yaml import LARGEST_FILE


class ProgrammeForm(PublishForm):
    """A programme file, uploaded or edited on the spot; an uploaded one wins."""

    file = forms.FileField(
        label=gettext_lazy("A file"),
        required=False,
        help_text=gettext_lazy("A programme file (YAML), at most 512 KiB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,application/yaml"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or edit it here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say that a file may name its day itself."""
        super().__init__(*args, **kwargs)
        self.fields["begins"].help_text = gettext_lazy(
            "From its first minute in the programme's zone. Empty: what the file says, or at once."
        )

    def clean(self) -> dict[str, Any]:
        """Give the file's text, wherever it came from."""
        cleaned = dict(super().clean() or {})
        file = cleaned.get("file")
        if file is not None:
            if file.size > LARGEST_FILE:
                raise forms.ValidationError(_("A programme file has at most 512 KiB."))
            try:
                cleaned["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise forms.ValidationError(_("This file is not text in UTF-8.")) from error
        if not (cleaned.get("text") or "").strip():
            raise forms.ValidationError(_("Choose a file, or write the programme here."))
        return cleaned
