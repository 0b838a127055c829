"""F1 of the numbers that papers report: metric, value and data set must be right."""

from __future__ import annotations

from collections.abc import Mapping, Set

from evaluation.extraction import NOTHING, Extracted
from evaluation.f1 import Counts, counts

GoldResult = tuple[str, float, str | None]
"""Metric, value and data set, the names in lower case."""


def result_counts(gold: Mapping[str, Set[GoldResult]], extracted: Mapping[str, Extracted]) -> Counts:
    """Compare the results of each paper that have a value with its gold, by the id of the paper."""
    total = Counts()
    for paper, wanted in gold.items():
        found = {
            (result.metric.lower(), result.value, result.dataset.lower() if result.dataset else None)
            for result in extracted.get(paper, NOTHING).results
            if result.value is not None
        }
        total += counts(found, wanted)
    return total
