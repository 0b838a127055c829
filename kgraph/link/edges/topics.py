"""The papers and concepts of each topic."""

from __future__ import annotations

from collections.abc import Iterator

from kgraph.link.corpus import LinkedCorpus
from kgraph.link.edges import EdgeProducer
from kgraph.model import Edge


def papers_in_topics(corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield the topic of each paper, topic by topic."""
    ids = corpus.vocabulary.paper_ids
    for topic in sorted(corpus.topics, key=lambda topic: topic.id):
        for row in topic.papers:
            yield Edge(ids[row], topic.id, {})


def concepts_in_topics(corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield the topic of each concept that has one, topic by topic."""
    concepts = corpus.vocabulary.concepts
    for topic in sorted(corpus.topics, key=lambda topic: topic.id):
        for column in topic.concepts:
            yield Edge(concepts[column].id, topic.id, {})


PRODUCERS = (
    EdgeProducer("IN_TOPIC", papers_in_topics, head_label="Paper"),
    EdgeProducer("IN_TOPIC", concepts_in_topics, head_label="Concept"),
)
