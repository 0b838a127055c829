"""The graph as CSV for ``neo4j-admin database import full``, the fastest way into a Neo4j server.

The imported graph equals the exported one property by property. What CSV
cannot say is told by a file of statements that are run after the import; they
also make the constraints and indexes that kgraph has on a server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgraph.errors import InputError, StoreError
from kgraph.export.csv_values import DelimiterInTextError, field, quoted
from kgraph.export.folder import whole_folder
from kgraph.export.neo4j_commands import SCRIPT, Table, import_command, script, script_command
from kgraph.export.tables import Row, TableWriter
from kgraph.schema import Label, RelationshipType, graph_schema
from kgraph.store import GraphStore
from kgraph.store.neo4j_schema import constraint_statements, index_statements
from kgraph.store.scan import Scan

if TYPE_CHECKING:
    from kgraph.build import Progress

# Sources remove control characters from what they read, but a query may write them; the
# others are for private use.
_DELIMITERS = "\x1f\x1e\x1d\x1c" + "".join(map(chr, range(0xE000, 0xF8FF)))


@dataclass(frozen=True, slots=True)
class Neo4jExport:
    """What was written, and how it gets into a server.

    ``nodes`` and ``relationships`` count what was written, ``others`` the nodes and
    relationships of the store that are not kgraph's and were left out.
    ``import_command`` is run while the server is stopped and replaces its
    database; ``script_command`` is run after it was started again.
    """

    folder: Path
    nodes: int
    relationships: int
    others: tuple[int, int]
    import_command: str
    script_command: str


def to_neo4j_csv(store: GraphStore, folder: Path, on_progress: Progress = lambda *_: None) -> Neo4jExport:
    """Write the graph to a folder, which must be new, empty or of an earlier export.

    Raises InputError where there is no graph, for a folder that cannot be
    used and for properties that Neo4j cannot hold, and StoreError, also for
    a graph that is being built.
    """
    taken: frozenset[str] = frozenset()
    while free := [character for character in _DELIMITERS if character not in taken]:
        try:
            with whole_folder(folder) as target:
                return _Export(store, target, free[0], on_progress).run(folder)
        except DelimiterInTextError as error:
            taken |= error.characters
    raise InputError("lists of the graph hold every character that could part their items")


class _Export:
    """One run with one delimiter."""

    def __init__(self, store: GraphStore, target: Path, delimiter: str, on_progress: Progress) -> None:
        self._store = store
        self._scan = Scan(store)
        self._target = target
        self._delimiter = delimiter
        self._on_progress = on_progress
        self._longest = 0

    def run(self, folder: Path) -> Neo4jExport:
        schema = graph_schema()
        there = self._state()
        if "writer" in there[2]:
            raise StoreError("a build of this graph is not complete; let it finish, or run it again")
        nodes, node_count = self._written("exporting nodes", there[0], map(self._node_writer, schema.labels))
        relationships, relationship_count = self._written(
            "exporting relationships",
            there[1],
            (self._relationship_writer(*pattern) for pattern in schema.patterns()),
        )
        if not nodes:
            raise InputError("the graph is empty")
        if self._state() != there:
            raise StoreError("the graph was changed while it was read; run this again")
        text = script([*nodes, *relationships], constraint_statements(), index_statements())
        (self._target / SCRIPT).write_text(text, encoding="utf-8")
        return Neo4jExport(
            folder,
            node_count,
            relationship_count,
            (there[0] - node_count, there[1] - relationship_count),
            import_command(folder, nodes, relationships, self._delimiter, self._longest),
            script_command(folder),
        )

    def _state(self) -> tuple[int, int, Mapping[str, Any]]:
        """Return how many nodes and relationships there are, and what the Build node says."""
        nodes, relationships = (
            self._store.query(f"MATCH {pattern} RETURN count(x) AS n", timeout=None).rows[0]["n"]
            for pattern in ("(x)", "()-[x]->()")
        )
        builds = self._store.query("MATCH (b:Build) RETURN b", timeout=None).rows
        return nodes, relationships, builds[0]["b"]["properties"] if builds else {}

    def _written(
        self, what: str, there: int, sources: Iterable[tuple[str, str, TableWriter, Iterator[Row]]]
    ) -> tuple[list[Table], int]:
        tables, done = [], 0
        self._on_progress(what, done, there)
        for name, pattern, writer, rows in sources:
            for count in writer.write(rows):
                done += count
                self._on_progress(what, done, there)
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
