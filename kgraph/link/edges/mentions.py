"""Which concepts the text of a paper names, with the sentences of the first mentions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kgraph.link.aliases import LinkedConcept, link_concepts
from kgraph.link.corpus import LinkedCorpus
from kgraph.link.edges import EdgeProducer
from kgraph.link.evidence import evidence_properties
from kgraph.model import Edge


def mentions(corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield the mentions of all papers. This is a pass over the corpus, so that no sentence is kept."""
    for paper, extraction in corpus.corpus():
        concepts = link_concepts(paper.id, extraction, corpus.aliases, corpus.known)
        for concept in sorted(concepts, key=lambda concept: concept.id):
            yield Edge(paper.id, concept.id, _properties(concept))


def _properties(concept: LinkedConcept) -> dict[str, Any]:
    return {
        "count": len(concept.mentions),
        "salience": concept.salience,
        "in_title": any(mention.field == "title" for mention in concept.mentions),
        "surface_forms": list(concept.forms),
        **evidence_properties(concept.evidence),
    }


PRODUCERS = (EdgeProducer("MENTIONS", mentions),)
