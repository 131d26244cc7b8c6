"""Rules: a published programme prepared for deciding. Compiled once for each version, never changed, shared by all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from msgspec import structs

from stammis.core.amounts import exact
from stammis.core.basket import counting
from stammis.core.calendars import Calendar, calendar_of
from stammis.core.currencies import DECIMALS
from stammis.core.delays import Delay, delays_of
from stammis.core.earn_rules import EarnBook, asks_level, earn_book
from stammis.core.expiry import Ending, ending
from stammis.core.programme import STATES, Programme, Returns, Reward, State
from stammis.core.scene import Terms
from stammis.core.spread import Mode
from stammis.core.standing import PurchaseState, Rate
from stammis.core.tier_rules import MeasureRules, TierRules, tier_rules
from stammis.core.wallets import Negative, Sliding, Wallet


@dataclass(frozen=True, slots=True)
class WalletRules:
    """A wallet, prepared: ``value`` is the worth of one smallest unit in minor units of money.

    ``activity`` names what moves the end of its points on, where they slide. Of an order it pays at most ``share`` and
    at most the amount ``most``.
    """

    id: str
    decimals: int
    ends_at: Ending
    value: Fraction | None
    pays: bool
    negative: Negative = "allow_debt"
    share: Fraction | None = None
    most: int | None = None
    activity: frozenset[str] = frozenset()

    def worth(self, amount: int) -> int:
        """What an amount is worth in minor units, rounded towards zero; 0 where the wallet has no value in money."""
        if self.value is None:
            return 0
        size = abs(amount) * self.value.numerator // self.value.denominator
        return size if amount >= 0 else -size

    def most_for(self, money: int) -> int:
        """The most that can be paid with towards so much money: what just covers it, or else what stays below it.

        Where a share of it or so many points are the limit: what stays within that.
        """
        if not self.value:
            return 0
        if self.share is not None:
            money = math.floor(money * self.share)
        covering = -(-money * self.value.denominator // self.value.numerator)
        found = covering if self.worth(covering) == money else covering - 1
        return found if self.most is None else min(found, self.most)


@dataclass(frozen=True, slots=True)
class RewardRules:
    """A reward, prepared: ``price`` in smallest units of its wallet."""

    id: str
    wallet: str
    price: int


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """A version of a programme, prepared for deciding. ``version`` 0 stands for the time before the first.

    ``circular`` tells whether points are reckoned at a level that the very same points may raise, ``tended`` are the
    tier sets whose level is more than what counts in a rolling window (see ``core.levels``), ``rolling`` the others,
    ``measures`` all that tier
    sets count, ``split`` the sets that divide a purchase at the threshold which it crosses and ``split_mask`` the rules
    that ask for their levels. ``money`` is how many minor units of a purchase's currency one of the programme's is,
    ``decimals`` that currency's; ``abroad`` tells whether it is another than the programme's. ``delays`` are those of
    the rules whose points are pending at first, ``sliding`` the wallets whose points last by activity. ``arrived`` is
    where a purchase stands that arrives in a state, before anything is decided about it; shared, so never changed.
    ``looks_back`` is how many days of what may be forgotten meanwhile the rules see, 0 where they see none.
    """

    programme: Programme
    version: int
    calendar: Calendar
    decimals: int
    money: Fraction
    mode: Mode
    per_line: bool
    wallets: dict[str, WalletRules]
    book: EarnBook
    tiers: tuple[TierRules, ...]
    tier_sets: dict[str, TierRules]
    tended: tuple[TierRules, ...]
    rolling: tuple[TierRules, ...]
    measures: tuple[MeasureRules, ...]
    tallies: dict[str, MeasureRules]
    split: tuple[TierRules, ...]
    split_mask: int
    circular: bool
    rewards: dict[str, RewardRules]
    statuses: dict[str, State]
    arrived: dict[State, PurchaseState]
    returns: Returns
    delays: dict[str, Delay]
    sliding: tuple[WalletRules, ...]
    looks_back: int = 0
    abroad: bool = False

    def delay_of(self, rule: str) -> str:
        """The key of the delay of a rule; empty where it has none."""
        delay = self.delays.get(rule)
        return "" if delay is None else delay.key

    def home(self, amount: int) -> int:
        """An amount in minor units of the purchase's currency, in those of the programme's; halves up."""
        if not self.abroad:
            return amount
        return math.floor(amount * int(10 ** DECIMALS[self.programme.currency]) / self.money + Fraction(1, 2))


def compile_rules(programme: Programme, version: int, rate: Rate | None = None) -> Rules:
    """Prepares a version of a programme: conditions as closures, indexes, common denominators, the zone's calendar.

    With a ``rate`` it is prepared for purchases in that currency: what the programme says in money is reckoned in it,
    exactly. The programme has been parsed by ``stammis.core.document.parse``, which refuses what cannot be prepared.
    """
    calendar = calendar_of(programme.timezone)
    decimals = DECIMALS[programme.currency if rate is None else rate.currency]
    money = 10**decimals * Fraction(1 if rate is None else rate.rate)
    wallets = {wallet.id: _wallet(wallet, programme, calendar, money) for wallet in programme.wallets}
    terms = _terms(programme, calendar, money)
    tiers = tuple(tier_rules(tiers, programme) for tiers in programme.tiers)
    measures = tuple(measure for each in tiers for measure in each.measures)
    book = earn_book(programme, terms.wallets, terms)
    split = tuple(one for one in tiers if one.split and one.id in book.reads.tiers)
    return Rules(
        programme=programme,
        version=version,
        calendar=calendar,
        decimals=decimals,
        money=money,
        mode=programme.rounding.mode,
        per_line=programme.rounding.level == "line",
        wallets=wallets,
        book=book,
        tiers=tiers,
        tier_sets={one.id: one for one in tiers},
        tended=tuple(one for one in tiers if one.tended),
        rolling=tuple(one for one in tiers if not one.tended),
        measures=measures,
        tallies={measure.key: measure for measure in measures},
        split=split,
        split_mask=sum(
            rule.bit
            for rule, said in zip(book.rules, programme.earn, strict=True)
            if asks_level(said, frozenset(one.id for one in split))
        ),
        circular=any(one.rate_after and one.counts_points and one.id in book.reads.tiers for one in tiers),
        rewards={reward.id: _reward(reward, wallets) for reward in programme.rewards},
        statuses={"completed": "completed", **programme.statuses},
        arrived={state: PurchaseState(state=state, version=version) for state in STATES},
        returns=programme.returns,
        delays=delays_of(programme, calendar),
        sliding=tuple(wallet for wallet in wallets.values() if wallet.activity),
        looks_back=_looks_back(book, tiers),
        abroad=rate is not None,
    )


def _looks_back(book: EarnBook, tiers: tuple[TierRules, ...]) -> int:
    """How many days the rules look back over, a purchase's own among them: rolling windows and a member's history."""
    windows = [one.window for one in tiers if not one.tended and one.id in book.reads.tiers]
    if book.memory.days or book.memory.events:
        windows.append(max(1, book.memory.window))
    return max(windows, default=0)


def _terms(programme: Programme, calendar: Calendar, money: Fraction) -> Terms:
    return Terms(
        DECIMALS[programme.currency],
        {tiers.id: tuple(level.id for level in tiers.levels) for tiers in programme.tiers},
        money,
        {wallet.id: wallet.decimals for wallet in programme.wallets},
        counting(programme.basis).kinds,
        {name: frozenset(day.toordinal() for day in days) for name, days in programme.holidays.items()},
        calendar,
        money == 10 ** DECIMALS[programme.currency],
    )


def at_rate(rules: Rules, rate: Rate | None) -> Rules:
    """The same rules for purchases in another currency, at this rate; without one as they are."""
    return rules if rate is None else _at_rate(rules, rate)


@lru_cache(maxsize=512)
def _at_rate(rules: Rules, rate: Rate) -> Rules:
    programme = rules.programme if rules.version else _without_rules(rules.programme)
    return compile_rules(programme, rules.version, rate)


def before_first(programme: Programme) -> Rules:
    """The rules before a programme's first version began: purchases are recorded, nothing is earned, no tier moves."""
    return compile_rules(_without_rules(programme), 0)


def _without_rules(programme: Programme) -> Programme:
    return structs.replace(programme, earn=(), groups=(), caps=(), budgets=(), tiers=(), rewards=())


def _wallet(wallet: Wallet, programme: Programme, calendar: Calendar, money: Fraction) -> WalletRules:
    value = None if wallet.value is None else exact(wallet.value) * money / int(10**wallet.decimals)
    return WalletRules(
        wallet.id,
        wallet.decimals,
        ending(wallet.expiry, calendar),
        value,
        wallet.pays,
        wallet.negative_balance or programme.negative_balance,
        *_limits(wallet),
        frozenset(wallet.expiry.activity) if isinstance(wallet.expiry, Sliding) else frozenset(),
    )


def _limits(wallet: Wallet) -> tuple[Fraction | None, int | None]:
    limit = wallet.limit
    if limit is None:
        return None, None
    share = None if limit.share is None else Fraction(limit.share) / 100
    return share, None if limit.points is None else limit.points * int(10**wallet.decimals)


def _reward(reward: Reward, wallets: dict[str, WalletRules]) -> RewardRules:
    return RewardRules(reward.id, reward.wallet, reward.price * int(10 ** wallets[reward.wallet].decimals))
