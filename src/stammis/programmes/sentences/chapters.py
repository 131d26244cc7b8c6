"""A whole programme in sentences, by chapters, each beside the place in the document that it tells of."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, assert_never

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.core.basis import Rounding
from stammis.core.programme import Programme, Returns, Reward, State
from stammis.core.wallets import TenderLimit, Wallet
from stammis.programmes.sentences import between, lasting, levels, rules, scales, words


class Sentence(NamedTuple):
    """A part of a programme as a member would understand it."""

    pointer: str
    """Where the part stands in the document, as a JSON pointer."""
    name: str
    """What the part is called; may be empty."""
    text: str


class Chapter(NamedTuple):
    """Sentences that belong together, under a heading."""

    title: str
    sentences: tuple[Sentence, ...]


def describe(programme: Programme, language: str | None = None) -> tuple[Chapter, ...]:
    """A programme in sentences, in ``language`` (default: the active one); chapters without a sentence are left out."""
    with translation.override(language or translation.get_language() or words.ENGLISH):
        chapters = (
            Chapter(_("Points"), tuple(_wallets(programme))),
            Chapter(_("How points are earned"), tuple(_earning(programme))),
            Chapter(_("What counts"), tuple(_counting(programme))),
            Chapter(_("Levels"), tuple(_tiers(programme))),
            Chapter(_("Rewards"), tuple(_rewards(programme))),
            Chapter(_("Returns and statuses"), tuple(_afterwards(programme))),
            Chapter(_("The programme itself"), tuple(_frame(programme))),
        )
    return tuple(chapter for chapter in chapters if chapter.sentences)


def _wallets(programme: Programme) -> Iterator[Sentence]:
    for index, wallet in enumerate(programme.wallets):
        said = [lasting.expiry(wallet.expiry)]
        if wallet.pending is not None:
            said.append(_("At first they are %(pending)s.") % {"pending": lasting.pending(wallet.pending)})
        if wallet.value is not None:
            said.append(_worth(wallet, programme))
        if wallet.negative_balance is not None:
            said.append(lasting.negative(wallet.negative_balance))
        yield Sentence(f"/wallets/{index}", words.name(wallet.name, wallet.id), " ".join(said))


def _worth(wallet: Wallet, programme: Programme) -> str:
    facts = {
        "points": words.points(1, wallet),
        "money": words.money(Decimal(wallet.value or 0), programme.currency),
    }
    if wallet.pays:
        worth = _("%(points)s is worth %(money)s and can pay for a purchase.") % facts
        return worth if wallet.limit is None else f"{worth} {_limit(wallet.limit, wallet)}"
    return _("%(points)s is worth %(money)s.") % facts


def _limit(limit: TenderLimit, wallet: Wallet) -> str:
    most = []
    if limit.share is not None:
        most.append(_("%(share)s percent of its total") % {"share": words.number(limit.share)})
    if limit.points is not None:
        most.append(words.points(limit.points, wallet))
    return _("Of a purchase they pay at most %(most)s.") % {"most": words.both(most)}


def _earning(programme: Programme) -> Iterator[Sentence]:
    for index, each in enumerate(programme.earn):
        yield Sentence(f"/earn/{index}", rules.rule_name(each), rules.rule(each, programme))
    for index, group in enumerate(programme.groups):
        yield Sentence(f"/groups/{index}", words.name(group.name, group.id), scales.group(group, programme))
    for index, cap in enumerate(programme.caps):
        yield Sentence(f"/caps/{index}", words.name(cap.name, cap.id), scales.shared_cap(cap, programme))
    for index, budget in enumerate(programme.budgets):
        yield Sentence(f"/budgets/{index}", words.name(budget.name, budget.id), scales.budget(budget, programme))


def _counting(programme: Programme) -> Iterator[Sentence]:
    counted = rules.counted(programme.basis)
    text = _("Points are %(counted)s.") % {"counted": counted}
    yield Sentence("/basis", _("Amounts"), text)
    yield Sentence("/rounding", _("Rounding"), rounding(programme.rounding))


def rounding(how: Rounding) -> str:
    """How fractions of a point are rounded, as a sentence."""
    by_line = how.level == "line"
    match how.mode:
        case "down":
            return (
                _("Fractions of a point are rounded down, line by line.")
                if by_line
                else _("Fractions of a point are rounded down, once for each purchase.")
            )
        case "up":
            return (
                _("Fractions of a point are rounded up, line by line.")
                if by_line
                else _("Fractions of a point are rounded up, once for each purchase.")
            )
        case "half_up":
            return (
                _("Points are rounded to the nearest whole one, halves up, line by line.")
                if by_line
                else _("Points are rounded to the nearest whole one, halves up, once for each purchase.")
            )
        case "half_even":
            return (
                _("Points are rounded to the nearest whole one, halves to the even one, line by line.")
                if by_line
                else _("Points are rounded to the nearest whole one, halves to the even one, once for each purchase.")
            )
    assert_never(how.mode)


def _tiers(programme: Programme) -> Iterator[Sentence]:
    for index, tiers in enumerate(programme.tiers):
        for position, level in enumerate(tiers.levels):
            pointer = f"/tiers/{index}/levels/{position}"
            text = levels.level(tiers, level, programme, first=position == 0)
            yield Sentence(pointer, words.name(level.name, level.id), text)
        yield Sentence(f"/tiers/{index}", words.name(tiers.name, tiers.id), levels.ways(tiers))


def _rewards(programme: Programme) -> Iterator[Sentence]:
    for index, reward in enumerate(programme.rewards):
        yield Sentence(f"/rewards/{index}", words.name(reward.name, reward.id), _reward(reward, programme))


def _reward(reward: Reward, programme: Programme) -> str:
    price = words.points(reward.price, words.wallet_of(programme, reward.wallet))
    said = [_("For %(price)s.") % {"price": price}]
    if reward.stock is not None:
        stock = ngettext("There is %(number)s of it.", "There are %(number)s of it.", reward.stock)
        said.append(stock % {"number": words.number(reward.stock)})
    if reward.cost is not None:
        said.append(_("One costs the company %(money)s.") % {"money": words.money(reward.cost, programme.currency)})
    if reward.description is not None:
        said.append(words.name(reward.description))
    return " ".join(said)


def _afterwards(programme: Programme) -> Iterator[Sentence]:
    yield Sentence("/returns", _("Returns"), returns(programme.returns))
    yield Sentence("/negative_balance", _("Spent points"), lasting.negative(programme.negative_balance))
    for state, title, text in _states():
        named = [status for status, means in programme.statuses.items() if means == state]
        if named:
            said = text % {"statuses": words.either(f"«{status}»" for status in named)}
            yield Sentence("/statuses", title, said)


def _states() -> tuple[tuple[State, str, str], ...]:
    return (
        ("placed", _("Placed"), _("A purchase that is %(statuses)s earns nothing yet.")),
        ("completed", _("Completed"), _("A purchase that is %(statuses)s earns.")),
        ("cancelled", _("Cancelled"), _("A purchase that is %(statuses)s gives back what it earned.")),
    )


def returns(how: Returns) -> str:
    """What a return does, as sentences."""
    if how.mode == "again":
        said = [_("After a return, what is kept is counted again as if it alone had been bought.")]
    else:
        said = [_("A return takes points back in proportion to the money given back.")]
    if how.money_back == "lower":
        said.append(_("Money given back without goods lowers what counts."))
    else:
        said.append(_("Money given back without goods leaves the points alone."))
    if how.restored_to_ended == "expire":
        said.append(_("Points that come back after their last day are gone at once."))
    else:
        said.append(_("Points that come back after their last day are usable anew."))
    return " ".join(said)


def _frame(programme: Programme) -> Iterator[Sentence]:
    facts = {"currency": programme.currency, "zone": programme.timezone}
    yield Sentence("", "", _("Money is in %(currency)s, days begin and end in the time zone %(zone)s.") % facts)
    if programme.from_ is not None:
        yield Sentence("/from", "", _("The programme began on %(day)s.") % {"day": words.day(programme.from_)})
    days = programme.declared_age_days
    age = ngettext(
        "A purchase may be reported up to %(days)s day late.",
        "A purchase may be reported up to %(days)s days late.",
        days,
    )
    yield Sentence("/declared_age_days", "", age % {"days": words.number(days)})
    yield from (Sentence(*each) for each in between.sentences(programme))
    if programme.members.unknown == "enrol":
        yield Sentence("/members", "", _("Who buys with a member id that is new becomes a member."))
    else:
        yield Sentence("/members", "", _("A purchase with a member id that is not known is refused."))
