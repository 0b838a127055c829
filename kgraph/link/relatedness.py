"""How related two papers are, and which shared concepts are the reasons.

The score is a weighted sum of two cosines. One is over concepts, weighted by
salience and rarity. The other is over the words of title and abstract,
weighted by TF-IDF with a logarithmic term frequency (Salton & Buckley 1988). It
also matches different phrases about the same thing ("essential forgetting",
"forgetting events"). Every shared concept and word adds its product to the
score, so the score can be explained.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import sparse

from kgraph.data import read_text
from kgraph.link.vocabulary import Vocabulary
from kgraph.names import singular

NEIGHBOURS = 10
"""Related papers that are kept for each paper."""

WORD_SHARE = 0.6
"""Weight of the words in the score, the best between 0 and 1 on development data."""

REASONS = 6
"""Shared concepts that are kept as reasons."""

_CANDIDATES = 100
"""Papers, nearest by concepts, whose words are compared."""

_MIN_SCORE = 0.03
_ROWS = 500
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = 0.5
"""Share of the papers from which a word is too common to count."""


@dataclass(frozen=True, slots=True)
class Relatedness:
    """Two rows of the vocabulary, the smaller first. Reasons are (column, share of the score)."""

    first: int
    second: int
    score: float
    reasons: tuple[tuple[int, float], ...]


def rarity(papers: int, total: int) -> float:
    """Return the weight of a concept or word that ``papers`` of ``total`` papers have, 0 if all have it."""
    return max(0.0, math.log((total + 1) / (papers + 0.5)))


def concept_weight(salience: float, papers: int, total: int) -> float:
    """Return the weight of a concept in the vector of a paper, before scaling to length 1."""
    return math.sqrt(salience) * rarity(papers, total)


def words_of(title: str, abstract: str) -> Counter[str]:
    """Return the words of a paper in the singular. Those of the title count twice.

    Words that any abstract may have ("propose", "which") are left out.
    """
    stop = stop_words()
    words = (singular(word) for word in _WORD.findall(f"{title} {title} {abstract}".lower()))
    return Counter(word for word in words if word not in stop)


@cache
def stop_words() -> frozenset[str]:
    """Return the words that do not depend on the subject of a paper, in the singular."""
    return frozenset(read_text("stop_words.txt").split())


def word_vectors(papers: Mapping[str, Counter[str]]) -> dict[str, dict[str, float]]:
    """Return paper id → unit vector over the words that two papers or more, but not most, use."""
    used = Counter(word for words in papers.values() for word in words)
    total = len(papers)
    vectors = {}
    for id_, words in papers.items():
        weights = {
            word: (1 + math.log(count)) * rarity(used[word], total)
            for word, count in words.items()
            if 2 <= used[word] <= max(2, total * _COMMON)
        }
        vectors[id_] = unit(weights)
    return vectors


def unit(weights: Mapping[str, float]) -> dict[str, float]:
    """Return a vector scaled to length 1, without zeros. An empty one stays empty."""
    norm = math.sqrt(sum(value**2 for value in weights.values()))
    return {key: value / norm for key, value in weights.items() if value} if norm else {}


def products(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """Return the products of the values of each shared key, which add up to the dot product."""
    if len(second) < len(first):
        first, second = second, first
    return {key: value * second[key] for key, value in first.items() if key in second}


def shares(
    concepts: Mapping[str, float], words: Mapping[str, float], forms: Mapping[str, Iterable[str]]
) -> tuple[dict[str, float], dict[str, float]]:
    """Divide a score among its reasons.

    ``concepts`` maps the ids of shared concepts to their products, ``words``
    does so for shared words, and ``forms`` has the names and aliases of those
    concepts. A word counts for the shared concepts that are written with it, in
    equal parts. Returns the parts of the score by concept and by other word,
    which add up to the score.
    """
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for id_ in concepts:
        for word in words_of("", " ".join((id_, *forms.get(id_, ())))):
            holders[word].append(id_)
    parts = {id_: (1 - WORD_SHARE) * value for id_, value in concepts.items()}
    others = {}
    for word, value in words.items():
        if word in holders:
            for id_ in holders[word]:
                parts[id_] += WORD_SHARE * value / len(holders[word])
        else:
            others[word] = WORD_SHARE * value
    return parts, others


def related_pairs(vocabulary: Vocabulary, texts: Iterable[Counter[str]]) -> Iterator[Relatedness]:
    """Yield the pairs in which one paper is among the other's nearest, by rising rows.

    ``texts`` are the words of the papers in the order of the rows of the
    vocabulary. Only papers that share a concept are compared.
    """
    words, sorted_words = _word_matrix(list(texts))
    units = _concept_matrix(vocabulary)
    # In CSR format too, as each product would otherwise convert the whole transposed matrix.
    by_concept = sparse.csr_array(units.T)
    spread = np.zeros(words.shape[1])  # one row of words at a time
    found: dict[tuple[int, int], float] = {}
    for start in range(0, units.shape[0], _ROWS):
        block = sparse.csr_array(units[start : start + _ROWS] @ by_concept)
        for offset in range(block.shape[0]):
            row = start + offset
            begin, end = block.indptr[offset], block.indptr[offset + 1]
            others, concept_scores = block.indices[begin:end], block.data[begin:end]
            keep = others != row
            others, concept_scores = others[keep], concept_scores[keep]
            if not len(others):
                continue
            nearest = np.lexsort((others, -concept_scores))[:_CANDIDATES]
            others, concept_scores = others[nearest], concept_scores[nearest]
            own = slice(words.indptr[row], words.indptr[row + 1])
            spread[words.indices[own]] = words.data[own]
            word_scores = words[others] @ spread
            spread[words.indices[own]] = 0.0
            scores = (1 - WORD_SHARE) * concept_scores + WORD_SHARE * word_scores
            for index in np.lexsort((others, -scores))[:NEIGHBOURS]:
                if scores[index] >= _MIN_SCORE:
                    other = int(others[index])
                    found[(row, other) if row < other else (other, row)] = float(scores[index])
    names = [concept.id for concept in vocabulary.concepts]
    columns = vocabulary.columns()
    forms = {concept.id: (concept.name, *concept.aliases) for concept in vocabulary.concepts}
    for first, second in sorted(found):
        score = found[first, second]
        parts, _ = shares(
            products(_row(units, first, names), _row(units, second, names)),
            products(_row(words, first, sorted_words), _row(words, second, sorted_words)),
            forms,
        )
        ranked = sorted(parts, key=lambda id_: (-parts[id_], id_))[:REASONS]
        reasons = tuple((columns[id_], round(parts[id_] / score, 4)) for id_ in ranked)
        yield Relatedness(first, second, round(min(1.0, score), 4), reasons)


def _concept_matrix(vocabulary: Vocabulary) -> sparse.csr_array:
    """Return the papers as unit vectors over concepts (papers × concepts)."""
    total = len(vocabulary.paper_ids)
    scale = np.array([rarity(concept.papers, total) for concept in vocabulary.concepts])
    weighted = vocabulary.salience.copy()
    weighted.data = np.sqrt(weighted.data) * scale[weighted.indices]
    return _scaled(weighted)


def _word_matrix(texts: Sequence[Counter[str]]) -> tuple[sparse.csr_array, list[str]]:
    """Return the papers as unit vectors over words (papers × words), and the words of the columns."""
    vectors = word_vectors({str(row): words for row, words in enumerate(texts)})
    sorted_words = sorted({word for vector in vectors.values() for word in vector})
    columns = {word: column for column, word in enumerate(sorted_words)}
    rows = [vectors[str(row)] for row in range(len(texts))]
    starts = np.cumsum([0, *(len(vector) for vector in rows)])
    indices = np.array([columns[word] for vector in rows for word in vector], dtype=np.int64)
    data = np.array([value for vector in rows for value in vector.values()], dtype=np.float64)
    return sparse.csr_array((data, indices, starts), shape=(len(texts), len(sorted_words))), sorted_words


def _scaled(matrix: sparse.csr_array) -> sparse.csr_array:
    norms = np.sqrt(np.asarray((matrix * matrix).sum(axis=1)).ravel())
    norms[norms == 0] = 1.0
    return sparse.csr_array(sparse.diags_array(1.0 / norms) @ matrix)


def _row(matrix: sparse.csr_array, row: int, keys: Sequence[str]) -> dict[str, float]:
    begin, end = matrix.indptr[row], matrix.indptr[row + 1]
    return {
        keys[column]: float(value)
        for column, value in zip(matrix.indices[begin:end], matrix.data[begin:end], strict=True)
    }
