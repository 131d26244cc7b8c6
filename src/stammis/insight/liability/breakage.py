"""Breakage: the share of the points of a month that will never be redeemed, one minus their ultimate redemption.

Months of issue are the cohorts of a chain ladder on lot age (see ``ladder``), redemptions net of what was restored.
Cohorts of which nothing is left are closed: their redemption is known. Those too young to say much of themselves take
the share of the others for what is still to come (Bornhuetter and Ferguson, «The actuary and IBNR», 1972; with the
share of all cohorts as Stanard's and Bühlmann's Cape Cod method reckons it). The range of what is still to be redeemed
is lognormal, as Mack 1993, section 4, proposes, and never wider than nothing and all that is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, inf, log, sqrt
from typing import Literal

from stammis.insight.intervals import FEW, Z_95
from stammis.insight.liability.books import NO_LOT, Flow, Sums, summed
from stammis.insight.liability.ladder import Factor, extended, factors, growth, project
from stammis.insight.liability.terms import Life

Reason = Literal["no_points", "nothing_redeemed", "too_few_cohorts", "too_few_redemptions", "too_young"]
Method = Literal["closed", "ladder", "others"]

COHORTS = 4
"""So many months of issue at least must be known."""
LONGEST = 120
"""Points that never end are followed for ten years."""
CHECKS = 36
"""So many earlier months at most are looked at in a back-test."""
LEARNT = 12
"""So many misses widen a range."""
_TAIL = 0.25
_KNOWN = 0.1


@dataclass(frozen=True)
class Cohort:
    """The points of one month: what was issued of them and stayed, how many were redeemed and will be at the end.

    ``known`` is the share of the redemption that lies behind cohorts of this age, by ``method``.
    """

    month: int
    age: int
    net: int
    redeemed: int
    outstanding: int
    expected: int
    error: float
    known: float
    method: Method

    @property
    def still(self) -> int:
        """Points that will still be redeemed."""
        return self.expected - self.redeemed


@dataclass(frozen=True)
class Estimate:
    """What will be redeemed of a wallet's points, cohort by cohort; ``reason`` says why it cannot be told.

    ``low`` and ``high`` are the ends of the range of 95 per cent of what is redeemed in the end, ``ratio`` by how much
    it was widened because earlier ones were too narrow. ``extrapolated`` is the share of the whole redemption that lies
    at ages which no cohort has reached yet.
    """

    month: int
    reason: Reason | None = None
    cohorts: tuple[Cohort, ...] = ()
    error: float = 0.0
    low: float = 0.0
    high: float = 0.0
    extrapolated: float = 0.0
    ratio: float = 1.0
    steps: tuple[Factor | None, ...] = ()

    @property
    def net(self) -> int:
        """Points issued that stayed."""
        return sum(each.net for each in self.cohorts)

    @property
    def expected(self) -> int:
        """Points that are redeemed in the end."""
        return sum(each.expected for each in self.cohorts)

    @property
    def breakage(self) -> float | None:
        """The share that is never redeemed; None where it cannot be told."""
        return None if self.reason or self.net <= 0 else 1 - self.expected / self.net

    @property
    def interval(self) -> tuple[float, float] | None:
        """The range of the breakage."""
        return None if self.breakage is None else (max(0.0, 1 - self.high / self.net), 1 - self.low / self.net)

    def weights(self, cohort: Cohort, life: Life) -> list[float]:
        """Give how what is still to be redeemed of a cohort is shared among the ages that come."""
        end = _end(life, cohort.month)
        behind = [_share(self.steps, age, end) for age in range(cohort.age, end + 1)]
        return [max(0.0, after - before) for before, after in pairwise(behind)]


def estimate(
    flows: Sequence[Flow], last: int, life: Life, *, until: int | None = None, now: int | None = None
) -> Estimate:
    """Estimate the redemption of a wallet's cohorts from what had happened by the end of the month ``last``.

    With ``until`` it is not the redemption in the end but that by the end of this month. ``now`` is a month that has
    begun since: what happened in it counts as having happened, and nothing can be learnt from it.
    """
    known = [flow for flow in flows if flow.cohort != NO_LOT and flow.month <= (last if now is None else now)]
    sums = {month: Sums() for month in sorted({flow.cohort for flow in known})}
    for flow in known:
        sums[flow.cohort].add(flow)
    sums = {month: each for month, each in sums.items() if each.net > 0}
    rows = {
        month: _row([flow for flow in known if flow.cohort == month], month, last) for month in sums if month <= last
    }
    ends = {month: _end(life, month) for month in sums}
    steps = _steps(list(rows.values()), [ends[month] for month in rows if sums[month].outstanding > 0])
    reason = _reason(sums, rows, steps)
    if reason is not None or steps is None:
        return Estimate(last, reason)
    spoken = _Spoken(sums, rows, ends, steps, last, until)
    return spoken.estimate()


def _reason(sums: dict[int, Sums], rows: dict[int, list[int]], steps: list[Factor | None] | None) -> Reason | None:
    """Say why nothing can be told, if so."""
    if not sums:
        return "no_points"
    if sum(each.redeemed for each in sums.values()) <= 0:
        return "nothing_redeemed"
    if len(rows) < COHORTS:
        return "too_few_cohorts"
    if sum(each.times for each in sums.values()) < FEW:
        return "too_few_redemptions"
    return "too_young" if steps is None else None


def _row(flows: Sequence[Flow], month: int, last: int) -> list[int]:
    """Give what was redeemed of a cohort by the end of each month, up to ``last``."""
    row = [0] * (last - month + 1)
    for flow in flows:
        if flow.month <= last:
            row[flow.month - month] += flow.redeemed
    total = 0
    for age, value in enumerate(row):
        total += value
        row[age] = total
    return row


def _end(life: Life, month: int) -> int:
    end = life(month)
    return LONGEST if end is None else min(end, LONGEST)


def _steps(rows: Sequence[Sequence[int]], ends: Sequence[int]) -> list[Factor | None] | None:
    """Give the factors as far as open cohorts need them; None where too much of them were a guess."""
    known = factors(rows)
    steps = extended(known, max([len(known), *ends]))
    return None if steps is None or growth(steps, len(known), len(steps)) > 1 + _TAIL else steps


def _share(steps: Sequence[Factor | None], age: int, end: int) -> float:
    """Say which share of a cohort's redemption lies behind it at an age."""
    if age < 0:
        return 0.0
    whole = growth(steps, min(age, end), end)
    return 0.0 if whole in (inf, 0.0) else 1 / whole


@dataclass(frozen=True)
class _Spoken:
    """What an estimate is made of: sums, rows and ends by cohort."""

    sums: dict[int, Sums]
    rows: dict[int, list[int]]
    ends: dict[int, int]
    steps: list[Factor | None]
    last: int
    until: int | None

    def target(self, month: int) -> int:
        """The age up to which a cohort is followed."""
        return self.ends[month] if self.until is None else min(self.ends[month], self.until - month)

    def known(self, month: int) -> float:
        return _share(self.steps, self.last - month, self.ends[month])

    def method(self, month: int) -> Method:
        if self.sums[month].outstanding <= 0 or self.target(month) <= self.last - month:
            return "closed"
        return "ladder" if self.known(month) >= _KNOWN else "others"

    def estimate(self) -> Estimate:
        methods = {month: self.method(month) for month in self.sums}
        laddered = [month for month in self.sums if methods[month] == "ladder"]
        grown = project(
            [self.rows[month] for month in laddered], self.steps, [self.target(month) for month in laddered]
        )
        values = dict(zip(laddered, grown.values, strict=True))
        errors = dict(zip(laddered, grown.errors, strict=True))
        share, spread = self._others()
        for month in self.sums:
            if methods[month] == "others":
                left = self.sums[month].net * self._ahead(month)
                values[month] = self.sums[month].redeemed + left * share
                errors[month] = left * spread
        cohorts = tuple(self._cohort(month, methods[month], values, errors) for month in self.sums)
        young = sum(self.sums[month].net * self._ahead(month) for month in self.sums if methods[month] == "others")
        firm = sum(each.net for each in cohorts if each.method != "others")
        common = grown.total_error * (1 + (young / firm if firm else 0.0))
        guessed = sum(
            min(float(each.still), each.expected * (1 - 1 / self._tail(each.month)))
            for each in cohorts
            if each.method != "closed"
        )
        chance = sqrt(sum(errors[month] ** 2 for month in self.sums if methods[month] == "others"))
        error = sqrt(common**2 + chance**2 + guessed**2)
        low, high = _range(cohorts, error)
        whole = sum(each.expected for each in cohorts)
        return Estimate(
            self.last, None, cohorts, error, low, high, guessed / whole if whole else 0.0, steps=tuple(self.steps)
        )

    def _ahead(self, month: int) -> float:
        """The share of a cohort's redemption that is still to come until it is looked at."""
        return max(0.0, _share(self.steps, self.target(month), self.ends[month]) - self.known(month))

    def _tail(self, month: int) -> float:
        """How much a cohort grows at ages that nobody has reached."""
        reached = next((age for age, each in enumerate(self.steps) if each and not each.cohorts), len(self.steps))
        return max(1.0, growth(self.steps, max(reached, self.last - month), self.target(month)))

    def _others(self) -> tuple[float, float]:
        """Give the share that all cohorts redeem in the end, and how far single ones lie from it."""
        behind = {month: self.known(month) if sums.outstanding > 0 else 1.0 for month, sums in self.sums.items()}
        used = sum(sums.net * behind[month] for month, sums in self.sums.items())
        share = sum(sums.redeemed for month, sums in self.sums.items() if behind[month] > 0) / used if used > 0 else 0.0
        firm = [
            (sums.net, sums.redeemed / behind[month] / sums.net)
            for month, sums in self.sums.items()
            if behind[month] >= _KNOWN
        ]
        if len(firm) < 2:  # noqa: PLR2004 - one alone has no spread
            return share, share
        squares = sum(net * (each - share) ** 2 for net, each in firm) / sum(net for net, _ in firm)
        return share, sqrt(squares * len(firm) / (len(firm) - 1))

    def _cohort(self, month: int, method: Method, values: dict[int, float], errors: dict[int, float]) -> Cohort:
        sums = self.sums[month]
        expected = sums.redeemed if method == "closed" else round(values[month])
        return Cohort(
            month=month,
            age=self.last - month,
            net=sums.net,
            redeemed=sums.redeemed,
            outstanding=max(0, sums.outstanding),
            expected=min(max(expected, sums.redeemed), sums.redeemed + max(0, sums.outstanding)),
            error=errors.get(month, 0.0),
            known=1.0 if method == "closed" else self.known(month),
            method=method,
        )


def _range(cohorts: Sequence[Cohort], error: float) -> tuple[float, float]:
    """Give the range of what is redeemed in the end: what is redeemed already, and a lognormal part that is not."""
    redeemed = sum(each.redeemed for each in cohorts)
    still = sum(each.still for each in cohorts)
    left = sum(each.outstanding for each in cohorts if each.method != "closed")
    if still <= 0:
        return redeemed, min(redeemed + left, redeemed + Z_95 * error)
    variance = log(1 + (error / still) ** 2)
    middle = log(still) - variance / 2
    low, high = (exp(middle + sign * Z_95 * sqrt(variance)) for sign in (-1, 1))
    return redeemed + min(low, still), redeemed + min(max(high, still), left)


@dataclass(frozen=True)
class Check:
    """What was expected at the end of a month for the points known then, and what has come of them since.

    Shares are of points not redeemed by the end of the month that the check looks at.
    """

    month: int
    expected: float
    low: float
    high: float
    came: float

    @property
    def held(self) -> bool:
        """Whether what came lies within the range."""
        return self.low <= self.came <= self.high


def backtest(flows: Sequence[Flow], last: int, life: Life) -> tuple[Check, ...]:
    """Make the same estimate as of the end of earlier months, for the end of ``last``, and see what came.

    Only points issued by then are looked at; months at which nothing could have been said are left out. The ranges
    are as wide as they would have been then.
    """
    found = []
    for said, came, _miss in _misses(flows, last, life, CHECKS):
        then = widened(said, flows, said.month, life)
        assert then.breakage is not None
        assert then.interval is not None
        found.append(Check(said.month, then.breakage, *then.interval, came))
    return tuple(found)


def widened(said: Estimate, flows: Sequence[Flow], last: int, life: Life) -> Estimate:
    """Widen the range of an estimate by how far earlier ones have missed what came, if by more than they said.

    Its error is multiplied by the root mean square of the misses of the last twelve months in their own standard
    errors, where that is above 1 (R. T. Birge, «The calculation of errors by the method of least squares», Physical
    Review 40, 1932): Mack's error knows nothing of a company whose customers change.
    """
    misses = [miss for _said, _came, miss in _misses(flows, last, life, LEARNT)]
    if said.reason is not None or not misses:
        return said
    ratio = max(1.0, sqrt(sum(miss * miss for miss in misses) / len(misses)))
    low, high = _range(said.cohorts, said.error * ratio)
    return replace(said, error=said.error * ratio, low=low, high=high, ratio=ratio)


def _misses(flows: Sequence[Flow], last: int, life: Life, most: int) -> list[tuple[Estimate, float, float]]:
    """Give the latest of the earlier estimates for the end of ``last``, what came, and the miss in standard errors."""
    first = min((flow.cohort for flow in flows if flow.cohort != NO_LOT), default=last)
    found = []
    for month in range(max(first + COHORTS - 1, last - most), last):
        said = estimate(flows, month, life, until=last)
        sums = summed((flow for flow in flows if flow.cohort != NO_LOT and flow.cohort <= month), last)
        if said.breakage is None or sums.net <= 0:
            continue
        came = 1 - sums.redeemed / sums.net
        miss = (said.breakage - came) * said.net
        found.append((said, came, miss / said.error if said.error > 1 else 0.0))
    return found
