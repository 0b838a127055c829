"""What every graph store can do: the only thing that later rooms know of one."""

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

    ``rows`` are dicts over ``columns``; values are null, booleans, numbers,
    strings, ISO 8601 strings for dates and times, lists, and dicts with their
    keys in order; a node is ``{"labels": [...], "properties": {...}}``, a
    relationship ``{"type": ..., "properties": {...}}``. ``warnings`` are the engine's own. ``truncated``
    says that ``limit`` cut rows off.
    """

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...] = ()
    truncated: bool = False


class GraphStore(Protocol):
    """A property graph that speaks Cypher.

    Two calls carry everything: ``replace`` makes the graph that kgraph built
    the content of the store, ``query`` reads it (or, asked to, writes). Both
    take what suits an embedded engine and a server alike: batches of one label
    or relationship type, and statements with parameters.
    """

    def exists(self) -> bool:
        """Whether there is a graph to query. Raises StoreError if the store cannot be asked."""
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

        ``timeout`` is in seconds and ``limit`` in rows; None lifts them.
        Raises QueryError for a wrong or refused statement, a timeout included,
        and StoreError when the store itself fails.
        """
        ...

    def replace(self, nodes: Iterable[NodeBatch], edges: Iterable[EdgeBatch]) -> None:
        """Make the graph of kgraph's own labels and relationship types equal to these batches.

        Nodes come before the edges that join them. Nodes that stay keep the
        properties that kgraph does not own, nodes and relationships of other
        labels and types are left alone, what is no longer among the batches is
        removed. A store that is killed in the middle still holds what it held
        before, or can be brought to the new state by calling this again.
        Raises StoreError.
        """
        ...

    def close(self) -> None:
        """Let go of files, locks and connections; nothing is written here."""
        ...
