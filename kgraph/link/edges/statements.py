"""Statements about two concepts: one producer for each type of the group ``statement`` in the schema."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from kgraph.link.corpus import LinkedCorpus
from kgraph.link.edges import EdgeProducer
from kgraph.link.evidence import evidence_properties
from kgraph.link.relations import LinkedRelation
from kgraph.model import Edge
from kgraph.schema import graph_schema

_EVIDENCE_KEPT = 5


def statement_edges(type_: str, corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield one edge for each pair of concepts, with its first sentences and the number of papers."""
    found: defaultdict[tuple[str, str], list[LinkedRelation]] = defaultdict(list)
    for relation in corpus.relations.get(type_, ()):
        found[relation.head, relation.tail].append(relation)
    for head, tail in sorted(found):
        relations = found[head, tail]
        kept = relations[:_EVIDENCE_KEPT]
        yield Edge(
            head,
            tail,
            {
                "confidence": max(relation.confidence for relation in relations),
                "papers": len({relation.paper for relation in relations}),
                "evidence_papers": [relation.paper for relation in kept],
                **evidence_properties(relation.evidence for relation in kept),
            },
        )


PRODUCERS = tuple(
    EdgeProducer(kind.name, partial(statement_edges, kind.name)) for kind in graph_schema().group("statement")
)
