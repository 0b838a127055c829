"""The embedded engine: kglite, with the graph in one file and no server.

Every change, a build or a ``query --write``, is made in memory and then saved
by one atomic, synced rename. A process that is killed at any moment therefore
leaves the graph from before or after the change. The engine's write-ahead log
is not used, because it would keep the first half of a killed build. Writers
hold the engine's lock on the file. Readers need no lock and see the last save.

The engine is maintained by one person and changes quickly, so no other module
imports it. It has virtual properties (``type``, ``label``, and substitutes for
a missing ``name`` or ``title``). For this reason every node stores ``id``,
``name`` and ``title``, and no property is called ``type`` or ``label``.
"""

from __future__ import annotations

import glob
import math
import os
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import kglite

from kgraph.errors import InputError, QueryError, StoreError
from kgraph.model import EdgeBatch, NodeBatch
from kgraph.schema import Label, graph_schema
from kgraph.store import values
from kgraph.store.cypher_gate import checked
from kgraph.store.protocol import DEFAULT_TIMEOUT, QueryResult
from kgraph.store.reading import written_by_kgraph
from kgraph.whole_file import is_running

MAX_WORK = 200_000_000
"""Work units (rows held and scanned) that a query may use."""

_Version = tuple[int, int, int]
_ABSENT: _Version = (0, 0, 0)

_SCALARS = frozenset((str, int, bool))

_UNFINISHED = re.compile(r"\.tmp\.(\d+)\.\d+")

_LARGEST = 2**53
"""A number of rows or milliseconds that means no limit."""

kglite.set_query_warning_policy("silent")


class EmbeddedStore:
    """A graph in one kglite file, as a :class:`~kgraph.store.protocol.GraphStore`.

    ``path`` must exist to be queried, but not to be built. The file is loaded
    when it is first needed, and then kept in memory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # A save replaces the file, so a symbolic link is followed first.
        self._file = Path(os.path.realpath(path))
        self._graph: kglite.KnowledgeGraph | None = None
        self._read: _Version | None = None

    def exists(self) -> bool:
        """Return whether there is a graph file. Raises InputError for a path that cannot be one."""
        if self._file.is_dir():
            raise InputError(f"{self._path}: this is a folder, not a graph file")
        if not self._file.parent.is_dir():
            folder = self._file.parent if self._path.is_symlink() else self._path.parent
            raise InputError(f"{folder}: no such folder")
        return self._seen() is not _ABSENT

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        write: bool = False,
        timeout: float | None = DEFAULT_TIMEOUT,
        limit: int | None = None,
    ) -> QueryResult:
        """Run one statement; see :class:`~kgraph.store.protocol.GraphStore`."""
        text = checked(cypher)
        if not self.exists():
            raise InputError(f"{self._path}: no graph there; make one with `kgraph build`")
        try:
            if not write:
                return _run(self._loaded(), text, parameters, timeout, limit)
            with self._open_to_write() as graph:
                return _run(graph, text, parameters, timeout, limit)
        except kglite.CypherTimeoutError as error:
            raise QueryError(
                f"the query was stopped after {timeout:g} seconds; narrow it or raise --timeout"
            ) from error
        except kglite.ReadOnlyError as error:
            raise QueryError("the query writes; pass --write if it should") from error
        except (kglite.KgError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise QueryError(_message(error)) from error

    def replace(self, nodes: Iterable[NodeBatch], edges: Iterable[EdgeBatch]) -> None:
        """Make kgraph's part of the graph equal to the batches, with one atomic save at the end."""
        self.exists()  # raises InputError if the path cannot be a graph file
        try:
            with self._open_to_write() as graph:
                if self._seen() != _version(self._file):
                    # The batches were made from an older graph and would undo the changes to it.
                    raise StoreError(
                        f"{self._path}: changed by another process since it was read; "
                        "nothing was written, run this again"
                    )
                for label in graph_schema().labels:
                    graph.cypher(
                        f"CREATE CONSTRAINT {label.name.lower()}_id IF NOT EXISTS "
                        f"FOR (n:{label.name}) REQUIRE n.id IS UNIQUE"
                    )
                mixed = _replace_nodes(graph, nodes)
                _replace_edges(graph, edges, mixed)
        except kglite.KgError as error:
            raise StoreError(f"{self._path}: the graph could not be written: {error}") from error

    def close(self) -> None:
        """Forget the loaded graph."""
        self._graph = self._read = None

    def _seen(self) -> _Version:
        """Return the version of the file when it was first looked at."""
        if self._read is None:
            self._read = _version(self._file)
        return self._read

    def _loaded(self) -> kglite.KnowledgeGraph:
        if self._graph is None:
            with _opening(self._path):
                graph = kglite.load(str(self._file))
            graph.read_only(True)
            self._graph = graph
        return self._graph

    @contextmanager
    def _open_to_write(self) -> Iterator[kglite.KnowledgeGraph]:
        """Yield the graph for changes: saved if the block ends without an error, else discarded.

        Raises StoreError if another process is writing it, or if it cannot be
        opened or saved.
        """
        with _opening(self._path):
            graph = kglite.open(str(self._file), durable="off")
        try:
            with _without_mapping_warnings(), graph:
                _delete_unfinished_saves(self._file)
                yield graph
        except kglite.FileIoError as error:
            raise StoreError(f"{self._path}: cannot be written: {_message(error)}") from error
        finally:
            self.close()


def _version(path: Path) -> _Version:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return _ABSENT
    return (status.st_ino, status.st_mtime_ns, status.st_size)


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    """Raise kgraph's errors instead of those of the engine."""
    try:
        yield
    except kglite.WriterLeaseHeldError as error:
        raise StoreError(f"{path}: another process is writing this graph; wait for it") from error
    except (kglite.KgError, OSError, ValueError) as error:
        if isinstance(error, kglite.FileFormatError):
            raise InputError(
                f"{path}: not a graph of kgraph, or damaged ({_message(error)}); build it again elsewhere"
            ) from error
        raise StoreError(f"{path}: cannot be opened: {_message(error)}") from error


def _delete_unfinished_saves(file: Path) -> None:
    """Delete the temporary files of saves that were killed; the caller holds the lock on the file.

    The engine writes ``FILE.tmp.PID.NUMBER`` and renames it. A file is kept
    if a process with that id is running, because not every writer takes the lock.
    """
    for path in file.parent.glob(f"{glob.escape(file.name)}.tmp.*"):
        match = _UNFINISHED.fullmatch(path.name.removeprefix(file.name))
        # An earlier process of this id, in another container for example, may have left the file.
        if match and (int(match[1]) == os.getpid() or not is_running(int(match[1]))):
            path.unlink(missing_ok=True)


def _milliseconds(timeout: float) -> int:
    if not timeout > 0:
        raise QueryError(f"the timeout must be more than 0 seconds, not {timeout:g}")
    return math.ceil(min(timeout * 1000, _LARGEST))


@contextmanager
def _without_mapping_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        # kgraph always holds the graph in memory, so this warning is not useful.
        warnings.simplefilter("ignore", kglite.MappedFallbackWarning)
        yield


def _replace_nodes(graph: kglite.KnowledgeGraph, batches: Iterable[NodeBatch]) -> frozenset[str]:
    """Replace the nodes. Return the labels of which the user made nodes too."""
    mixed: set[str] = set()
    kept: dict[str, set[str]] = {label.name: set() for label in graph_schema().labels}
    for batch in batches:
        label = graph_schema().label(batch.label)
        kept[label.name].update(node.id for node in batch.nodes)
        # Setting a declared property to null removes it. Other properties are the user's.
        absent = {prop.name: None for prop in label.properties}
        graph.cypher(
            f"UNWIND $rows AS row MERGE (n:{label.name} {{id: row.id}}) SET n += row",
            params={"rows": [absent | dict(node.properties) | {"id": node.id} for node in batch.nodes]},
            timeout_ms=0,
        )
        _set_second_labels(graph, label, batch)
    for name, ids in kept.items():
        found = graph.cypher(f"MATCH (n:{name}) RETURN n.id AS id", timeout_ms=0)
        assert isinstance(found, kglite.ResultView)
        stored = [row["id"] for row in found]
        # The engine numbers nodes that were made without an id. They are the user's.
        if not all(isinstance(id_, str) for id_ in stored):
            mixed.add(name)
        stale = sorted({id_ for id_ in stored if isinstance(id_, str)} - ids)
        if stale:
            graph.cypher(
                f"UNWIND $ids AS id MATCH (n:{name} {{id: id}}) DETACH DELETE n",
                params={"ids": stale},
                timeout_ms=0,
            )
    return frozenset(mixed)


def _set_second_labels(graph: kglite.KnowledgeGraph, label: Label, batch: NodeBatch) -> None:
    for second in label.second_labels:
        for verb, ids in (
            ("REMOVE", [node.id for node in batch.nodes if second not in node.labels]),
            ("SET", [node.id for node in batch.nodes if second in node.labels]),
        ):
            if ids:
                graph.cypher(
                    f"UNWIND $ids AS id MATCH (n:{label.name} {{id: id}}) {verb} n:{second}",
                    params={"ids": ids},
                    timeout_ms=0,
                )


def _replace_edges(
    graph: kglite.KnowledgeGraph, batches: Iterable[EdgeBatch], mixed: Collection[str]
) -> None:
    """Replace the relationships, but not those at nodes that the user made of the labels ``mixed``."""
    for kind, head, tail in graph_schema().patterns():
        ends = [end for end, label in (("a", head), ("b", tail)) if label in mixed]
        where = f" WHERE {written_by_kgraph(*ends)}" if ends else ""
        graph.cypher(f"MATCH (a:{head})-[r:{kind.name}]->(b:{tail}){where} DELETE r", timeout_ms=0)
    for batch in batches:
        graph.cypher(
            f"UNWIND $rows AS row MATCH (a:{batch.head_label} {{id: row.head}}) "
            f"MATCH (b:{batch.tail_label} {{id: row.tail}}) "
            f"CREATE (a)-[r:{batch.type}]->(b) SET r += row.properties",
            params={
                "rows": [
                    {"head": edge.head, "tail": edge.tail, "properties": dict(edge.properties)}
                    for edge in batch.edges
                ]
            },
            timeout_ms=0,
        )


def _run(
    graph: kglite.KnowledgeGraph,
    text: str,
    parameters: Mapping[str, Any] | None,
    timeout: float | None,
    limit: int | None,
) -> QueryResult:
    found = graph.cypher(
        text,
        params=dict(parameters or {}),
        timeout_ms=0 if timeout is None else _milliseconds(timeout),
        max_work_units=MAX_WORK,
        row_limit=None if limit is None else min(limit, _LARGEST),
        hide_structural_keys=True,
    )
    assert isinstance(found, kglite.ResultView)
    return _result(found)


def _result(found: kglite.ResultView) -> QueryResult:
    rows = tuple({name: _plain(value) for name, value in row.items()} for row in found)
    for row in rows:
        for value in row.values():
            values.refuse_huge(value)
    total = (found.diagnostics or {}).get("total_rows") or len(rows)
    # The row limit is reported by `truncated`, as for all engines.
    notes = tuple(note for note in found.warnings if not re.search(r"row_limit", note))
    return QueryResult(tuple(found.columns), rows, notes, truncated=total > len(rows))


def _plain(value: Any) -> Any:
    if value is None or type(value) in _SCALARS:
        return value
    if isinstance(value, Mapping):
        if {"labels", "properties"} <= value.keys():
            return values.node(value["labels"], _own_properties(value["labels"], value["properties"]))
        if {"start", "end", "type", "properties"} <= value.keys():
            own = {key: _plain(item) for key, item in value["properties"].items()}
            return values.relationship(value["type"], own)
        if value.keys() - {"nanoseconds"} == {"months", "days", "seconds"}:
            return values.duration(
                value["months"], value["days"], value["seconds"], value.get("nanoseconds", 0)
            )
        return values.mapping({key: _plain(item) for key, item in value.items()})
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return values.plain(value)


def _own_properties(labels: Sequence[str], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored properties, without the engine's substitutes for a missing type, name or title."""
    minted = f"{labels[0]}_{properties.get('id')}"
    absent = {"type": labels[0], "name": minted, "title": minted}
    return {
        key: _plain(value) for key, value in properties.items() if key not in absent or value != absent[key]
    }


def _message(error: BaseException) -> str:
    return str(error).strip() or type(error).__name__
