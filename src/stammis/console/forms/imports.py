"""The form that takes a file of members, purchases or balances."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LARGEST = 256 * 1024 * 1024
ENDINGS = (".csv", ".txt", ".tsv", ".parquet")


class ImportForm(forms.Form):
    """What the file holds, and the file."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it holds"),
        choices=[
            ("members", gettext_lazy("Members")),
            ("purchases", gettext_lazy("Purchases")),
            ("balances", gettext_lazy("Balances")),
        ],
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=150,
        help_text=gettext_lazy("CSV or Parquet, at most 256 MB. Larger ones: by the command line."),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse what is too large, or neither CSV nor Parquet by its name."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("The file has more than 256 MB."))
        if not (file.name or "").lower().endswith(ENDINGS):
            raise forms.ValidationError(_("The name must end in .csv or .parquet."))
        return file
