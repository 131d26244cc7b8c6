"""A cart that is only thought of, tried by members at a moment: what each would get, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stammis.accrual.queries import moment_of, standing_of
from stammis.accrual.queries.trials import Trial, try_out
from stammis.accrual.sentences import Part
from stammis.console.editor.cart import Thought
from stammis.core.calendars import instant
from stammis.core.programme import Programme as Document
from stammis.kit import clock
from stammis.members import queries as members
from stammis.members.models import Member
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words

MOST_NAMED = 5
"""So many are named where several are meant."""


@dataclass(frozen=True)
class Column:
    """What one member would get: the trial, what it gives by wallet as text, and the levels after it."""

    member: Member
    trial: Trial
    totals: list[str]
    levels: list[str]


@dataclass
class Difference:
    """A rule that gives one member something else than the other: by member the amount and the reason."""

    name: str
    decimals: int
    cells: list[tuple[int, str]] = field(default_factory=list)


def meant(programme: Programme, asked: str) -> list[Member]:
    """Give who is meant: the member with this id, else the first of those whom these words find."""
    try:
        return [members.find(programme.id, asked)]
    except members.UnknownMember:
        return list(members.search(programme.id, asked, limit=MOST_NAMED).rows)


def column(programme: Programme, member: Member, thought: Thought) -> Column:
    """Try a cart by a member as they stood, or will stand, at its moment. Raises TooFarBack."""
    assert thought.event is not None
    versions = programmes.versions(programme.id)
    # What falls due until then is let happen by the trial; only what lies behind has to be folded again.
    ahead = thought.at >= clock.now()
    standing = standing_of(member.id) if ahead else moment_of(programme, member, thought.at).standing
    trial = try_out(standing, thought.event, versions, own=member.id.hex)
    document = versions.at(instant(thought.at)).programme
    wallets = {wallet.id: wallet for wallet in document.wallets}
    given = [gain for gain in trial.gains if gain.amount] or list(trial.gains[:1])
    totals = [
        words.signed_points(words.smallest(gain.amount, wallets.get(gain.wallet)), wallets.get(gain.wallet))
        for gain in given
    ]
    return Column(member, trial, totals, _levels(trial, document))


def differences(columns: Sequence[Column]) -> list[Difference]:
    """Tell the rules that give these members different amounts, in the order of the programme."""
    told = [_by_rule(each.trial) for each in columns]
    names: dict[str, Difference] = {}
    for by_rule in told:
        for key, (decimals, part) in by_rule.items():
            known = names.setdefault(key, Difference(part.name, decimals))
            known.decimals = max(known.decimals, decimals)
    for key, difference in names.items():
        for by_rule in told:
            found = by_rule.get(key)
            difference.cells.append((found[1].amount, found[1].sentence) if found else (0, ""))
    return [each for each in names.values() if len({amount for amount, _ in each.cells}) > 1]


def _by_rule(trial: Trial) -> dict[str, tuple[int, Part]]:
    found: dict[str, tuple[int, Part]] = {}
    for part in trial.not_applied:
        found[part.rule] = (0, part)
    for gain in trial.gains:
        for part in gain.parts:
            found[part.rule] = (gain.decimals, part)
    return found


def _levels(trial: Trial, document: Document) -> list[str]:
    names = {level.id: words.name(level.name, level.id) for tiers in document.tiers for level in tiers.levels}
    return [names.get(level, level) for level in trial.tiers.values() if level]
