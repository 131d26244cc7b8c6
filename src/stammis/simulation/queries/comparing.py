"""Two runs side by side: points, money, levels, rules, and who would have had more or less."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction

import duckdb
import msgspec

from stammis.core.rules import Rules
from stammis.kit.errors import Conflict
from stammis.simulation import course as courses
from stammis.simulation import results
from stammis.simulation.estimates import Counted, Estimate, number, total, totals
from stammis.simulation.models import Run
from stammis.simulation.queries.changes import Change, Group, Spread, groups, largest, lay_out, spread, worths
from stammis.simulation.queries.rewarding import Reward, lay_out_rewards, rewards
from stammis.simulation.queries.runs import summary_of
from stammis.simulation.queries.scaling import Scaled, estimated, moves, worth_of
from stammis.simulation.results import Limit, Summary, WalletTotals, folder_of
from stammis.simulation.tallies import MOVES, UNMOVED, Sums
from stammis.snapshot.reading import connect


class NotComparable(Conflict):
    """These back-tests cannot be compared: one is not done, or members, days or history differ. Ask for both again."""

    code = "not_comparable"


class Outdated(Conflict):
    """The files of this back-test are gone, or of an earlier release. Ask for it again."""

    code = "outdated"


class Wallet(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet in both runs, in its smallest unit, of the members looked at.

    ``change`` is how much more (or less) was given, less what was taken back, of all members; ``cost_minor`` the same
    in money, ``cost_today`` and ``cost_tried`` what it is the difference of; None where the wallet has no value.
    ``outstanding_minor`` is the worth of what is there at the end of the members looked at, today and tried. Money on
    each side is by what a point is worth there; ``revalued`` where these differ. Of a sample, ``estimates`` has what
    ``today`` and ``tried`` come to for all members, by name, and ``outstanding`` the same in money.
    """

    id: str
    decimals: int
    today: WalletTotals
    tried: WalletTotals
    change: Estimate
    cost_today: Estimate | None = None
    cost_tried: Estimate | None = None
    cost_minor: Estimate | None = None
    outstanding_minor: tuple[int, int] | None = None
    estimates: dict[str, Scaled] = {}
    outstanding: Scaled | None = None
    revalued: bool = False


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """How points of a wallet moved in a local month (see ``tallies.MOVES``), in both runs."""

    month: str
    wallet: str
    today: dict[str, int]
    tried: dict[str, int]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule gave, less what was taken back, and for how many purchases it gave something, in both runs."""

    rule: str
    wallet: str
    points_today: int
    points_tried: int
    purchases_today: int
    purchases_tried: int


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """How many members hold a level at the end of a local month, in both runs; month «» is the beginning.

    Of a sample, ``estimates`` says how many of all members that are, today and tried.
    """

    set: str
    month: str
    level: str
    today: int
    tried: int
    estimates: tuple[Estimate, Estimate] | None = None


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """How many members went from one level to another in a local month, in both runs."""

    set: str
    month: str
    before: str
    after: str
    today: int
    tried: int


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two runs side by side. Counts are of the members looked at, which are ``share`` (part, whole) of all.

    ``cost_minor`` is what all wallets with a value cost more, in minor units of money; ``largest`` the fifty members
    whose lot changes most. Changes of members are in money where any wallet has a value (``in_money``), else in points
    of the first wallet.
    """

    run: uuid.UUID
    other: uuid.UUID
    share: tuple[int, int]
    today: Summary
    tried: Summary
    wallets: tuple[Wallet, ...]
    rewards: tuple[Reward, ...]
    cost_minor: Estimate | None
    months: tuple[Month, ...]
    rules: tuple[Rule, ...]
    levels: tuple[Level, ...]
    flows: tuple[Flow, ...]
    in_money: bool
    spread: Spread
    groups: tuple[Group, ...]
    largest: tuple[Change, ...]

    @property
    def limits(self) -> tuple[tuple[Limit, ...], tuple[Limit, ...]]:
        """Caps and budgets that cut something: by what is published, and by what was tried."""
        return self.today.limits, self.tried.limits


def compare(run: Run, other: Run | None = None) -> Comparison:
    """Put a run beside another, or that of what is published over the same. Raises NotComparable and Outdated."""
    other = other or run.compared_with
    tried, today = summary_of(run), None if other is None else summary_of(other)
    if other is None or tried is None or today is None or not _alike(run, other):
        raise NotComparable
    rules, before = rules_of(run), rules_of(other)
    sums = results.sums(folder_of(other)), results.sums(folder_of(run))
    with connect() as db:
        results.attach(db, folder_of(other), "today_")
        results.attach(db, folder_of(run), "tried_")
        in_money = lay_out(db, before, rules)
        lay_out_rewards(db, before, rules)
        counted = _counted(db, run, tried.share)
        return Comparison(
            run=run.id,
            other=other.id,
            share=tried.share,
            today=today,
            tried=tried,
            wallets=tuple(_wallets(db, (today, before), (tried, rules), counted)),
            rewards=tuple(rewards(db, before, rules, counted)),
            cost_minor=_cost(db, counted) if in_money else None,
            months=tuple(_months(*sums)),
            rules=tuple(_rules(*sums)),
            levels=tuple(_levels(*sums, counted)),
            flows=tuple(_flows(*sums)),
            in_money=in_money,
            spread=spread(db),
            groups=tuple(groups(db)),
            largest=tuple(largest(db, run.programme_id)),
        )


def rules_of(run: Run) -> Rules:
    """Give the rules that are in force at the end of a run. Raises Outdated."""
    course = kept_course(run)
    return course.versions().at(course.until or 0)


def kept_course(run: Run) -> courses.Course:
    """Give the course of a run whose files can be read. Raises Outdated."""
    course = courses.kept(folder_of(run))
    if course is None:
        raise Outdated
    return course


def _alike(run: Run, other: Run) -> bool:
    """Whether two runs are about the same members over the same stretch of the same history."""
    names = ("programme_id", "begins_on", "ends_on", "label", "sample", "position")
    return all(getattr(run, name) == getattr(other, name) for name in names)


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = db.execute(sql).fetchone()
    return int(row[0] or 0) if row else 0


def _counted(db: duckdb.DuckDBPyConnection, run: Run, share: tuple[int, int]) -> Counted:
    """Give on how many members estimates rest: those of a sample, or all who joined."""
    if run.sample is not None:
        return Counted(*share, sampled=True)
    joined = _one(db, "SELECT count(*) FROM changes")
    return Counted(joined, joined)


def _cost(db: duckdb.DuckDBPyConnection, counted: Counted) -> Estimate:
    row = db.execute("SELECT sum(change)::BIGINT, sum(change::DOUBLE * change) FROM changes").fetchone()
    return total(int((row and row[0]) or 0), float((row and row[1]) or 0), counted)


_WALLETS = """
SELECT wallet, sum(points)::BIGINT, sum(points::DOUBLE * points),
       sum(money_today)::BIGINT, sum(money_today::DOUBLE * money_today),
       sum(money_tried)::BIGINT, sum(money_tried::DOUBLE * money_tried),
       sum(money)::BIGINT, sum(money::DOUBLE * money)
FROM moved GROUP BY wallet
"""


def _wallets(
    db: duckdb.DuckDBPyConnection, today: tuple[Summary, Rules], tried: tuple[Summary, Rules], counted: Counted
) -> Iterator[Wallet]:
    found = {row[0]: row[1:] for row in db.execute(_WALLETS).fetchall()}
    known = today[1].wallets | tried[1].wallets
    lines = moves(db) if counted.sampled else {}
    estimates = (
        {wallet: estimated(lines.get(wallet), counted) for wallet in {*known, *lines}} if counted.sampled else {}
    )
    for wallet in dict.fromkeys((*tried[1].wallets, *today[0].wallets, *tried[0].wallets)):
        points, squares, *money = found.get(wallet, (0, 0.0) * 4)
        there = today[0].wallets.get(wallet, WalletTotals()), tried[0].wallets.get(wallet, WalletTotals())
        told = Wallet(
            id=wallet,
            decimals=known[wallet].decimals if wallet in known else 0,
            today=there[0],
            tried=there[1],
            change=total(points, squares, counted),
            estimates=estimates.get(wallet, {}),
        )
        before, after = worths(wallet, today[1], tried[1])
        if before is not None and after is not None:
            costs = totals(money, counted)
            told = msgspec.structs.replace(
                told,
                cost_today=costs[0],
                cost_tried=costs[1],
                cost_minor=costs[2],
                outstanding_minor=(_worth(there[0].closing, before), _worth(there[1].closing, after)),
                outstanding=worth_of(lines.get(wallet), (before, after), counted) if counted.sampled else None,
                revalued=before != after,
            )
        yield told


def _worth(points: int, each: Fraction) -> int:
    """Give what points are worth, rounded towards nothing."""
    return int(points * each)


def _months(today: Sums, tried: Sums) -> Iterator[Month]:
    moved = [_moved(sums) for sums in (today, tried)]
    for month, wallet in sorted(moved[0].keys() | moved[1].keys()):
        before, after = (dict(zip(MOVES, each.get((month, wallet), UNMOVED), strict=True)) for each in moved)
        yield Month(month=month, wallet=wallet, today=before, tried=after)


def _moved(sums: Sums) -> dict[tuple[str, str], list[int]]:
    return {(name, wallet): moves for name, month in sums.months.items() for wallet, moves in month.moved.items()}


def _rules(today: Sums, tried: Sums) -> Iterator[Rule]:
    counts = [_over_months(sums) for sums in (today, tried)]
    for rule, wallet in sorted(counts[0].keys() | counts[1].keys()):
        (points_today, purchases_today), (points_tried, purchases_tried) = (each[rule, wallet] for each in counts)
        yield Rule(
            rule=rule,
            wallet=wallet,
            points_today=points_today,
            points_tried=points_tried,
            purchases_today=purchases_today,
            purchases_tried=purchases_tried,
        )


def _over_months(sums: Sums) -> defaultdict[tuple[str, str], tuple[int, int]]:
    found: defaultdict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for month in sums.months.values():
        for given, (points, purchases) in month.given.items():
            before = found[given]
            found[given] = (before[0] + points, before[1] + purchases)
    return found


def _flows(today: Sums, tried: Sums) -> Iterator[Flow]:
    for key in sorted(today.flows.keys() | tried.flows.keys()):
        month, tiers, before, after = key
        if month:
            yield Flow(
                set=tiers, month=month, before=before, after=after, today=today.flows[key], tried=tried.flows[key]
            )


def _levels(today: Sums, tried: Sums, counted: Counted) -> Iterator[Level]:
    named = [{str(key[0]) for key in (*sums.flows, *_moved(sums))} for sums in (today, tried)]
    months = sorted({"", *named[0], *named[1]})
    stands = [_standing(sums, months) for sums in (today, tried)]
    for month, tiers, level in sorted(stands[0].keys() | stands[1].keys()):
        key = (month, tiers, level)
        if stands[0][key] or stands[1][key]:
            there = stands[0][key], stands[1][key]
            scaled = (number(there[0], counted), number(there[1], counted)) if counted.sampled else None
            yield Level(set=tiers, month=month, level=level, today=there[0], tried=there[1], estimates=scaled)


def _standing(sums: Sums, months: Iterable[str]) -> Counter[tuple[str, str, str]]:
    """Give how many hold each level at the end of each month, from where they began and how they moved."""
    now: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str, str]] = Counter()
    for month in months:
        for (moved, tiers, before, after), count in sums.flows.items():
            if moved == month:
                now[tiers, after] += count
                if month:
                    now[tiers, before] -= count
        found.update({(month, *key): count for key, count in now.items()})
    return found
