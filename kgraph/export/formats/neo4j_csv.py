"""CSV files for ``neo4j-admin database import full``, the fastest way to load a graph into Neo4j.

The imported graph equals the exported one, property by property. A file of
statements to run after the import sets the values that CSV cannot express, and
creates the constraints and indexes that kgraph uses on a server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kgraph.errors import InputError
from kgraph.export.exporter import ExportReport, NextStep
from kgraph.export.neo4j_commands import SCRIPT, Table, import_command, script, script_command
from kgraph.export.neo4j_tables import Row, TableWriter
from kgraph.export.neo4j_values import DelimiterInTextError, field, quoted
from kgraph.export.state import graph_state
from kgraph.progress import Progress
from kgraph.schema import Label, RelationshipType, graph_schema
from kgraph.store import GraphStore
from kgraph.store.neo4j_schema import constraint_statements, index_statements
from kgraph.store.scan import Scan

# Sources remove control characters from their texts, but a query may write them. The
# other characters are of the private use area.
_DELIMITERS = "\x1f\x1e\x1d\x1c" + "".join(map(chr, range(0xE000, 0xF8FF)))


@dataclass(frozen=True, slots=True)
class Neo4jCsv:
    """The export format ``neo4j-csv``."""

    name: str = "neo4j-csv"
    description: str = "CSV for `neo4j-admin database import full` into an empty Neo4j 5.26 database."
    target: Literal["folder"] = "folder"

    def write(self, store: GraphStore, target: Path, dest: Path, on_progress: Progress) -> ExportReport:
        """Write the graph; see :class:`~kgraph.export.exporter.Exporter`.

        Raises InputError for properties that Neo4j cannot hold.
        """
        taken: frozenset[str] = frozenset()
        while free := [character for character in _DELIMITERS if character not in taken]:
            try:
                return _Run(store, target, free[0], on_progress).report(self.name, dest)
            except DelimiterInTextError as error:
                taken |= error.characters
                for path in target.iterdir():
                    path.unlink()
        raise InputError("lists of the graph hold every character that could separate their items")


EXPORTER = Neo4jCsv()


class _Run:
    """One attempt, with one delimiter of list items."""

    def __init__(self, store: GraphStore, target: Path, delimiter: str, on_progress: Progress) -> None:
        self._store = store
        self._scan = Scan(store)
        self._target = target
        self._delimiter = delimiter
        self._on_progress = on_progress
        self._longest = 0

    def report(self, format: str, dest: Path) -> ExportReport:
        schema = graph_schema()
        total = graph_state(self._store)
        nodes, node_count = self._written(
            "exporting nodes", total.nodes, map(self._node_writer, schema.labels)
        )
        relationships, relationship_count = self._written(
            "exporting relationships",
            total.relationships,
            (self._relationship_writer(*pattern) for pattern in schema.patterns()),
        )
        text = script([*nodes, *relationships], constraint_statements(), index_statements())
        (self._target / SCRIPT).write_text(text, encoding="utf-8")
        return ExportReport(
            format,
            dest,
            node_count,
            relationship_count,
            total.nodes - node_count,
            total.relationships - relationship_count,
            (
                NextStep(
                    "Stop the server and run this. It deletes the current contents of the database:",
                    import_command(dest, nodes, relationships, self._delimiter, self._longest),
                ),
                NextStep(
                    "Start the server and run this. It completes the graph and creates "
                    "its constraints and indexes:",
                    script_command(dest),
                ),
            ),
        )

    def _written(
        self, step: str, total: int, sources: Iterable[tuple[str, str, TableWriter, Iterator[Row]]]
    ) -> tuple[list[Table], int]:
        tables, done = [], 0
        self._on_progress(step, done, total)
        for name, pattern, writer, rows in sources:
            for count in writer.write(rows):
                done += count
                self._on_progress(step, done, total)
            self._longest = max(self._longest, writer.longest)
            if writer.files:
                tables.append(Table(name, pattern, writer.files, sorted(writer.empties)))
        return tables, done

    def _node_writer(self, label: Label) -> tuple[str, str, TableWriter, Iterator[Row]]:
        key = (f"id:ID({label.name})", ":LABEL")
        writer = TableWriter(self._target, label.name, key, label.properties, self._delimiter)
        rows = (
            Row(
                (quoted(node.id), field(list(node.labels) or None, self._delimiter)),
                node.properties,
                f"{label.name} {node.id!r}",
            )
            for node in self._scan.nodes(label.name)
        )
        return label.name, f"(x:{label.name})", writer, rows

    def _relationship_writer(
        self, kind: RelationshipType, head: str, tail: str
    ) -> tuple[str, str, TableWriter, Iterator[Row]]:
        key = (f":START_ID({head})", f":END_ID({tail})")
        name = f"{head}-{kind.name}-{tail}"
        writer = TableWriter(self._target, name, key, kind.properties, self._delimiter)
        rows = (
            Row(
                (quoted(edge.head), quoted(edge.tail)),
                edge.properties,
                f"{kind.name} from {edge.head!r} to {edge.tail!r}",
            )
            for edge in self._scan.edges(kind.name, head, tail)
        )
        return kind.name, f"(:{head})-[x:{kind.name}]->(:{tail})", writer, rows
