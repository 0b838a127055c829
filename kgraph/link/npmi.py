"""Normalised pointwise mutual information (NPMI) of concepts, over the papers that mention both."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kgraph.link.vocabulary import Vocabulary

MIN_PAPERS = 2
"""Papers that must mention both concepts of a pair."""

_COMMON = 0.2
"""Share of the papers of a large corpus from which a concept co-occurs with everything."""

_ROWS = 2000


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """Two columns of the vocabulary, the smaller first, the number of papers with both, and their NPMI."""

    first: int
    second: int
    papers: int
    npmi: float


def co_occurrences(vocabulary: Vocabulary) -> Iterator[CoOccurrence]:
    """Yield the pairs with positive NPMI, by rising columns.

    NPMI = ln(p(x,y) / (p(x) p(y))) / -ln p(x,y), over papers (Bouma 2009). In
    corpora of more than a thousand papers, concepts that over a fifth of the
    papers mention are left out, as they co-occur with everything.
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

    The counts are numbers of papers. The result is 1 if the two always occur
    together and 0 at chance.
    """
    if both == total:
        return 1.0
    return math.log(both * total / (first * second)) / -math.log(both / total)
