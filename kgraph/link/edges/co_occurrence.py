"""Concepts that papers mention together more often than by chance."""

from __future__ import annotations

from collections.abc import Iterator

from kgraph.link.corpus import LinkedCorpus
from kgraph.link.edges import EdgeProducer
from kgraph.link.npmi import co_occurrences
from kgraph.model import Edge


def co_occurring_concepts(corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield the pairs of concepts with positive NPMI."""
    concepts = corpus.vocabulary.concepts
    for pair in co_occurrences(corpus.vocabulary):
        properties = {"papers": pair.papers, "npmi": pair.npmi}
        yield Edge(concepts[pair.first].id, concepts[pair.second].id, properties)


PRODUCERS = (EdgeProducer("CO_OCCURS_WITH", co_occurring_concepts),)
