"""A graph in a Neo4j database, by the official driver.

:mod:`kgraph.store.cypher_gate` checks the text of a query. Then the plan of the
server is checked, and the query runs in a session with the access mode READ
unless it may write. Loading is in :mod:`kgraph.store.neo4j_load`.

Sessions and transactions: https://neo4j.com/docs/python-manual/current/.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import neo4j
import neo4j.graph
import neo4j.spatial
import neo4j.time
from neo4j import exceptions as errors

from kgraph.errors import InputError, QueryError, StoreError
from kgraph.model import EdgeBatch, NodeBatch
from kgraph.store import values
from kgraph.store.address import ServerAddress
from kgraph.store.cypher_gate import checked, refuse_procedure
from kgraph.store.neo4j_errors import EXPLAIN_LINE, translated
from kgraph.store.neo4j_load import build_mark, load
from kgraph.store.neo4j_schema import PAPER_CONSTRAINT
from kgraph.store.protocol import DEFAULT_TIMEOUT, QueryResult

CONNECT_SECONDS = 5.0
"""Seconds to wait for a connection."""

RETRY_SECONDS = 30.0
"""Seconds in which a load is retried while the server restarts or a cluster elects a leader."""

_GRACE_SECONDS = 5.0
"""Seconds after a query's timeout in which the server should report that it stopped."""

_FOREVER = 1e9
"""A timeout in seconds that means no limit."""

_ROWS_AT_ONCE = 1000
_ROWS_AT_ONCE_OF_A_USER = 100

# Whether the driver's log is shown is up to the program that uses this library.
logging.getLogger("neo4j").addHandler(logging.NullHandler())


class Neo4jStore:
    """A graph in a Neo4j database, as a :class:`~kgraph.store.protocol.GraphStore`.

    Connects when first needed. Labels and relationship types that ``schemas/``
    does not declare are left alone.
    """

    def __init__(self, address: ServerAddress) -> None:
        self._address = address
        self._driver: neo4j.Driver | None = None
        self._exists = False
        self._mark: Mapping[str, Any] | None = None
        self._has_looked = False

    def exists(self) -> bool:
        """Return whether kgraph has set up its schema in the database.

        Remembers the version of the graph, so that ``replace`` can refuse to
        undo a newer one. Raises InputError or StoreError without a connection.
        """
        with self._errors(), self._session(neo4j.READ_ACCESS) as session:
            self._exists, self._mark = session.execute_read(_look)
        self._has_looked = True
        return self._exists

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
        text, given = checked(cypher), dict(parameters or {})
        if timeout is not None and not timeout > 0:
            raise QueryError(f"the timeout must be more than 0 seconds, not {timeout:g}")
        if not (self._exists or self.exists()):
            raise InputError(f"{self._address}: no graph there; make one with `kgraph build`")
        access = neo4j.WRITE_ACCESS if write else neo4j.READ_ACCESS
        with self._errors(timeout), self._deadline(timeout), self._session(access, limit) as session:
            seconds = 0 if timeout is None or timeout > _FOREVER else timeout
            try:
                _refuse_by_plan(session, neo4j.Query(_explained(text), timeout=seconds), given, write)
            except (TypeError, ValueError, OverflowError, RecursionError) as error:
                # The driver cannot send a parameter.
                raise QueryError(f"a parameter cannot be used: {error}") from error
            return _result(session.run(neo4j.Query(text, timeout=seconds), given), limit)

    def replace(self, nodes: Iterable[NodeBatch], edges: Iterable[EdgeBatch]) -> None:
        """Make kgraph's part of the graph equal to the batches; see :func:`kgraph.store.neo4j_load.load`."""
        try:
            with self._errors():
                load(self._quiet_session, nodes, edges, expected=self._mark, check=self._has_looked)
        except QueryError as error:
            raise StoreError(f"{self._address}: the graph could not be written: {error}") from error
        self._has_looked = False

    def close(self) -> None:
        """Close the connections."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    def _session(self, access: str, limit: int | None = None) -> neo4j.Session:
        # The server computes and sends whole batches, so a batch is not larger than the limit.
        rows = _ROWS_AT_ONCE if limit is None else max(1, min(limit + 1, _ROWS_AT_ONCE_OF_A_USER))
        return self._connected().session(
            database=self._address.database, default_access_mode=access, fetch_size=rows
        )

    def _quiet_session(self, access: str) -> neo4j.Session:
        # A load may query types that have no relationships yet, which the server warns about.
        return self._connected().session(
            database=self._address.database,
            default_access_mode=access,
            notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
        )

    def _connected(self) -> neo4j.Driver:
        if self._driver is None:
            address = self._address
            driver = neo4j.GraphDatabase.driver(
                address.uri,
                auth=(address.user, address.password or "") if address.user else None,
                connection_timeout=CONNECT_SECONDS,
                connection_acquisition_timeout=2 * CONNECT_SECONDS,
                max_transaction_retry_time=RETRY_SECONDS,
                # A restarted server has closed the pooled connections.
                liveness_check_timeout=1,
                user_agent="kgraph",
            )
            try:
                # Retries are for servers that answered before. The first connection fails at once.
                driver.verify_connectivity()
            except BaseException:
                driver.close()
                raise
            self._driver = driver
        return self._driver

    @contextmanager
    def _deadline(self, timeout: float | None) -> Iterator[None]:
        """Close the connection if the server does not stop, for example within one long expression."""
        if timeout is None:
            yield
            return
        late = threading.Event()

        def cut() -> None:
            late.set()
            self.close()

        timer = threading.Timer(min(timeout + _GRACE_SECONDS, threading.TIMEOUT_MAX), cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except errors.DriverError as error:
            if not late.is_set():
                raise
            raise QueryError(
                f"the query was abandoned after {timeout:g} seconds, because the server does not stop it; "
                "narrow it or raise --timeout"
            ) from error
        finally:
            timer.cancel()

    @contextmanager
    def _errors(self, timeout: float | None = None) -> Iterator[None]:
        """Raise kgraph's errors instead of those of the driver."""
        try:
            yield
        except (errors.Neo4jError, errors.DriverError) as error:
            raise translated(error, self._address, timeout) from error


def _look(tx: neo4j.ManagedTransaction) -> tuple[bool, Mapping[str, Any] | None]:
    found = tx.run("SHOW CONSTRAINTS YIELD name WHERE name = $name", {"name": PAPER_CONSTRAINT}).single()
    mark = build_mark(tx)
    return found is not None or mark is not None, mark


def _explained(text: str) -> str:
    # EXPLAIN and PROFILE exclude each other.
    return EXPLAIN_LINE + re.sub(r"^\s*PROFILE\b", "", text, flags=re.IGNORECASE)


def _refuse_by_plan(
    session: neo4j.Session, explain: neo4j.Query, parameters: Mapping[str, Any], write: bool
) -> None:
    """Raise QueryError if the server's plan does something that is not allowed, whatever the text is."""
    explained = session.run(explain, dict(parameters)).consume()
    for operator, details in _operators(explained.plan):
        if operator == "AdministrationCommand":
            raise QueryError("commands that administer the server are refused")
        if operator == "LoadCSV":
            raise QueryError("LOAD CSV is refused: a query may not read files or addresses")
        if operator == "ProcedureCall":
            refuse_procedure(details.partition("(")[0])
    if explained.query_type != "r" and not write:
        raise QueryError("the query writes; pass --write if it should")


def _operators(plan: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    if plan is not None:
        yield plan["operatorType"].partition("@")[0], str(plan["args"].get("Details", ""))
        for child in plan.get("children", ()):
            yield from _operators(child)


def _result(found: neo4j.Result, limit: int | None) -> QueryResult:
    columns = tuple(found.keys())
    rows: list[dict[str, Any]] = []
    truncated = False
    for record in found:
        if limit is not None and len(rows) == limit:
            truncated = True
            break
        row = dict(zip(columns, map(_plain, record.values()), strict=True))
        for value in row.values():
            values.refuse_huge(value)
        rows.append(row)
    # Discards the remaining rows.
    summary = found.consume()
    warnings = tuple(
        note.status_description.removeprefix("warn: ")
        for note in summary.gql_status_objects
        if note.is_notification and note.raw_severity == "WARNING"
    )
    return QueryResult(columns, tuple(rows), warnings, truncated)


def _plain(value: Any) -> Any:
    if isinstance(value, neo4j.graph.Node):
        return values.node(tuple(value.labels), {key: _plain(item) for key, item in dict(value).items()})
    if isinstance(value, neo4j.graph.Relationship):
        return values.relationship(value.type, {key: _plain(item) for key, item in dict(value).items()})
    if isinstance(value, neo4j.graph.Path):
        return {
            "nodes": [_plain(item) for item in value.nodes],
            "relationships": [_plain(item) for item in value.relationships],
        }
    if isinstance(value, neo4j.time.Duration):
        return values.duration(value.months, value.days, value.seconds, value.nanoseconds)
    if isinstance(value, neo4j.time.Date | neo4j.time.Time | neo4j.time.DateTime):
        return values.moment(value.iso_format())
    if isinstance(value, neo4j.spatial.WGS84Point) and len(value) == 2:
        return {"latitude": value.latitude, "longitude": value.longitude}
    if isinstance(value, neo4j.spatial.Point):
        return {"coordinates": list(value), "srid": value.srid}
    if isinstance(value, Mapping):
        return values.mapping({key: _plain(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return values.plain(list(value) if isinstance(value, bytes | bytearray) else value)
