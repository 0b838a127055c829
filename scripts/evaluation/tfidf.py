"""A baseline for suggestions: the cosine of TF-IDF vectors of title and abstract.

Terms are words of at least two letters or digits in lower case. Weights are those of
Salton & Buckley (1988): the logarithm of a term's frequency times the logarithm of its inverse
document frequency, with vectors of length 1.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from math import log

import numpy as np
from scipy import sparse

from evaluation.gold import QueryByExample, TestCollection

_WORD = re.compile(r"[a-z0-9]{2,}")


def tfidf_rankings(collection: TestCollection) -> Mapping[str, list[str]]:
    """Return the ranking of each query's pool, by the key of the query."""
    row_of = {paper: row for row, paper in enumerate(collection.papers)}
    vectors = _vectors([f"{title} {abstract}" for title, abstract in collection.papers.values()])
    return {query.key: _ranked(query, row_of, vectors) for query in collection.queries}


def _ranked(query: QueryByExample, row_of: Mapping[str, int], vectors: sparse.csr_array) -> list[str]:
    pool = list(query.grades)
    rows = vectors[[row_of[paper] for paper in pool]]
    cosines = (rows @ vectors[[row_of[query.paper]]].T).toarray()[:, 0]
    order = np.argsort(-cosines, kind="stable")
    return [pool[index] for index in order]


def _vectors(texts: list[str]) -> sparse.csr_array:
    counts = [Counter(_WORD.findall(text.lower())) for text in texts]
    frequency = Counter(term for counted in counts for term in counted)
    columns = {term: column for column, term in enumerate(frequency)}
    data, indices, ends = [], [], [0]
    for counted in counts:
        weights = {
            term: (1 + log(count)) * log(len(texts) / frequency[term]) for term, count in counted.items()
        }
        length = sum(weight * weight for weight in weights.values()) ** 0.5 or 1.0
        data += [weight / length for weight in weights.values()]
        indices += [columns[term] for term in weights]
        ends.append(len(data))
    return sparse.csr_array((data, indices, ends), shape=(len(texts), len(columns)))
