"""Ties: the pools that a member shares points with, and the account that a merged one goes on in."""

from __future__ import annotations

from msgspec import structs

from stammis.core.effects import Decision, Tied
from stammis.core.events import Merged, PoolChanged, Unmerged
from stammis.core.refusals import refuse
from stammis.core.standing import Pooling, Ties
from stammis.core.world import World

WHOLE = 100
"""Per cent: more than that nobody can share of what is earned."""


def decide_pool(event: PoolChanged, world: World) -> Decision:
    """Decides that a member joins a pool, has another part in it, or leaves it; points stay where they are."""
    ties = world.standing.ties or Ties()
    if ties.merged_into is not None:
        return refuse("already_merged")
    others = tuple(each for each in ties.pools if each.pool != event.pool)
    if event.left:
        if len(others) == len(ties.pools):
            return refuse("not_in_pool", pool=event.pool)
        return _tied(structs.replace(ties, pools=others))
    left = WHOLE - sum(each.share for each in others)
    if event.share > left:
        return refuse("share_limit", max=left)
    part = Pooling(event.pool, event.account, event.share, tuple(sorted(set(event.rights))), event.pool_kind)
    return _tied(structs.replace(ties, pools=(*others, part)))


def decide_merge(event: Merged | Unmerged, world: World) -> Decision:
    """Decides that an account ends in another, or goes on by itself again. The points are moved beside it."""
    ties = world.standing.ties
    merged = ties is not None and ties.merged_into is not None
    if isinstance(event, Unmerged):
        return _tied(Ties()) if merged else refuse("not_merged")
    if merged:
        return refuse("already_merged")
    if ties is not None and ties.pools:
        return refuse("in_a_pool", pool=ties.pools[0].pool)
    return _tied(Ties(merged_into=event.account, merge=event.id))


def _tied(ties: Ties) -> Decision:
    return Decision(effects=(Tied(ties=ties if ties != Ties() else None),))
