"""The protocol of a graph store, the only interface that other packages use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kgraph.model import EdgeBatch, NodeBatch

DEFAULT_TIMEOUT = 30.0
"""Seconds that a query may take unless its caller says otherwise."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The rows of a query.

    ``rows`` are dicts with ``columns`` as keys. Values are None, booleans,
    numbers, strings, ISO 8601 strings for dates and times, lists, and dicts
    with sorted keys. A node is ``{"labels": [...], "properties": {...}}``, a
    relationship ``{"type": ..., "properties": {...}}``. ``warnings`` come from
    the engine. ``truncated`` is true if ``limit`` cut rows off.
    """

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...] = ()
    truncated: bool = False


class GraphStore(Protocol):
    """A property graph with Cypher.

    ``replace`` stores the graph that kgraph built, ``query`` reads it and can
    write. Batches of one label or relationship type, and statements with
    parameters, suit an embedded engine and a server alike.
    """

    def exists(self) -> bool:
        """Return whether there is a graph to query. Raises StoreError if the store cannot be reached."""
        ...

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        write: bool = False,
        timeout: float | None = DEFAULT_TIMEOUT,
        limit: int | None = None,
    ) -> QueryResult:
        """Run one statement, read-only unless ``write``.

        ``timeout`` is in seconds and ``limit`` in rows. None means no limit.
        Raises QueryError for a wrong or refused statement and for a timeout,
        InputError if there is no graph, and StoreError if the store fails.
        """
        ...

    def replace(self, nodes: Iterable[NodeBatch], edges: Iterable[EdgeBatch]) -> None:
        """Make the graph of kgraph's own labels and relationship types equal to these batches.

        Nodes come before the edges that join them. Remaining nodes keep
        properties that the schema does not declare. Nodes and relationships of
        other labels and types are kept, and so are nodes without a text as
        ``id`` and the relationships at them. Other nodes and relationships that are not
        in the batches are deleted. If the process is killed, the store holds
        the earlier graph, or calling this again completes the new one. Raises
        StoreError.
        """
        ...

    def close(self) -> None:
        """Release files, locks and connections. Writes nothing."""
        ...
