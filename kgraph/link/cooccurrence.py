"""Which concepts papers name together more often than chance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kgraph.link.vocabulary import Vocabulary

MIN_PAPERS = 2
"""Papers that must name both before a pair counts."""

_COMMON = 0.2
"""Share of a large corpus from which a concept is too common to say anything by company."""

_ROWS = 2000


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """Two columns of the vocabulary, the smaller first, the papers that name both, and their NPMI."""

    first: int
    second: int
    papers: int
    npmi: float


def co_occurrences(vocabulary: Vocabulary) -> Iterator[CoOccurrence]:
    """Yield the pairs with positive NPMI, by rising columns.

    NPMI = ln(p(x,y) / (p(x) p(y))) / -ln p(x,y), over papers (Bouma 2009). In
    corpora of more than a thousand papers, concepts that over a fifth of them
    name are left out: they go with everything.
    """
    total = len(vocabulary.paper_ids)
    present = sparse.csr_array(vocabulary.salience > 0, dtype=np.int32)
    counts = np.asarray(present.sum(axis=0)).ravel()
    used = counts >= MIN_PAPERS
    if total > 1000:
        used &= counts <= total * _COMMON
    columns = np.flatnonzero(used)
    by_concept = sparse.csr_array(present[:, columns].T)
    papers = sparse.csr_array(by_concept.T)
    for start in range(0, len(columns), _ROWS):
        block = sparse.coo_array(by_concept[start : start + _ROWS] @ papers)
        rows, others = block.coords[0] + start, block.coords[1]
        keep = (rows < others) & (block.data >= MIN_PAPERS)
        order = np.lexsort((others[keep], rows[keep]))
        for row, other, both in zip(
            rows[keep][order], others[keep][order], block.data[keep][order], strict=True
        ):
            first, second = int(columns[row]), int(columns[other])
            value = npmi(int(both), int(counts[first]), int(counts[second]), total)
            if value > 0:
                yield CoOccurrence(first, second, int(both), round(value, 4))


def npmi(both: int, first: int, second: int, total: int) -> float:
    """Return the normalised pointwise mutual information of two events, -1 to 1.

    Counts are of papers; 1 where both always stand together, 0 at chance.
    """
    if both == total:
        return 1.0
    return math.log(both * total / (first * second)) / -math.log(both / total)
