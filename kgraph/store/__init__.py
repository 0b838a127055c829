"""Where the graph is kept: one protocol, one file an engine."""

from __future__ import annotations

import os
from pathlib import Path

from kgraph.errors import InputError
from kgraph.store.embedded import EmbeddedStore
from kgraph.store.protocol import DEFAULT_TIMEOUT, GraphStore, Result

DEFAULT_STORE = "papers.kg"
"""The store when neither the caller nor ``KGRAPH_STORE`` names one."""

__all__ = ["DEFAULT_STORE", "DEFAULT_TIMEOUT", "GraphStore", "Result", "open_store", "store_path"]


def store_path(store: str | Path | None) -> str:
    """Return the name of the store: the argument, else ``KGRAPH_STORE``, else ``papers.kg``.

    Raises InputError for an empty argument, which is mostly a variable that is not set.
    """
    if store == "":
        raise InputError("the name of the store is empty")
    return str(store or os.environ.get("KGRAPH_STORE") or DEFAULT_STORE)


def open_store(store: str | Path | None = None) -> GraphStore:
    """Open a store by its name: the path of a graph file.

    Raises InputError for the address of a server, which this version cannot
    reach.
    """
    name = store_path(store)
    if "://" in name:
        raise InputError(f"{name}: servers are not supported yet; give the path of a graph file")
    return EmbeddedStore(Path(name))
