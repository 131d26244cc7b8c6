"""Forms about a member: the record, points by hand, a reward."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammis.console import formats
from stammis.core.programme import Programme as Document
from stammis.members.models import Member
from stammis.programmes.sentences import words

LARGEST = 10**12
YEARS = range(1980, 2200)
FIELDS = ("name", "email", "phone", "birthday", "locale", "labels")


class RecordForm(forms.Form):
    """What is known of a member; an empty field clears it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("Mail address"), required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=50, required=False)
    birthday = forms.DateField(
        label=gettext_lazy("Birthday"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    locale = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    labels = forms.CharField(
        label=gettext_lazy("Labels"), required=False, help_text=gettext_lazy("Apart by commas. Rules may read them.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the languages, and the one that the record has already."""
        super().__init__(*args, **kwargs)
        known = dict(settings.LANGUAGES)
        present = (self.initial or {}).get("locale") or ""
        field = self.fields["locale"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *known.items(), *([(present, present)] if present and present not in known else [])]

    @staticmethod
    def of(member: Member) -> dict[str, Any]:
        """Give what the form begins with."""
        return {name: getattr(member, name) for name in FIELDS} | {"labels": ", ".join(member.labels)}

    def clean_labels(self) -> list[str]:
        """Split the labels; each is short."""
        labels = [label.strip() for label in self.cleaned_data["labels"].split(",") if label.strip()]
        if any(len(label) > 200 for label in labels):  # noqa: PLR2004 - as by the API
            raise forms.ValidationError(_("A label has at most 200 characters."))
        return list(dict.fromkeys(labels))

    def changes(self) -> dict[str, Any]:
        """Give the fields that were changed; None clears."""
        return {name: self.cleaned_data[name] or None for name in FIELDS if name in self.changed_data}


class MomentForm(forms.Form):
    """A moment, in the zone in which the page shows times."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    @staticmethod
    def of(at: dt.datetime) -> dict[str, Any]:
        """Give what the form begins with."""
        local = timezone.localtime(at)
        return {"day": local.date(), "time": local.time()}

    def clean_day(self) -> dt.date:
        """Keep to years that a calendar of points knows."""
        day: dt.date = self.cleaned_data["day"]
        if day.year not in YEARS:
            raise forms.ValidationError(_("Choose another year."))
        return day

    def at(self) -> dt.datetime:
        """Give the moment that was chosen, once the form is valid."""
        local = dt.datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return timezone.make_aware(local)


class OnceForm(forms.Form):
    """An act with an id, so that sending it twice does it once."""

    id = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin with a fresh id."""
        super().__init__(*args, **kwargs)
        self.fields["id"].initial = f"console-{uuid.uuid4().hex}"


class WalletForm(OnceForm):
    """An act on one of a member's wallets."""

    wallet = forms.ChoiceField(label=gettext_lazy("Wallet"))

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        """Offer the programme's wallets; a single one is not asked about."""
        super().__init__(*args, **kwargs)
        self.decimals = {wallet.id: wallet.decimals for wallet in document.wallets}
        field = self.fields["wallet"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(wallet.id, words.name(wallet.name, wallet.id)) for wallet in document.wallets]
        field.initial = document.wallets[0].id
        if len(document.wallets) == 1:
            field.widget = forms.HiddenInput()


class AdjustForm(WalletForm):
    """Points by hand; ``amount`` comes out in the wallet's smallest unit."""

    amount = forms.DecimalField(
        label=gettext_lazy("Points"),
        help_text=gettext_lazy("Above zero to give, with a minus to take."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2_000,
        help_text=gettext_lazy("The member sees it in their history."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Turn the amount into whole smallest units."""
        cleaned = dict(super().clean() or {})
        amount, decimals = cleaned.get("amount"), self.decimals.get(cleaned.get("wallet", ""), 0)
        if isinstance(amount, Decimal):
            exact = amount.scaleb(decimals)
            if exact != exact.to_integral_value():
                self.add_error("amount", _("This wallet has %(n)d decimals.") % {"n": decimals})
            elif not 0 < abs(exact) <= LARGEST:
                self.add_error("amount", _("Give an amount that is not 0, and not larger than a trillion."))
            else:
                cleaned["amount"] = int(exact)
        return cleaned


class ExtendForm(WalletForm):
    """Points that are to last longer."""

    last_day = forms.DateField(
        label=gettext_lazy("Usable through"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2_000, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class SettleForm(OnceForm):
    """What becomes of pending points by hand."""

    act = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[
            ("release", gettext_lazy("Let them be active now")),
            ("cancel", gettext_lazy("Take them away")),
        ],
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2_000,
        help_text=gettext_lazy("The member sees it in their history."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RedeemForm(OnceForm):
    """A reward, and how many of it."""

    reward = forms.ChoiceField(label=gettext_lazy("Reward"))
    quantity = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=1_000, initial=1)

    def __init__(self, *args: Any, offered: list[dict[str, Any]], **kwargs: Any) -> None:
        """Offer the catalogue, each reward with its price."""
        super().__init__(*args, **kwargs)
        field = self.fields["reward"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one["id"], _priced(one)) for one in offered]


def _priced(one: dict[str, Any]) -> str:
    price = f"{formats.points(one['price'], one['wallet'].decimals)} {one['wallet_name']}"
    gone = _(", sold out") if one["left"] == 0 else ""
    return f"{one['name']} ({price}{gone})"
