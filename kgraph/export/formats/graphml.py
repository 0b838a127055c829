"""GraphML, for Cytoscape, yEd, igraph, Gephi and NetworkX."""

from __future__ import annotations

from typing import Any, BinaryIO

from kgraph.export.networkx_file import NetworkxFile


def write_graphml(graph: Any, file: BinaryIO) -> None:
    """Write a flat graph as GraphML."""
    import networkx as nx

    # Not write_graphml, which writes other bytes where lxml is installed.
    nx.write_graphml_xml(graph, file)


EXPORTER = NetworkxFile("graphml", "GraphML for Cytoscape, yEd, igraph, Gephi and NetworkX.", write_graphml)
