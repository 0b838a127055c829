"""F1 of relations found from plain text: spans, direction and label must be right.

This is the "boundaries" evaluation of Zhong & Chen (NAACL 2021) on SciERC: a relation counts
if both spans and the label are those of the gold. The types of the entities do not matter.
kgraph relates concepts within a sentence, and a sentence may mention a concept twice. A
prediction is right if any pair of its mentions in the sentence is a relation of the gold.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from evaluation.extraction import NOTHING, Extracted, Relation, Span
from evaluation.f1 import Counts
from kgraph.extract.relations.definitions import relation_definitions


@dataclass(frozen=True, slots=True, order=True)
class GoldRelation:
    """Two spans and the label that annotators gave them."""

    head: Span
    tail: Span
    label: str


LABELS = relation_definitions().labels
"""The labels of SciERC that kgraph has a relationship type for."""

_LABEL_NAMES: Mapping[str, str] = {label.type: name for name, label in LABELS.items()}


def canonical(relation: GoldRelation) -> GoldRelation:
    """Put the earlier span of a symmetric relation first."""
    label = LABELS.get(relation.label)
    if label is not None and label.symmetric and relation.tail < relation.head:
        return GoldRelation(relation.tail, relation.head, relation.label)
    return relation


def relation_counts(gold: Mapping[str, Set[GoldRelation]], extracted: Mapping[str, Extracted]) -> Counts:
    """Compare the relations of each paper with its gold, by the id of the paper."""
    total = Counts()
    for paper, wanted in gold.items():
        relations = {canonical(relation) for relation in wanted}
        found = extracted.get(paper, NOTHING)
        predicted = [_candidates(relation, found) for relation in found.relations if _counts(relation)]
        hits = sum(not candidates.isdisjoint(relations) for candidates in predicted)
        total += Counts(hits, len(predicted), len(relations))
    return total


def _counts(relation: Relation) -> bool:
    return relation.type in _LABEL_NAMES and relation.head is not None


def _candidates(relation: Relation, paper: Extracted) -> set[GoldRelation]:
    """Return the relation between every pair of mentions in the sentence that states it."""
    name = _LABEL_NAMES[relation.type]
    heads, tails = _mentions(relation.head, relation, paper), _mentions(relation.tail, relation, paper)
    if LABELS[name].turned:
        heads, tails = tails, heads
    return {canonical(GoldRelation(head, tail, name)) for head in heads for tail in tails}


def _mentions(name: str | None, relation: Relation, paper: Extracted) -> list[Span]:
    first, end = relation.sentence
    return [
        mention.span
        for concept in paper.concepts
        if concept.name == name
        for mention in concept.mentions
        if mention.field == relation.field and first <= mention.span[0] and mention.span[1] <= end
    ]
