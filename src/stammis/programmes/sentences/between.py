"""What a programme promises about points that move between members and wallets, as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from stammis.core.programme import Exchanging, Programme, Transfers
from stammis.programmes.sentences import words


def sentences(programme: Programme) -> Iterator[tuple[str, str, str]]:
    """Give pointer, name and text of each promise that differs from what holds without it."""
    if programme.transfers != Transfers():
        yield "/transfers", _("Transfers"), _transfers(programme.transfers, programme)
    for index, rate in enumerate(programme.exchange):
        yield f"/exchange/{index}", _("Exchange"), _exchange(rate, programme)
    if programme.members.claimed == "nothing":
        yield "/members/claimed", "", _("What guests bought earns nothing once a member claims it.")


def _transfers(promise: Transfers, programme: Programme) -> str:
    match promise.allowed:
        case "all":
            said = [_("Members can give points to each other.")]
        case "donations":
            said = [_("Members can donate points to charities.")]
        case "none":
            return _("Members cannot give points away.")
    wallet = words.wallet_of(programme, promise.wallets[0]) if promise.wallets else programme.wallets[0]
    if promise.wallets:
        named = (words.wallet_of(programme, each) for each in promise.wallets)
        names = words.both(f"«{words.name(each.name, each.id)}»" for each in named if each is not None)
        said.append(_("Only points of %(wallets)s.") % {"wallets": names})
    if promise.minimum is not None:
        said.append(_("At least %(points)s at once.") % {"points": words.points(promise.minimum, wallet)})
    if promise.most is not None:
        facts = {"points": words.points(promise.most.points, wallet)}
        said.append(
            {
                "day": _("At most %(points)s a day."),
                "week": _("At most %(points)s a week."),
                "month": _("At most %(points)s a month."),
                "year": _("At most %(points)s a year."),
                "ever": _("At most %(points)s in all."),
            }[promise.most.per]
            % facts
        )
    return " ".join(said)


def _exchange(rate: Exchanging, programme: Programme) -> str:
    giving, getting = words.wallet_of(programme, rate.from_), words.wallet_of(programme, rate.to)
    facts = {"each": words.points(rate.each, giving), "gives": words.points(rate.gives, getting)}
    said = [_("%(each)s can be changed for %(gives)s.") % facts]
    if rate.minimum is not None:
        said.append(_("At least %(points)s at once.") % {"points": words.points(rate.minimum, giving)})
    return " ".join(said)
