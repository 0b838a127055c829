"""F1 of the numbers that papers report."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from evaluation.extraction import NOTHING, Extracted
from evaluation.f1 import Counts, counts

GoldResult = tuple[str, float, str | None]
"""Metric, value and data set, the names in lower case."""


@dataclass(frozen=True, slots=True)
class ResultScores:
    """Counts of results with metric, value and data set, and of metric and value alone."""

    complete: Counts
    values: Counts


def result_scores(gold: Mapping[str, Set[GoldResult]], extracted: Mapping[str, Extracted]) -> ResultScores:
    """Compare the results of each paper that have a value with its gold, by the id of the paper."""
    complete = values = Counts()
    for paper, wanted in gold.items():
        found = {
            (result.metric.lower(), result.value, result.dataset.lower() if result.dataset else None)
            for result in extracted.get(paper, NOTHING).results
            if result.value is not None
        }
        complete += counts(found, wanted)
        values += counts({result[:2] for result in found}, {result[:2] for result in wanted})
    return ResultScores(complete, values)
