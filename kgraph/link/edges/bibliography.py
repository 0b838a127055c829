"""The authors, organisations and venue of each paper, from its record."""

from __future__ import annotations

from collections.abc import Iterator

from kgraph.link.corpus import LinkedCorpus
from kgraph.link.edges import EdgeProducer
from kgraph.model import Edge
from kgraph.names import folded


def authors(corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield the authors of each paper with their positions, counted from 1, in that order."""
    for paper in corpus.papers:
        positions: dict[str, int] = {}
        for position, author in enumerate(paper.authors, start=1):
            if id_ := folded(author):
                positions.setdefault(id_, position)
        for id_, position in positions.items():
            yield Edge(paper.id, id_, {"position": position})


def organizations(corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield the organisations of each paper."""
    for paper in corpus.papers:
        for handle in sorted({organization.handle for organization in paper.organizations}):
            yield Edge(paper.id, handle, {})


def venues(corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield the venue of each paper that has one."""
    for paper in corpus.papers:
        if paper.venue and (id_ := folded(paper.venue)):
            yield Edge(paper.id, id_, {})


PRODUCERS = (
    EdgeProducer("AUTHORED_BY", authors),
    EdgeProducer("AFFILIATED_WITH", organizations),
    EdgeProducer("PUBLISHED_IN", venues),
)
