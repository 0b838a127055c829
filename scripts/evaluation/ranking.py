"""Average precision and normalised discounted cumulative gain of ranked, graded candidates.

CSFCube (Mysore, O'Gorman, McCallum & Zamani, NeurIPS Datasets and Benchmarks 2021) grades
each candidate of a query from 0 to 3. Candidates with grade 2 or 3 are relevant for average
precision. nDCG%20 cuts the ranking at 20 % of its length, with the gain of Järvelin &
Kekäläinen (ACM TOIS 2002) for logarithms to base 2: the grade itself, divided by log2 of the
rank from the second rank on.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

RELEVANT = 2
"""The lowest grade that counts as relevant."""
CUT = 0.2
"""The share of the ranking that nDCG looks at."""


def average_precision(grades: Sequence[int]) -> float:
    """Return the mean, over the relevant candidates, of the precision at their rank (0..1).

    ``grades`` are in the order of the ranking, which must be complete. Without a
    relevant candidate the result is 0.
    """
    ranks = [rank for rank, grade in enumerate(grades, start=1) if grade >= RELEVANT]
    precisions = [found / rank for found, rank in enumerate(ranks, start=1)]
    return sum(precisions) / len(precisions) if precisions else 0.0


def ndcg(grades: Sequence[int], share: float = CUT) -> float:
    """Return the gain of the first part of a ranking relative to the best order (0..1).

    Without any gain in the best order the result is 0.
    """
    depth = int(share * len(grades))
    best = _gain(sorted(grades, reverse=True)[:depth])
    return _gain(grades[:depth]) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / max(log2(rank), 1.0) for rank, grade in enumerate(grades, start=1))
