"""Export the graph as files for other tools.

Each module in :mod:`kgraph.export.formats` is one format, and the entry-point
group ``kgraph.exports`` adds those of other packages. An export reads the
store only.
"""

from kgraph.export.exporter import Exporter, ExportReport, NextStep
from kgraph.export.run import EXPORTERS, export_graph

__all__ = ["EXPORTERS", "ExportReport", "Exporter", "NextStep", "export_graph"]
