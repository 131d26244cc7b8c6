"""The answers, as the OpenAPI document shows them. The tests hold what is really answered against them."""

from __future__ import annotations

from stammis.api.shapes.decisions import (
    AmountsAnswer,
    DecisionAnswer,
    PostedAnswer,
    RefundAnswer,
    RewardAnswer,
    StepAnswer,
    TakenAnswer,
    TierAnswer,
    WalletAnswer,
)
from stammis.api.shapes.members import (
    ExpiringAnswer,
    FoundAnswer,
    HappenedAnswer,
    LedgerAnswer,
    MemberAnswer,
    MembersAnswer,
    NotAppliedAnswer,
    PartAnswer,
    RowAnswer,
    SourceAnswer,
    TimelineAnswer,
    WhyAnswer,
)
from stammis.api.shapes.numbers import ClockAnswer, HealthAnswer, MetricAnswer, PeriodAnswer, SliceAnswer
from stammis.api.shapes.outcomes import BatchAnswer, BatchOutcome, FaultAnswer, ProblemAnswer
from stammis.api.shapes.purchases import DeferredAnswer, DeferredItem, PurchaseAnswer
from stammis.api.shapes.rewards import CatalogueAnswer, RedeemedAnswer, RedemptionAnswer, RewardOffer

__all__ = [
    "AmountsAnswer",
    "BatchAnswer",
    "BatchOutcome",
    "CatalogueAnswer",
    "ClockAnswer",
    "DecisionAnswer",
    "DeferredAnswer",
    "DeferredItem",
    "ExpiringAnswer",
    "FaultAnswer",
    "FoundAnswer",
    "HappenedAnswer",
    "HealthAnswer",
    "LedgerAnswer",
    "MemberAnswer",
    "MembersAnswer",
    "MetricAnswer",
    "NotAppliedAnswer",
    "PartAnswer",
    "PeriodAnswer",
    "PostedAnswer",
    "ProblemAnswer",
    "PurchaseAnswer",
    "RedeemedAnswer",
    "RedemptionAnswer",
    "RefundAnswer",
    "RewardAnswer",
    "RewardOffer",
    "RowAnswer",
    "SliceAnswer",
    "SourceAnswer",
    "StepAnswer",
    "TakenAnswer",
    "TierAnswer",
    "TimelineAnswer",
    "WalletAnswer",
    "WhyAnswer",
]
