"""What a back-test came to beside another run, ready for a page: words first, then numbers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from stammis.console import formats
from stammis.console.backtests import asked
from stammis.core.programme import Programme as Document
from stammis.members.models import Member
from stammis.programmes import queries as programmes
from stammis.programmes import services as publishing
from stammis.programmes.sentences import rule_named, words
from stammis.simulation import sentences
from stammis.simulation.estimates import Estimate
from stammis.simulation.models import Run
from stammis.simulation.queries.changes import Change
from stammis.simulation.queries.comparing import Comparison, Wallet

NOBODY = "–"
LARGEST_LIMITS = 200


@dataclass(frozen=True)
class Line:
    """A line of a table of two sides: its name, both values and the difference, as text; of a sample, their ranges."""

    name: str
    today: str
    tried: str
    change: str
    strong: bool = False
    ranges: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True)
class Sides:
    """What the two sides are called."""

    today: str
    tried: str


class Report:
    """A comparison in the reader's words. ``document`` is what was tried, ``before`` what was published last."""

    def __init__(self, run: Run, other: Run, found: Comparison) -> None:
        self.run, self.other, self.found = run, other, found
        versions = programmes.versions(run.programme_id)
        self.before = versions.document(versions.stamp[0])
        self.document: Document = self.before if run.document is None else publishing.read(run.document)
        self.currency = run.programme.currency
        self.sides = Sides(_side(other), _side(run))

    @property
    def sampled(self) -> bool:
        """Whether only a sample was looked at."""
        return self.run.sample is not None

    def people(self) -> dict[str, str]:
        """Say how many members the sample has, of how many."""
        part, whole = (formats.number(count) for count in self.found.share)
        return {"part": part, "whole": whole}

    def sentences(self) -> list[str]:
        """What somebody who has to decide reads first."""
        told = sentences.verdict(self.found, self.document)
        if is_changed(self.other):
            told.insert(
                0, _("What follows is beside «%(other)s», not beside how it was.") % {"other": self.sides.today}
            )
        return told

    def behaviour(self) -> str:
        """On what all of it rests."""
        return str(sentences.BEHAVIOUR)

    def rule(self, rule: str) -> str:
        """Name a rule, also one that only one side has."""
        named = rule_named(self.document, rule)
        return named if named != rule else rule_named(self.before, rule)

    def limit(self, because: str, limit: str) -> str:
        """Name a cap or budget, also one that only one side has."""
        named = sentences.limit_name(because, limit, self.document)
        return named if named != limit else sentences.limit_name(because, limit, self.before)

    def money(self, minor: int) -> str:
        """Write minor units of money."""
        return words.minor_money(minor, self.currency)

    def signed_money(self, minor: int) -> str:
        """The same with its sign."""
        return formats.with_sign(self.money(abs(minor)), minor)

    def unit(self, wallet: str) -> str:
        """Name a wallet."""
        known = words.wallet_of(self.document, wallet) or words.wallet_of(self.before, wallet)
        return words.name(known.name, wallet) if known else wallet

    def level(self, tiers: str, level: str) -> str:
        """Name a level; members without one, or before they joined, have none."""
        if level == NOBODY:
            return _("none")
        for document in (self.document, self.before):
            for known in document.tiers:
                for each in known.levels:
                    if (known.id, each.id) == (tiers, level):
                        return words.name(each.name, each.id)
        return level

    def tiers(self, tiers: str) -> str:
        """Name a set of levels."""
        found = next((each for each in (*self.document.tiers, *self.before.tiers) if each.id == tiers), None)
        return words.name(found.name, tiers) if found else tiers

    def wallets(self) -> Iterator[dict[str, Any]]:
        """Give by wallet how points moved on both sides, and what it costs."""
        for wallet in self.found.wallets:
            if any(any(line) for line in _moves(wallet)):
                yield {
                    "id": wallet.id,
                    "name": self.unit(wallet.id).capitalize(),
                    "lines": list(self._lines(wallet)),
                    "cost": list(self._costs(wallet)),
                }

    def _lines(self, wallet: Wallet) -> Iterator[Line]:
        for name, title in sentences.move_names().items():
            strong = name in {"opening", "closing"}
            today, tried = getattr(wallet.today, name), getattr(wallet.tried, name)
            if wallet.estimates and (today or tried or strong):
                yield self._scaled(wallet, name, str(title), strong=strong)
            elif today or tried or strong:
                was, would = (formats.points(value, wallet.decimals) for value in (today, tried))
                yield Line(str(title), was, would, formats.signed(tried - today, wallet.decimals), strong)

    def _scaled(self, wallet: Wallet, name: str, title: str, *, strong: bool) -> Line:
        """Give what a sample comes to for all members, with the ranges."""
        found, decimals = wallet.estimates[name], wallet.decimals

        def signed(value: int) -> str:
            return formats.signed(value, decimals)

        def plain(value: int) -> str:
            return formats.points(value, decimals)

        ranges = self.between(found.today, plain), self.between(found.tried, plain), self.between(found.change, signed)
        values = plain(found.today.value), plain(found.tried.value), signed(found.change.value)
        return Line(title, *values, strong, ranges)

    def _costs(self, wallet: Wallet) -> Iterator[dict[str, str]]:
        yield {
            "name": _("Change in points given"),
            "value": formats.signed(wallet.change.value, wallet.decimals),
            "under": self.range(wallet.change, lambda value: formats.signed(value, wallet.decimals)),
        }
        if wallet.cost_minor is not None:
            yield {
                "name": _("What all that is given is worth") if wallet.revalued else _("What the change is worth"),
                "value": self.signed_money(wallet.cost_minor.value),
                "under": self.range(wallet.cost_minor, self.signed_money),
            }
        if wallet.outstanding is not None:
            today, tried = wallet.outstanding.today.value, wallet.outstanding.tried.value
            yield {
                "name": _("Outstanding, in money"),
                "value": self.signed_money(wallet.outstanding.change.value),
                "under": _("%(tried)s instead of %(today)s") % {"tried": self.money(tried), "today": self.money(today)}
                + f". {self.range(wallet.outstanding.change, self.signed_money)}",
            }
        elif wallet.outstanding_minor is not None:
            today, tried = wallet.outstanding_minor
            yield {
                "name": _("Outstanding, in money"),
                "value": self.signed_money(tried - today),
                "under": _("%(tried)s instead of %(today)s") % {"tried": self.money(tried), "today": self.money(today)},
            }

    def rewards(self) -> list[dict[str, Any]]:
        """Give what each reward that somebody took costs on both sides, and how many were taken."""
        return [
            {
                "name": self.reward(each.reward),
                "each": self._each(each.each_minor),
                "taken_today": each.taken_today,
                "taken_tried": each.taken_tried,
                "today": self.money(each.cost_today.value) if each.cost_today else "–",
                "tried": self.money(each.cost_tried.value) if each.cost_tried else "–",
                "change": self.signed_money(each.cost_minor.value) if each.cost_minor else "–",
                "range": self._room(each.cost_minor),
            }
            for each in self.found.rewards
        ]

    def _room(self, cost: Estimate | None) -> str:
        """Say between what a cost lies, where that is not one and the same."""
        return self.range(cost, self.signed_money) if cost and _open(cost) else ""

    def _each(self, minor: tuple[int | None, int | None]) -> str:
        told = [_("by the points paid") if cost is None else self.money(cost) for cost in minor]
        return told[0] if told[0] == told[1] else f"{told[0]} → {told[1]}"

    def reward(self, reward: str) -> str:
        """Name a reward, also one that only one side has."""
        for document in (self.document, self.before):
            for each in document.rewards:
                if each.id == reward:
                    return words.name(each.name, each.id)
        return reward

    def range(self, estimate: Estimate, written: Any) -> str:
        """Say between what an estimate lies, or that there are too few members to tell."""
        if estimate.interval is None:
            return _("too few members to tell a range")
        low, high = (written(value) for value in estimate.interval)
        told = _("95 %% interval: %(low)s to %(high)s") % {"low": low, "high": high}
        return f"{told}, {_('fewer than 30 members')}" if estimate.few else told

    def between(self, estimate: Estimate, written: Any) -> str:
        """Write the ends of an estimate's interval, nothing where there is none or no room in it."""
        if estimate.interval is None or not _open(estimate):
            return ""
        return _("%(low)s to %(high)s") % dict(zip(("low", "high"), map(written, estimate.interval), strict=True))

    def amount(self, change: int) -> str:
        """Write a member's change: in money where points have a value, else in points."""
        if self.found.in_money:
            return self.signed_money(change)
        first = self.found.wallets[0] if self.found.wallets else None
        return formats.signed(change, first.decimals if first else 0)

    def groups(self) -> list[dict[str, Any]]:
        """Give who has more and less, by level and by label."""
        return [
            {
                "name": self.level(group.set, group.name) if group.kind == "level" else group.name,
                "kind": self.tiers(group.set) if group.kind == "level" else _("Label"),
                "members": group.members,
                "better": group.better,
                "worse": group.worse,
                "change": self.amount(group.change.value),
                "range": self.range(group.change, self.amount),
            }
            for group in self.found.groups
        ]

    def rules(self) -> list[dict[str, Any]]:
        """Give what each rule gave, and the share of purchases for which it gave something."""
        bought = self.found.today.purchases, self.found.tried.purchases
        decimals = {wallet.id: wallet.decimals for wallet in self.found.wallets}
        return [
            {
                "name": self.rule(rule.rule),
                "unit": self.unit(rule.wallet),
                "today": formats.points(rule.points_today, decimals.get(rule.wallet, 0)),
                "tried": formats.points(rule.points_tried, decimals.get(rule.wallet, 0)),
                "touched_today": formats.percent(rule.purchases_today / bought[0] if bought[0] else None, 1),
                "touched_tried": formats.percent(rule.purchases_tried / bought[1] if bought[1] else None, 1),
                "purchases_today": rule.purchases_today,
                "purchases_tried": rule.purchases_tried,
            }
            for rule in sorted(self.found.rules, key=lambda rule: -max(rule.points_today, rule.points_tried))
        ]

    def limits(self) -> list[dict[str, Any]]:
        """Give the caps and budgets that cut something, on either side."""
        kinds = sentences.limit_kinds()
        sides = [{(each.because, each.id): each for each in limits} for limits in self.found.limits]
        return [
            {
                "name": self.limit(*key),
                "kind": kinds.get(key[0], key[0]),
                "today": sides[0].get(key),
                "tried": sides[1].get(key),
            }
            for key in sorted(sides[0].keys() | sides[1].keys())[:LARGEST_LIMITS]
        ]

    def refused(self) -> list[dict[str, Any]]:
        """Give what was done with points and could not have been done, on either side."""
        kinds = sentences.refusal_kinds()
        counts: dict[str, list[int]] = {}
        for place, side in enumerate((self.found.today, self.found.tried)):
            for what, count in side.refused.items():
                counts.setdefault(what.partition(" ")[0], [0, 0])[place] += count
        return [
            {"name": str(kinds.get(kind, kind)), "today": today, "tried": tried}
            for kind, (today, tried) in counts.items()
        ]

    def flows(self) -> list[dict[str, Any]]:
        """Give how many members went from one level to another in the whole stretch, on both sides."""
        counts: dict[tuple[str, str, str], list[int]] = {}
        for flow in self.found.flows:
            both = counts.setdefault((flow.set, flow.before, flow.after), [0, 0])
            both[0] += flow.today
            both[1] += flow.tried
        return [
            {
                "set": self.tiers(tiers),
                "before": self.level(tiers, before),
                "after": self.level(tiers, after),
                "today": today,
                "tried": tried,
            }
            for (tiers, before, after), (today, tried) in sorted(counts.items(), key=lambda each: -max(each[1]))
        ]

    def largest(self) -> list[dict[str, Any]]:
        """Give the members whose lot changes most, by name."""
        ids = [change.member for change in self.found.largest]
        known = Member.objects.filter(programme_id=self.run.programme_id, id__in=ids).values_list("id", "name")
        names: dict[uuid.UUID, str | None] = dict(known)
        return [self._change(change, names.get(change.member)) for change in self.found.largest]

    def _change(self, change: Change, name: str | None) -> dict[str, Any]:
        decimals = {wallet.id: wallet.decimals for wallet in self.found.wallets}
        points = [
            f"{formats.points(today, decimals.get(wallet, 0))} → {formats.points(tried, decimals.get(wallet, 0))}"
            f"{'' if len(change.points) == 1 else ' ' + self.unit(wallet)}"
            for wallet, (today, tried) in change.points.items()
            if today != tried
        ]
        return {
            "member": change.member,
            "name": name or change.reference or _("Guest"),
            "change": self.amount(change.change),
            "gains": change.change > 0,
            "points": ", ".join(points),
        }


def _open(estimate: Estimate) -> bool:
    """Whether an interval has room, or is not known."""
    return estimate.interval is None or estimate.interval[0] != estimate.interval[1]


def _moves(wallet: Wallet) -> list[tuple[int, ...]]:
    names = ("opening", "earned", "given", "redeemed", "expired", "received", "sent", "closing")
    return [tuple(getattr(side, name) for name in names) for side in (wallet.today, wallet.tried)]


def is_changed(run: Run) -> bool:
    """Whether a run tried something else than what is published."""
    return run.document is not None or bool(run.without)


def _side(run: Run) -> str:
    return asked.title(run) if is_changed(run) else _("As it was")
