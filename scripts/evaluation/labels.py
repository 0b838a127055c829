"""F1 of labels given to items, as for relations between spans that are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelScores:
    """F1 over labels, in percent.

    ``macro`` is the mean of F1 over the labels of the gold, ``micro`` counts all
    items alike. Since every item gets exactly one label, micro F1 equals accuracy.
    """

    macro: float
    micro: float


def label_scores(gold: Sequence[str], predicted: Sequence[str]) -> LabelScores:
    """Compare the labels of the same items. Raises ValueError for sequences of unequal length."""
    hits = Counter(wanted for wanted, given in zip(gold, predicted, strict=True) if wanted == given)
    of_gold, of_predicted = Counter(gold), Counter(predicted)
    # F1 = 2 hits / (gold + predicted), which is the harmonic mean of precision and recall.
    each = [2 * hits[label] / (of_gold[label] + of_predicted[label]) for label in of_gold]
    return LabelScores(
        macro=100 * sum(each) / max(len(each), 1), micro=100 * hits.total() / max(len(gold), 1)
    )
