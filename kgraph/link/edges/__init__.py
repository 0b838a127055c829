"""The producers of edges, one file for each kind of relationship.

Every module of this package has a constant ``PRODUCERS``, a sequence of
:class:`EdgeProducer`. A new relationship type is an entry in
``schemas/graph.json`` and a module here. Roles and statements need no module:
they are taken from the extractions for every type that the schema declares in
these groups.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kgraph.errors import SchemaError
from kgraph.link.corpus import LinkedCorpus
from kgraph.model import Edge
from kgraph.registry import module_objects
from kgraph.schema import graph_schema

Pattern = tuple[str, str, str]
"""A relationship type with the labels of its head and tail."""


@dataclass(frozen=True, slots=True)
class EdgeProducer:
    """A function that makes the edges of a relationship type, by rising ids of head and tail.

    The labels of both ends come from the schema. ``head_label`` and
    ``tail_label`` are needed only where a type joins several labels and each
    has a producer.
    """

    type: str
    edges: Callable[[LinkedCorpus], Iterable[Edge]]
    head_label: str | None = None
    tail_label: str | None = None

    def makes(self, pattern: Pattern) -> bool:
        """Return whether this producer makes the edges of a pattern."""
        type_, head, tail = pattern
        return self.type == type_ and self.head_label in (None, head) and self.tail_label in (None, tail)


def edge_producers() -> Mapping[Pattern, EdgeProducer]:
    """Return the producer of each pattern of the schema. Raises SchemaError if a producer does not fit."""
    patterns = [(kind.name, head, tail) for kind, head, tail in graph_schema().patterns()]
    return match_producers(patterns, _discovered())


def match_producers(
    patterns: Collection[Pattern], producers: Iterable[tuple[str, EdgeProducer]]
) -> Mapping[Pattern, EdgeProducer]:
    """Return the producer of each pattern, given producers with the names of their modules.

    Raises SchemaError for a pattern without a producer or with several, for a
    producer of several patterns, and for a producer of none.
    """
    found: dict[Pattern, EdgeProducer] = {}
    for module, producer in producers:
        made = [pattern for pattern in patterns if producer.makes(pattern)]
        if not made:
            raise SchemaError(f"{module} makes {producer.type}, which schemas/graph.json does not declare")
        if len(made) > 1:
            raise SchemaError(f"{module}: a producer of {producer.type} must name the labels that it joins")
        if made[0] in found:
            raise SchemaError(f"{module}: {_text(made[0])} has a second producer")
        found[made[0]] = producer
    if missing := [_text(pattern) for pattern in patterns if pattern not in found]:
        raise SchemaError(
            f"schemas/graph.json declares relationships without a producer: {', '.join(missing)}"
        )
    return found


def _discovered() -> Iterator[tuple[str, EdgeProducer]]:
    for module, producers in module_objects(__name__, "PRODUCERS"):
        yield from ((module, producer) for producer in producers)


def _text(pattern: Pattern) -> str:
    type_, head, tail = pattern
    return f"({head})-[{type_}]->({tail})"
