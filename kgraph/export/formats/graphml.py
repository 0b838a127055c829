"""GraphML, for Cytoscape, yEd, igraph, Gephi and NetworkX."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kgraph.export.exporter import ExportReport
from kgraph.export.state import graph_state
from kgraph.progress import Progress
from kgraph.store import GraphStore


@dataclass(frozen=True, slots=True)
class GraphMl:
    """The export format ``graphml``."""

    name: str = "graphml"
    description: str = "GraphML for Cytoscape, yEd, igraph, Gephi and NetworkX."
    target: Literal["file"] = "file"

    def write(self, store: GraphStore, target: Path, dest: Path, on_progress: Progress) -> ExportReport:
        """Write the graph; see :class:`~kgraph.export.exporter.Exporter`."""
        import networkx as nx

        from kgraph.export.flat_graph import flatten
        from kgraph.export.networkx_graph import to_networkx

        total = graph_state(store)
        graph = flatten(to_networkx(store, on_progress))
        # Not write_graphml, which writes other bytes where lxml is installed.
        nx.write_graphml_xml(graph, target)
        nodes, edges = graph.number_of_nodes(), graph.number_of_edges()
        return ExportReport(self.name, dest, nodes, edges, total.nodes - nodes, total.relationships - edges)


EXPORTER = GraphMl()
