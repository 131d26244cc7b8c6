"""Why points moved: a ledger row explained from what the engine kept with its decision."""

from __future__ import annotations

from dataclasses import dataclass

from stammis.accrual import sentences
from stammis.accrual.models import Decision
from stammis.accrual.records import read_event, read_record
from stammis.accrual.sentences import Part, Row, Why
from stammis.activity.models import Event, Receipt
from stammis.core.effects import Decision as Decided
from stammis.core.events import AnyEvent, Purchase, StatusChanged
from stammis.core.explain import full_steps
from stammis.core.programme import Programme as Document
from stammis.ledger.models import Entry
from stammis.programmes import queries as programmes


@dataclass(frozen=True)
class Reason:
    """A row with its explanation, the event behind it, and the version of the programme that decided."""

    entry: Entry
    why: Why
    event: AnyEvent
    version: int
    document: Document

    @property
    def decimals(self) -> int:
        """The decimals of the row's wallet."""
        return next((wallet.decimals for wallet in self.document.wallets if wallet.id == self.entry.wallet), 0)

    def place(self, part: Part) -> str:
        """Where a part's rule stands on the programme's page; empty for what belongs to no rule."""
        at = next((at for at, rule in enumerate(self.document.earn) if rule.id == part.rule), None)
        return "" if at is None else f"part-earn-{at}"


def reason(entry: Entry) -> Reason:
    """Explain a row in the reader's language."""
    stored = Event.objects.get(member_id=entry.member_id, seq=entry.seq)
    decision = Decision.objects.get(member_id=entry.member_id, seq=entry.seq)
    event, record = read_event(stored.body), read_record(decision.record)
    versions = programmes.versions(entry.programme_id)
    version = decision.version or 1
    rules = versions.number(version)
    decided = Decided(effects=record.effects, steps=record.steps, amounts=record.amounts, refund=record.refund)
    steps = full_steps(event, decided, rules, _purchase(event, entry))
    row = Row(entry.kind, entry.amount, entry.wallet, entry.occurred_at)  # type: ignore[arg-type] # the table's own kinds
    return Reason(entry, sentences.why(row, event, steps, rules.programme), event, version, rules.programme)


def _purchase(event: AnyEvent, entry: Entry) -> Purchase | None:
    """Give the purchase whose status changed, since its completion let the rules earn."""
    if not isinstance(event, StatusChanged):
        return None
    receipt = Receipt.objects.filter(
        programme_id=entry.programme_id, kind="purchase", external_id=event.purchase
    ).first()
    stored = Event.objects.filter(member_id=receipt.member_id, seq=receipt.seq).first() if receipt else None
    found = read_event(stored.body) if stored else None
    return found if isinstance(found, Purchase) else None
