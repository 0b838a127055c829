"""The roles of concepts in papers: one producer for each type of the group ``role`` in the schema."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from kgraph.link.corpus import LinkedCorpus
from kgraph.link.edges import EdgeProducer
from kgraph.link.evidence import evidence_properties, text_order
from kgraph.link.relations import LinkedRelation
from kgraph.model import Edge
from kgraph.schema import graph_schema

_EVIDENCE_KEPT = 5


def role_edges(type_: str, corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield one edge for each paper and concept, with its first sentences and highest confidence."""
    found: defaultdict[tuple[str, str], list[LinkedRelation]] = defaultdict(list)
    for relation in corpus.relations.get(type_, ()):
        found[relation.head, relation.tail].append(relation)
    for head, tail in sorted(found):
        relations = found[head, tail]
        sentences = sorted({relation.evidence for relation in relations}, key=text_order)
        yield Edge(
            head,
            tail,
            {
                "confidence": max(relation.confidence for relation in relations),
                **evidence_properties(sentences[:_EVIDENCE_KEPT]),
            },
        )


PRODUCERS = tuple(
    EdgeProducer(kind.name, partial(role_edges, kind.name)) for kind in graph_schema().group("role")
)
