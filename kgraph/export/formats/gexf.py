"""GEXF, the format of Gephi."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kgraph.export.exporter import ExportReport
from kgraph.export.state import graph_state
from kgraph.progress import Progress
from kgraph.store import GraphStore


@dataclass(frozen=True, slots=True)
class Gexf:
    """The export format ``gexf``."""

    name: str = "gexf"
    description: str = "GEXF for Gephi and Gephi Lite."
    target: Literal["file"] = "file"

    def write(self, store: GraphStore, target: Path, dest: Path, on_progress: Progress) -> ExportReport:
        """Write the graph; see :class:`~kgraph.export.exporter.Exporter`."""
        from networkx.readwrite.gexf import GEXFWriter

        from kgraph.export.flat_graph import flatten
        from kgraph.export.networkx_graph import to_networkx

        total = graph_state(store)
        graph = flatten(to_networkx(store, on_progress))
        writer = GEXFWriter(graph, version="1.2draft")
        # The date of the export would make each day's file another one.
        writer.xml.find("meta").attrib.pop("lastmodifieddate")
        with target.open("wb") as file:
            writer.write(file)
        nodes, edges = graph.number_of_nodes(), graph.number_of_edges()
        return ExportReport(self.name, dest, nodes, edges, total.nodes - nodes, total.relationships - edges)


EXPORTER = Gexf()
