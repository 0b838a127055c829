"""How related two papers are, and through which concepts.

Papers are vectors over concepts, weighted by salience and rarity (TF-IDF:
Salton & Buckley 1988, with salience for the term frequency); relatedness is
their cosine. Each shared concept adds its own product to the score, which is
what makes the score explainable.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kgraph.link.vocabulary import Vocabulary

NEIGHBOURS = 10
"""Related papers that are kept for each paper."""

MIN_SCORE = 0.02
REASONS = 6
"""Shared concepts that are kept as reasons."""

_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Relatedness:
    """Two rows of the vocabulary, the smaller first; reasons are (column, share of the score)."""

    first: int
    second: int
    score: float
    reasons: tuple[tuple[int, float], ...]


def rarity(papers: int, total: int) -> float:
    """Return the weight of a concept that ``papers`` of ``total`` papers mention; falls to 0 for all."""
    return math.log((total + 1) / (papers + 0.5))


def weights(vocabulary: Vocabulary) -> sparse.csr_array:
    """Return the papers as unit vectors over concepts (papers × concepts)."""
    total = len(vocabulary.paper_ids)
    scale = np.array([max(0.0, rarity(concept.papers, total)) for concept in vocabulary.concepts])
    weighted = sparse.csr_array(vocabulary.salience * scale[np.newaxis, :]) if total else vocabulary.salience
    norms = np.sqrt(np.asarray((weighted * weighted).sum(axis=1)).ravel())
    norms[norms == 0] = 1.0
    return sparse.csr_array(sparse.diags_array(1.0 / norms) @ weighted)


def related_papers(vocabulary: Vocabulary) -> Iterator[Relatedness]:
    """Yield the pairs in which one is among the other's nearest, by rising rows."""
    units = weights(vocabulary)
    found: dict[tuple[int, int], float] = {}
    for start in range(0, units.shape[0], _ROWS):
        block = sparse.csr_array(units[start : start + _ROWS] @ units.T)
        for offset in range(block.shape[0]):
            row = start + offset
            begin, end = block.indptr[offset], block.indptr[offset + 1]
            others, scores = block.indices[begin:end], block.data[begin:end]
            keep = (others != row) & (scores >= MIN_SCORE)
            others, scores = others[keep], scores[keep]
            nearest = np.lexsort((others, -scores))[:NEIGHBOURS]
            for other, score in zip(others[nearest], scores[nearest], strict=True):
                pair = (row, int(other)) if row < other else (int(other), row)
                found[pair] = float(score)
    for first, second in sorted(found):
        score = found[first, second]
        yield Relatedness(first, second, round(min(1.0, score), 4), _reasons(units, first, second, score))


def _reasons(units: sparse.csr_array, first: int, second: int, score: float) -> tuple[tuple[int, float], ...]:
    own = _row(units, first)
    shares = {column: own[column] * value for column, value in _row(units, second).items() if column in own}
    ranked = sorted(shares, key=lambda column: (-shares[column], column))[:REASONS]
    return tuple((column, round(shares[column] / score, 4)) for column in ranked)


def _row(units: sparse.csr_array, row: int) -> dict[int, float]:
    begin, end = units.indptr[row], units.indptr[row + 1]
    return dict(zip(units.indices[begin:end].tolist(), units.data[begin:end].tolist(), strict=True))
