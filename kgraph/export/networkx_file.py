"""Exports that NetworkX writes as one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from kgraph.export.exporter import ExportReport
from kgraph.export.state import graph_state
from kgraph.progress import Progress
from kgraph.store import GraphStore


@dataclass(frozen=True, slots=True)
class NetworkxFile:
    """An export format of one file. ``write_graph`` writes a flat graph to a path."""

    name: str
    description: str
    write_graph: Callable[[Any, Path], None]
    target: Literal["file"] = "file"

    def write(self, store: GraphStore, target: Path, dest: Path, on_progress: Progress) -> ExportReport:
        """Write the graph; see :class:`~kgraph.export.exporter.Exporter`."""
        # NetworkX takes long to import, and listing the formats does not need it.
        from kgraph.export.flat_graph import flatten
        from kgraph.export.networkx_graph import to_networkx

        total = graph_state(store)
        graph = flatten(to_networkx(store, on_progress))
        self.write_graph(graph, target)
        nodes, edges = graph.number_of_nodes(), graph.number_of_edges()
        return ExportReport(self.name, dest, nodes, edges, total.nodes - nodes, total.relationships - edges)
