"""Topics: communities of related papers, named by their typical concepts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import graspologic_native as leiden_native
import numpy as np
from scipy import sparse

from kgraph.link.relatedness import Relatedness
from kgraph.link.vocabulary import Vocabulary

_SEED = 42
_LABEL_CONCEPTS = 3
_OWN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Topic:
    """A community: rows of its papers, columns of its concepts, and a readable label."""

    id: str
    name: str
    papers: tuple[int, ...]
    concepts: tuple[int, ...]


def find_topics(vocabulary: Vocabulary, related: Iterable[Relatedness]) -> tuple[Topic, ...]:
    """Return the communities of the graph of related papers, largest first.

    Leiden with modularity and a fixed seed (Traag, Waltman & van Eck 2019).
    A paper without related papers has no topic. A concept belongs to the
    topic that has at least half of its salience and two of its papers.
    """
    edges = [(str(pair.first), str(pair.second), pair.score) for pair in related]
    if not edges:
        return ()
    _, community = leiden_native.leiden(edges, resolution=1.0, seed=_SEED, iterations=3, trials=3)
    members: dict[int, list[int]] = {}
    for paper, number in community.items():
        members.setdefault(number, []).append(int(paper))
    groups = sorted((sorted(group) for group in members.values()), key=lambda group: (-len(group), group))
    return _label(vocabulary, groups)


def _label(vocabulary: Vocabulary, groups: Sequence[Sequence[int]]) -> tuple[Topic, ...]:
    rows = np.concatenate([np.full(len(group), number) for number, group in enumerate(groups)])
    papers = np.concatenate([np.array(group) for group in groups])
    membership = sparse.csr_array(
        (np.ones(len(papers)), (rows, papers)), shape=(len(groups), len(vocabulary.paper_ids))
    )
    weight = sparse.csr_array(membership @ vocabulary.salience)
    spread = sparse.csr_array(membership @ (vocabulary.salience > 0).astype(np.float64))
    total = np.asarray(vocabulary.salience.sum(axis=0)).ravel()
    taken: set[str] = set()
    topics = []
    for number, group in enumerate(groups):
        begin, end = weight.indptr[number], weight.indptr[number + 1]
        columns, inside = weight.indices[begin:end], weight.data[begin:end]
        papers_inside = _lookup(spread, number, columns)
        share = inside / total[columns]
        # Salience inside times share inside, a class-based TF-IDF, is high for concepts of many
        # papers of the topic and few others. A concept of one paper should not name a topic.
        score = inside * share * np.where(papers_inside > 1, 1.0, 0.05)
        ranked = [int(columns[index]) for index in np.lexsort((columns, -score))]
        names = _distinct(vocabulary, ranked)
        own = columns[(share >= _OWN_SHARE) & (papers_inside > 1)]
        name = " · ".join(vocabulary.concepts[column].name for column in names)
        id_ = " + ".join(vocabulary.concepts[column].id for column in names)
        if id_ in taken:
            id_ = f"{id_} ({vocabulary.paper_ids[group[0]]})"
        taken.add(id_)
        topics.append(Topic(id_, name, tuple(group), tuple(sorted(int(column) for column in own))))
    return tuple(topics)


def _distinct(vocabulary: Vocabulary, ranked: Iterable[int]) -> list[int]:
    """Return the first few columns whose concepts have no word in common."""
    chosen: list[int] = []
    for column in ranked:
        words = set(vocabulary.concepts[column].id.split())
        if all(not words & set(vocabulary.concepts[other].id.split()) for other in chosen):
            chosen.append(column)
        if len(chosen) == _LABEL_CONCEPTS:
            break
    return chosen


def _lookup(matrix: sparse.csr_array, row: int, columns: np.ndarray) -> np.ndarray:
    begin, end = matrix.indptr[row], matrix.indptr[row + 1]
    found = dict(zip(matrix.indices[begin:end].tolist(), matrix.data[begin:end].tolist(), strict=True))
    return np.array([found.get(int(column), 0.0) for column in columns])
