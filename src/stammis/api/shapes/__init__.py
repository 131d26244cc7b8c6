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
    MovedAnswer,
    NotAppliedAnswer,
    PartAnswer,
    ProgressAnswer,
    RowAnswer,
    SourceAnswer,
    TimelineAnswer,
    WhyAnswer,
)
from stammis.api.shapes.numbers import ClockAnswer, HealthAnswer, MetricAnswer, PeriodAnswer, SliceAnswer
from stammis.api.shapes.outcomes import BatchAnswer, BatchOutcome, FaultAnswer, ProblemAnswer
from stammis.api.shapes.purchases import BoughtAnswer, DeferredAnswer, DeferredItem, PurchaseAnswer, ReturnedAnswer
from stammis.api.shapes.rewards import CatalogueAnswer, RedeemedAnswer, RedemptionAnswer, RewardOffer

__all__ = [
    "AmountsAnswer",
    "BatchAnswer",
    "BatchOutcome",
    "BoughtAnswer",
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
    "MovedAnswer",
    "NotAppliedAnswer",
    "PartAnswer",
    "PeriodAnswer",
    "PostedAnswer",
    "ProblemAnswer",
    "ProgressAnswer",
    "PurchaseAnswer",
    "RedeemedAnswer",
    "RedemptionAnswer",
    "RefundAnswer",
    "ReturnedAnswer",
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
