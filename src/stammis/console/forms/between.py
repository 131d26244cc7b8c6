"""Forms for acts between members: giving, exchanging, merging, proving an address, and pools."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammis.console.forms.members import LARGEST, OnceForm
from stammis.core.programme import Programme as Document
from stammis.programmes.sentences import words
from stammis.staff.models import Role
from stammis.staff.services import limits

_ONE_LINE = forms.TextInput(attrs={"autocomplete": "off"})
_NUMBER = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class AmountForm(OnceForm):
    """An amount of points above zero; ``amount`` comes out in the wallet's smallest unit."""

    wallet = forms.ChoiceField(label=gettext_lazy("Wallet"))
    amount = forms.DecimalField(label=gettext_lazy("Points"), widget=_NUMBER)

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        """Offer the programme's wallets; a single one is not asked about."""
        super().__init__(*args, **kwargs)
        self.document = document
        self.decimals = {wallet.id: wallet.decimals for wallet in document.wallets}
        field = self.fields["wallet"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = self.offered()
        if len(field.choices) == 1:
            field.initial = field.choices[0][0]
            field.widget = forms.HiddenInput()

    def offered(self) -> list[tuple[str, str]]:
        """Give what may be chosen as wallet, by key and words."""
        return [(wallet.id, words.name(wallet.name, wallet.id)) for wallet in self.document.wallets]

    def giving(self, chosen: str) -> str:
        """Give the wallet that gives, of what was chosen."""
        return chosen

    def clean(self) -> dict[str, Any]:
        """Turn the amount into whole smallest units."""
        cleaned = dict(super().clean() or {})
        amount, decimals = cleaned.get("amount"), self.decimals.get(self.giving(cleaned.get("wallet", "")), 0)
        if isinstance(amount, Decimal):
            exact = amount.scaleb(decimals)
            if exact != exact.to_integral_value():
                self.add_error("amount", _("This wallet has %(n)d decimals.") % {"n": decimals})
            elif not 0 < exact <= LARGEST:
                self.add_error("amount", _("Give an amount above 0, and not larger than a trillion."))
            else:
                cleaned["amount"] = int(exact)
        return cleaned


class GiveForm(AmountForm):
    """Points for another member, or for a charity."""

    to = forms.CharField(
        label=gettext_lazy("For whom"),
        max_length=200,
        widget=_ONE_LINE,
        help_text=gettext_lazy("The id of a member or of a charity."),
    )
    field_order = ("to", "wallet", "amount")


class ExchangeForm(AmountForm):
    """Points of one wallet for those of another, by one of the programme's rates."""

    def offered(self) -> list[tuple[str, str]]:
        """Give the rates."""
        found = []
        for rate in self.document.exchange:
            wallets = [words.wallet_of(self.document, each) for each in (rate.from_, rate.to)]
            facts = {"each": words.points(rate.each, wallets[0]), "gives": words.points(rate.gives, wallets[1])}
            found.append((f"{rate.from_}>{rate.to}", _("%(each)s for %(gives)s") % facts))
        return found

    def giving(self, chosen: str) -> str:
        """Give the wallet that gives."""
        return chosen.partition(">")[0]


class MergeForm(OnceForm):
    """The account in which this one goes on."""

    into = forms.CharField(
        label=gettext_lazy("Goes on as"),
        max_length=200,
        widget=_ONE_LINE,
        help_text=gettext_lazy("The id of the member who keeps the points of both."),
    )


class ProofForm(forms.Form):
    """An address that the member has proven to be theirs."""

    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254, widget=_ONE_LINE)

    def clean_email(self) -> str:
        """Write it as guests are known by it."""
        email: str = self.cleaned_data["email"]
        return email.strip().lower()


class PoolForm(forms.Form):
    """A household, a company or a charity."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            ("household", gettext_lazy("Household")),
            ("company", gettext_lazy("Company")),
            ("charity", gettext_lazy("Charity")),
        ],
    )
    reference = forms.CharField(
        label=gettext_lazy("Id"),
        max_length=200,
        widget=_ONE_LINE,
        help_text=gettext_lazy("Your own; members and pools share their ids."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, widget=_ONE_LINE)


class JoinForm(forms.Form):
    """A member's part in a pool."""

    member = forms.CharField(
        label=gettext_lazy("Member"), max_length=200, widget=_ONE_LINE, help_text=gettext_lazy("The member's id.")
    )
    share = forms.IntegerField(
        label=gettext_lazy("Share"),
        min_value=0,
        max_value=100,
        initial=100,
        help_text=gettext_lazy("Per cent of what the member earns that goes to the pool."),
    )
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=["earn", "spend", "view"],
        choices=[
            ("earn", gettext_lazy("earn for the pool")),
            ("spend", gettext_lazy("spend from the pool")),
            ("view", gettext_lazy("see what is in it")),
        ],
    )


class LimitsForm(forms.Form):
    """The most that each role may give or take by hand at once; an empty field: no limit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A field for each role, and one for programs."""
        super().__init__(*args, **kwargs)
        names = dict(Role.choices) | {limits.KEY: _("API keys that may not pass limits")}
        for role in limits.ROLES:
            self.fields[role] = forms.IntegerField(
                label=names[role], required=False, min_value=0, max_value=10**12, widget=_NUMBER
            )
