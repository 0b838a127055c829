"""The results that papers report, with the concepts of their metric and data set."""

from __future__ import annotations

from collections.abc import Iterator

from kgraph.link.corpus import LinkedCorpus
from kgraph.link.edges import EdgeProducer
from kgraph.model import Edge


def reported_results(corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield the results of each paper."""
    return (Edge(result.paper, result.node.id, {}) for result in corpus.results)


def metrics(corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield the concept of each result's metric, where there is one."""
    return (Edge(result.node.id, result.metric, {}) for result in corpus.results if result.metric)


def datasets(corpus: LinkedCorpus) -> Iterator[Edge]:
    """Yield the concept of each result's data set, where there is one."""
    return (Edge(result.node.id, result.dataset, {}) for result in corpus.results if result.dataset)


PRODUCERS = (
    EdgeProducer("REPORTS", reported_results),
    EdgeProducer("OF_METRIC", metrics),
    EdgeProducer("ON_DATASET", datasets),
)
