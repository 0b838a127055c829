"""Graph stores: one protocol, and one module an engine."""

from __future__ import annotations

import os
from pathlib import Path

from kgraph.errors import InputError
from kgraph.store.address import is_server, server_address
from kgraph.store.embedded import EmbeddedStore
from kgraph.store.protocol import DEFAULT_TIMEOUT, GraphStore, QueryResult

DEFAULT_STORE = "papers.kg"
"""The store when neither the caller nor ``KGRAPH_STORE`` names one."""

__all__ = [
    "DEFAULT_STORE",
    "DEFAULT_TIMEOUT",
    "GraphStore",
    "QueryResult",
    "is_server",
    "open_store",
    "store_path",
]


def store_path(store: str | Path | None) -> str:
    """Return the name of the store: the argument, else ``KGRAPH_STORE``, else ``papers.kg``.

    Raises InputError for an empty argument, which usually is an unset variable.
    """
    if store == "":
        raise InputError("the name of the store is empty")
    return str(store or os.environ.get("KGRAPH_STORE") or DEFAULT_STORE)


def open_store(store: str | Path | None = None) -> GraphStore:
    """Return the store with a name: the path of a graph file, or the address of a Neo4j server.

    Does not read or connect. Raises InputError for an invalid address.
    """
    name = store_path(store)
    if not is_server(name):
        return EmbeddedStore(Path(name))
    # The driver takes a third of a second to import.
    from kgraph.store.neo4j import Neo4jStore

    return Neo4jStore(server_address(name, os.environ))
