"""Related papers, with the shared concepts as reasons."""

from __future__ import annotations

from collections.abc import Iterator

from kgraph.link.corpus import LinkedCorpus
from kgraph.link.edges import EdgeProducer
from kgraph.model import Edge


def related_paper_edges(corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield the pairs of related papers."""
    papers, concepts = corpus.vocabulary.paper_ids, corpus.vocabulary.concepts
    for pair in corpus.related:
        yield Edge(
            papers[pair.first],
            papers[pair.second],
            {
                "score": pair.score,
                "reasons": [concepts[column].name for column, _ in pair.reasons],
                "reason_concepts": [concepts[column].id for column, _ in pair.reasons],
                "reason_shares": [share for _, share in pair.reasons],
            },
        )


PRODUCERS = (EdgeProducer("RELATED_TO", related_paper_edges),)
