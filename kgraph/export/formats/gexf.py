"""GEXF, the format of Gephi."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kgraph.export.networkx_file import NetworkxFile


def write_gexf(graph: Any, path: Path) -> None:
    """Write a flat graph as GEXF 1.2, without the date of the export. The same graph gives the same bytes."""
    from networkx.readwrite.gexf import GEXFWriter

    writer = GEXFWriter(graph, version="1.2draft")
    writer.xml.find("meta").attrib.pop("lastmodifieddate")
    with path.open("wb") as file:
        writer.write(file)


EXPORTER = NetworkxFile("gexf", "GEXF for Gephi and Gephi Lite.", write_gexf)
