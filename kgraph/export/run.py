"""Run an export: find the format, write it whole or not at all."""

from __future__ import annotations

from pathlib import Path

from kgraph.errors import InputError
from kgraph.export.exporter import Exporter, ExportReport
from kgraph.export.folder import whole_folder
from kgraph.export.state import unchanged
from kgraph.progress import Progress, ignore_progress
from kgraph.registry import Registry
from kgraph.store import GraphStore
from kgraph.whole_file import whole_file

EXPORTERS: Registry[Exporter] = Registry(
    package="kgraph.export.formats",
    attribute="EXPORTER",
    group="kgraph.exports",
    protocol=Exporter,
    noun="export format",
)


def export_graph(
    store: GraphStore, format: str, dest: Path, on_progress: Progress = ignore_progress
) -> ExportReport:
    """Write the graph to a file or folder in one of the formats and return a report.

    ``dest`` is a file to create or replace, or a folder that is new, empty or
    of an earlier export. Raises InputError for an unknown format, a missing or
    empty graph and a ``dest`` that cannot be written, KgraphError if the disk is full,
    and StoreError, also for a graph that is being built. After an error ``dest`` is as it was before.
    """
    exporter = EXPORTERS.get(format)
    whole = whole_folder if exporter.target == "folder" else whole_file
    with whole(dest) as target:
        with unchanged(store):
            report = exporter.write(store, target, dest, on_progress)
        if not report.nodes:
            raise InputError("the graph is empty")
    return report
