"""Precision, recall and F1 from counts, in percent."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items were predicted, how many are in the gold, and how many are in both.

    Adding two counts and then asking for F1 gives the micro average.
    """

    hits: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.hits + other.hits, self.predicted + other.predicted, self.gold + other.gold)

    @property
    def precision(self) -> float:
        """Return the share of the predictions that are right, in percent, or 0 without predictions."""
        return 100 * self.hits / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Return the share of the gold that was predicted, in percent, or 0 without gold."""
        return 100 * self.hits / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall, in percent."""
        return harmonic_mean(self.precision, self.recall)


def counts(predicted: Set[object], gold: Set[object]) -> Counts:
    """Compare two sets of items."""
    return Counts(len(predicted & gold), len(predicted), len(gold))


def harmonic_mean(precision: float, recall: float) -> float:
    """Return the harmonic mean of two shares, or 0 if both are 0."""
    both = precision + recall
    return 2 * precision * recall / both if both else 0.0
