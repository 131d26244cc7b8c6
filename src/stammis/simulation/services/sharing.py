"""Who should have what: lines of a correction, by the account in which what was found goes on now."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from stammis.members.models import Member
from stammis.simulation.models import CorrectionLine
from stammis.simulation.righting import Found

DIFFERS = "differs_from_ledger"
NOBODY = "no_member"
LineState = CorrectionLine.State


@dataclass(slots=True)
class _Share:
    """What a member should have more or less, gathered from the accounts that go on in it."""

    originals: dict[str, list[tuple[str, str, int, int]]] = field(default_factory=lambda: defaultdict(list))
    agrees: bool = True


def shared_out(found: Iterable[Found]) -> Iterator[CorrectionLine]:
    """Give the lines of those who were found, by the account in which theirs goes on now."""
    shares: dict[uuid.UUID, _Share] = defaultdict(_Share)
    everything = list(found)
    targets = accounts_now({uuid.UUID(bytes=each.member) for each in everything})
    for each in everything:
        share = shares[targets[uuid.UUID(bytes=each.member)].id]
        share.agrees = share.agrees and each.agrees
        for wallet, kind, name, before, after in each.sums:
            if before != after or not each.agrees:
                share.originals[wallet].append((kind, name, before, after))
    members = {member.id: member for member in targets.values()}
    for member_id, share in shares.items():
        member = members[member_id]
        because = DIFFERS if not share.agrees else NOBODY if member.reference is None else ""
        for wallet, originals in (share.originals or {"": []}).items():
            amount = sum(after - before for _kind, _id, before, after in originals)
            if amount or because:
                state = LineState.APART if because else LineState.PLANNED
                yield CorrectionLine(
                    member=member, wallet=wallet, amount=amount, originals=originals, state=state, because=because
                )


def accounts_now(members: set[uuid.UUID]) -> dict[uuid.UUID, Member]:
    """Give by account the one in which it goes on: itself, or where it was merged into."""
    known = Member.objects.in_bulk(members)
    while missing := {each.merged_into_id for each in known.values() if each.merged_into_id} - known.keys():
        known |= Member.objects.in_bulk(missing)
    found: dict[uuid.UUID, Member] = {}
    for member in members:
        last = known[member]
        while last.merged_into_id:
            last = known[last.merged_into_id]
        found[member] = last
    return found


def totals_of(lines: list[CorrectionLine]) -> dict[str, Any]:
    """Count by wallet who gains and loses how much, and how many members are listed apart."""
    wallets: dict[str, Counter[str]] = defaultdict(Counter)
    apart = Counter({line.member_id: 1 for line in lines if line.state == LineState.APART})
    for line in lines:
        if line.state == LineState.PLANNED:
            which = ("gaining", "gains") if line.amount > 0 else ("losing", "losses")
            wallets[line.wallet][which[0]] += 1
            wallets[line.wallet][which[1]] += line.amount
    blank = {"gaining": 0, "gains": 0, "losing": 0, "losses": 0}
    return {"wallets": {wallet: blank | counts for wallet, counts in wallets.items()}, "apart": len(apart)}
