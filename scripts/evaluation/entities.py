"""F1 of entities: spans with their type, and spans alone.

An entity is right if both its ends and its type are those of the gold ("strict" evaluation,
as SciERC uses it: Luan, He, Ostendorf & Hajishirzi, EMNLP 2018). Counts are summed over all
papers (micro average).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from evaluation import scierc
from evaluation.extraction import NOTHING, Extracted, Span
from evaluation.f1 import Counts, counts
from kgraph.extract.reader.entities import GENERIC

Entity = tuple[int, int, str]
"""First character, character after the last one, and kind."""

KINDS: Mapping[str, str] = {type_: kind for type_, kind in scierc.KINDS.items() if kind != GENERIC}
"""The types of SciERC that are counted, as kinds of kgraph. Generic mentions ("the approach") are not, as
kgraph drops them. kgraph's kind "phrase" has no counterpart in SciERC and is not counted either."""


@dataclass(frozen=True, slots=True)
class EntityScores:
    """Counts of entities with their types, and of their spans."""

    typed: Counts
    spans: Counts


def entity_scores(
    gold: Mapping[str, Set[Entity]],
    extracted: Mapping[str, Extracted],
    kinds: Iterable[str] = KINDS.values(),
    field: str = "abstract",
) -> EntityScores:
    """Compare the mentions in one field of each paper with its gold, by the id of the paper."""
    typed = spans = Counts()
    counted = frozenset(kinds)
    for paper, wanted in gold.items():
        found = entities_of(extracted.get(paper, NOTHING), counted, field)
        typed += counts(found, wanted)
        spans += counts(_spans(found), _spans(wanted))
    return EntityScores(typed, spans)


def entities_of(extracted: Extracted, kinds: frozenset[str], field: str) -> set[Entity]:
    """Return the mentions of concepts of some kinds in one field."""
    return {
        (*mention.span, concept.kind)
        for concept in extracted.concepts
        if concept.kind in kinds
        for mention in concept.mentions
        if mention.field == field
    }


def _spans(entities: Set[Entity]) -> set[Span]:
    return {(start, end) for start, end, _ in entities}
