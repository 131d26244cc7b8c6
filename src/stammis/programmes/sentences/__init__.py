"""A programme, its parts and what changes between two versions, as sentences that a member understands."""

from __future__ import annotations

from stammis.programmes.sentences.chapters import Chapter, Sentence, describe
from stammis.programmes.sentences.conditions import phrase as condition_phrase
from stammis.programmes.sentences.differences import Change, differences
from stammis.programmes.sentences.lasting import expiry
from stammis.programmes.sentences.rules import rule as rule_sentence
from stammis.programmes.sentences.rules import rule_name, rule_named

__all__ = [
    "Change",
    "Chapter",
    "Sentence",
    "condition_phrase",
    "describe",
    "differences",
    "expiry",
    "rule_name",
    "rule_named",
    "rule_sentence",
]
