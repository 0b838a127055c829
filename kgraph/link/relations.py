"""Extracted relations with their names resolved to ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from kgraph.errors import SchemaError
from kgraph.link.aliases import Aliases, local_ids
from kgraph.model import Evidence, Extraction
from kgraph.schema import RelationshipType, graph_schema


@dataclass(frozen=True, slots=True)
class LinkedRelation:
    """A relation between nodes, as one sentence of a paper states it.

    ``paper`` is the id of that paper. ``head`` is the same id for a role and
    the id of a concept for a statement. ``tail`` is the id of a concept.
    """

    type: str
    head: str
    tail: str
    paper: str
    evidence: Evidence
    confidence: float


def linked_relations(paper_id: str, extraction: Extraction, aliases: Aliases) -> Iterator[LinkedRelation]:
    """Yield the relations of one paper in the order of its extraction.

    The head of a symmetric relation is the smaller id. A statement about two
    names of one concept is left out. Raises SchemaError for a relation whose
    type the schema does not declare as a role or statement.
    """
    if not extraction.relations:
        return
    types = _extracted_types()
    ids = local_ids(paper_id, extraction, aliases)
    for relation in extraction.relations:
        group = "role" if relation.head is None else "statement"
        kind = types.get(relation.type)
        if kind is None or kind.group != group:
            raise SchemaError(
                f"{paper_id}: extraction found a {group} of type {relation.type}, "
                f"which schemas/graph.json does not declare as a {group}"
            )
        head = paper_id if relation.head is None else ids[relation.head]
        tail = ids[relation.tail]
        if relation.head is not None and head == tail:
            continue
        if kind.symmetric and tail < head:
            head, tail = tail, head
        yield LinkedRelation(relation.type, head, tail, paper_id, relation.evidence, relation.confidence)


@cache
def _extracted_types() -> Mapping[str, RelationshipType]:
    return {kind.name: kind for kind in graph_schema().group("role", "statement")}
