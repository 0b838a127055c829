"""GEXF, the format of Gephi."""

from __future__ import annotations

from typing import Any, BinaryIO

from kgraph.export.networkx_file import NetworkxFile


def write_gexf(graph: Any, file: BinaryIO) -> None:
    """Write a flat graph as GEXF 1.2, without the date of the export. The same graph gives the same bytes."""
    from networkx.readwrite.gexf import GEXFWriter

    writer = GEXFWriter(graph, version="1.2draft")
    writer.xml.find("meta").attrib.pop("lastmodifieddate")
    writer.write(file)


EXPORTER = NetworkxFile("gexf", "GEXF for Gephi and Gephi Lite.", write_gexf)
