"""The protocol of an export format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from kgraph.progress import Progress
from kgraph.store import GraphStore


@dataclass(frozen=True, slots=True)
class NextStep:
    """A command to run after an export, with a sentence that says when and why."""

    explanation: str
    command: str


@dataclass(frozen=True, slots=True)
class ExportReport:
    """The result of an export.

    ``nodes`` and ``relationships`` count the written ones, ``skipped_nodes``
    and ``skipped_relationships`` those of the store that kgraph did not make.
    ``next_steps`` are commands that load the files into another tool.
    """

    format: str
    dest: Path
    nodes: int
    relationships: int
    skipped_nodes: int = 0
    skipped_relationships: int = 0
    next_steps: tuple[NextStep, ...] = ()


@runtime_checkable
class Exporter(Protocol):
    """An export format.

    A module in ``kgraph.export.formats`` binds one to ``EXPORTER``. Another
    package names one by an entry point in the group ``kgraph.exports``; the
    name of the entry point is the name of the format.
    """

    @property
    def name(self) -> str:
        """The name of the format on the command line."""
        ...

    @property
    def description(self) -> str:
        """One sentence for the help text: the contents and the tools that read them."""
        ...

    @property
    def target(self) -> Literal["file", "folder"]:
        """Whether the export is one file or a folder of files."""
        ...

    def write(self, store: GraphStore, target: Path, dest: Path, on_progress: Progress) -> ExportReport:
        """Write the graph to ``target`` and return a report.

        ``target`` is an empty folder, or an empty file with the suffixes of
        ``dest``. When this method returns, it is moved to ``dest``, the path that
        the user gave. An error leaves ``dest`` as it was. The same graph must
        give the same bytes.
        """
        ...
