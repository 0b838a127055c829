"""Exports that NetworkX writes as one file."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

from kgraph.export.exporter import ExportReport
from kgraph.export.state import graph_state
from kgraph.progress import Progress
from kgraph.store import GraphStore


@dataclass(frozen=True, slots=True)
class NetworkxFile:
    """An export format of one file, compressed if its name ends in ``.gz``.

    ``write_graph`` writes a flat graph to an open file.
    """

    name: str
    description: str
    write_graph: Callable[[Any, BinaryIO], None]
    target: Literal["file"] = "file"

    def write(self, store: GraphStore, target: Path, dest: Path, on_progress: Progress) -> ExportReport:
        """Write the graph; see :class:`~kgraph.export.exporter.Exporter`."""
        # NetworkX takes long to import, and listing the formats does not need it.
        from kgraph.export.flat_graph import flatten
        from kgraph.export.networkx_graph import to_networkx

        total = graph_state(store)
        graph = flatten(to_networkx(store, on_progress))
        with _opened(target) as file:
            self.write_graph(graph, file)
        nodes, edges = graph.number_of_nodes(), graph.number_of_edges()
        return ExportReport(self.name, dest, nodes, edges, total.nodes - nodes, total.relationships - edges)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with path.open("wb") as file:
        if path.suffix != ".gz":
            yield file
            return
        # Without a name and a time, the same graph gives the same bytes.
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as compressed:
            yield cast(BinaryIO, compressed)
