"""A linked corpus as batches of nodes and edges, in the order of the schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from kgraph.errors import SchemaError
from kgraph.link.corpus import LinkedCorpus
from kgraph.link.edges import edge_producers
from kgraph.link.nodes import NODES, build_node
from kgraph.model import EdgeBatch, Node, NodeBatch
from kgraph.schema import graph_schema

LINKER_VERSION = "4"
"""Raise this with every change that can change the graph of the same extractions."""

_BATCH_SIZE = 5000
_BUILD = "Build"
_T = TypeVar("_T")


def node_batches(corpus: LinkedCorpus, extractor: str) -> Iterator[NodeBatch]:
    """Return every node of the graph, label by label, each by rising id.

    ``extractor`` is the version of the extractor. Raises SchemaError, before
    the first batch, if the schema has a label that nothing here makes.
    """
    labels = [label.name for label in graph_schema().labels]
    if set(labels) != {*NODES, _BUILD}:
        raise SchemaError(
            "schemas/graph.json and kgraph/link/nodes.py differ in the labels "
            + ", ".join(sorted(set(labels) ^ {*NODES, _BUILD}))
        )
    return _node_batches(corpus, labels, build_node(corpus, extractor, LINKER_VERSION))


def edge_batches(corpus: LinkedCorpus) -> Iterator[EdgeBatch]:
    """Return every relationship of the graph, type by type, in the order of the schema.

    Raises SchemaError, before the first batch, if the schema and the
    producers in :mod:`kgraph.link.edges` do not match.
    """
    producers = edge_producers()
    return (
        EdgeBatch(kind.name, head, tail, edges)
        for kind, head, tail in graph_schema().patterns()
        for edges in _batches(producers[kind.name, head, tail].edges(corpus))
    )


def _node_batches(corpus: LinkedCorpus, labels: Iterable[str], build: Node) -> Iterator[NodeBatch]:
    for label in labels:
        nodes = [build] if label == _BUILD else NODES[label](corpus)
        for batch in _batches(nodes):
            yield NodeBatch(label, batch)


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    source = iter(items)
    while batch := list(islice(source, _BATCH_SIZE)):
        yield batch
