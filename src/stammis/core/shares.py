"""Shares: exact gains rounded to the rows' whole points, and each rule's whole part of them."""

from __future__ import annotations

from stammis.core.basket import Basket
from stammis.core.combining import Lefts
from stammis.core.gains import Gain, line_shares, worth
from stammis.core.rules import Rules
from stammis.core.spread import rounded

Bucket = int
"""What is rounded on its own: a line (its place), or a rule for whole purchases (below zero)."""


def parts_of_whole(gains: list[Gain], rules: Rules, lefts: Lefts | None = None) -> dict[str, int]:
    """Rounds once for each wallet, gives each rule its part by largest remainder; the points by wallet.

    ``gains`` stand in the order of the programme. ``lefts`` is what shared caps and budgets allow: where a rounded part
    would exceed that, another rule gets it, or else nobody.
    """
    if not gains:
        return {}
    if rules.book.one_wallet:
        return {gains[0].rule.wallet: _whole(gains, rules, lefts)}
    wallets: dict[str, list[Gain]] = {}
    for gain in gains:
        wallets.setdefault(gain.rule.wallet, []).append(gain)
    return {wallet: _whole(together, rules, lefts) for wallet, together in wallets.items()}


def _whole(gains: list[Gain], rules: Rules, lefts: Lefts | None) -> int:
    denominator = rules.book.denominator
    rests: list[int] = []
    floors = over = 0
    for gain in gains:
        value = gain.value
        gain.part = part = value // denominator
        rest = value % denominator
        floors += part
        over += rest
        rests.append(rest)
    whole = rounded(floors * denominator + over, denominator, rules.mode)
    if lefts and whole > floors:
        largest_first = sorted(range(len(rests)), key=rests.__getitem__, reverse=True)  # equal ones in their order
        return floors + _one_more(gains, [place for place in largest_first if rests[place]], whole - floors, lefts)
    for _ in range(whole - floors):
        place = rests.index(max(rests))
        gains[place].part += 1
        rests[place] = -1
    return whole


def _one_more(gains: list[Gain], places: list[int], most: int, lefts: Lefts) -> int:
    """Gives one more to as many of these as may have it, the first ones first; how many got it."""
    rooms = dict(lefts)
    for gain in gains:
        for key in gain.pools:
            rooms[key] -= gain.part
    given = 0
    for place in places:
        gain = gains[place]
        if given < most and all(rooms[key] > 0 for key in gain.pools):
            gain.part += 1
            given += 1
            for key in gain.pools:
                rooms[key] -= 1
    return given


def parts_by_line(gains: list[Gain], basket: Basket, rules: Rules, lefts: Lefts | None = None) -> dict[str, int]:
    """Rounds each line (and each rule for whole purchases) on its own; the points by wallet.

    A capped rule's whole parts never exceed what its cap (and what it shares with others) allows, so that a line may
    round to less.
    """
    rooms = dict(lefts or {})
    values = _by_bucket(gains, basket, rules)
    buckets: dict[tuple[str, Bucket], list[tuple[Gain, int]]] = {}
    for gain in gains:
        for bucket, value in values[gain.rule.position]:
            buckets.setdefault((gain.rule.wallet, bucket), []).append((gain, value))
    points: dict[str, int] = {}
    for (wallet, _), shares in sorted(buckets.items(), key=_bucket):
        points[wallet] = points.get(wallet, 0) + _share_out(shares, rules, rooms)
    return points


def _bucket(entry: tuple[tuple[str, Bucket], list[tuple[Gain, int]]]) -> Bucket:
    return entry[0][1]


def _share_out(shares: list[tuple[Gain, int]], rules: Rules, rooms: Lefts) -> int:
    denominator = rules.book.denominator
    left = rounded(sum(value for _, value in shares), denominator, rules.mode)
    given = 0
    parts = [value // denominator for _, value in shares]
    left -= sum(parts)
    order = sorted(range(len(shares)), key=lambda place: -(shares[place][1] % denominator))
    for place in order:
        gain, value = shares[place]
        if left and value % denominator and (gain.left is None or gain.part + parts[place] < gain.left):
            parts[place] += 1
            left -= 1
    for (gain, _), part in zip(shares, parts, strict=True):
        allowed = part if gain.left is None else min(part, gain.left - gain.part)
        for key in gain.pools:
            allowed = min(allowed, rooms[key])
        for key in gain.pools:
            rooms[key] -= allowed
        gain.part += allowed
        given += allowed
    return given


def _by_bucket(gains: list[Gain], basket: Basket, rules: Rules) -> dict[int, list[tuple[Bucket, int]]]:
    """By rule, its exact value in each bucket; a cap is filled in the order of the lines."""
    found: dict[int, list[tuple[Bucket, int]]] = {}
    for gain in gains:
        if gain.rule.kind != "multiply":
            found[gain.rule.position] = _filled(_plain(gain, basket, rules), gain.value)
    for gain in gains:
        if gain.rule.kind != "multiply":
            continue
        shares: dict[Bucket, int] = {}
        for other in gains:
            if other.rule.bit & gain.rule.targets:
                for bucket, value in _multiplied(other, gain.lines, basket, rules):
                    shares[bucket] = shares.get(bucket, 0) + value * gain.rule.factor // gain.rule.divisor
        found[gain.rule.position] = _filled(sorted(shares.items()), gain.value)
    return found


def _plain(gain: Gain, basket: Basket, rules: Rules) -> list[tuple[Bucket, int]]:
    if gain.rule.kind in ("purchase", "event"):
        return [(-1 - gain.rule.position, gain.value)]
    if gain.rule.kind == "marginal":
        return list(line_shares(gain, basket, rules).items())
    places = range(len(basket.lines)) if gain.lines is None else gain.lines
    return [(place, worth(gain.rule, basket, [place], rules)) for place in places]


def _multiplied(gain: Gain, lines: list[int] | None, basket: Basket, rules: Rules) -> list[tuple[Bucket, int]]:
    plain = _plain(gain, basket, rules)
    if lines is not None and gain.rule.kind not in ("purchase", "event"):
        plain = [(place, value) for place, value in plain if place in lines]
    return _filled(plain, gain.value)


def _filled(buckets: list[tuple[Bucket, int]], most: int) -> list[tuple[Bucket, int]]:
    filled: list[tuple[Bucket, int]] = []
    for bucket, value in buckets:
        share = min(value, most)
        most -= share
        if share:
            filled.append((bucket, share))
    return filled
