"""Write the rows of one label or relationship type as CSV files with a header.

A column has one type, but users may set properties of any type. Rows whose
columns differ from the declared ones therefore go to further files with other
columns. Usually there is one file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from kgraph.errors import InputError
from kgraph.export.neo4j_values import TYPES, field, fits, quoted, type_of
from kgraph.schema import Property

EMPTY = "kgraph_empty"
"""A property that names the lists that are empty or hold one empty string. The importer drops both.
The statements that run after the import set these lists and remove the property."""

_NAME = re.compile(r"\w(?:[\w .-]*[\w.-])?")
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A node or relationship: the fields by which the importer identifies it, and its properties.

    ``shown`` identifies it in error messages.
    """

    key: Sequence[str]
    properties: Mapping[str, Any]
    shown: str


class TableWriter:
    """Writes rows to ``NAME.csv`` in a folder, and to ``NAME-2.csv`` … if they need other columns.

    ``key`` holds the headers of the rows' keys. After :meth:`write`, ``files``
    are the names of the files, ``empties`` the pairs of property and value
    (``[]`` or ``['']``) that an import loses, and ``longest`` is the length of
    the longest field in characters.
    """

    def __init__(
        self, folder: Path, name: str, key: Sequence[str], declared: Iterable[Property], delimiter: str
    ) -> None:
        self._folder = folder
        self._name = name
        self._key = key
        self._declared = {prop.name: TYPES[prop.type] for prop in declared if prop.name != "id"}
        if any(type_.endswith("[]") for type_ in self._declared.values()):
            self._declared[EMPTY] = "string[]"
        self._delimiter = delimiter
        self._files: dict[tuple[tuple[str, str], ...], str] = {}
        self.empties: set[tuple[str, str]] = set()
        self.longest = 0

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the written files."""
        return tuple(self._files.values())

    def write(self, rows: Iterable[Row]) -> Iterable[int]:
        """Write all rows and yield the number of rows of each batch.

        Raises InputError for a property that Neo4j or a header cannot hold,
        DelimiterInTextError, and OSError.
        """
        source = iter(rows)
        while batch := list(islice(source, _ROWS_AT_ONCE)):
            lines: defaultdict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
            for row in batch:
                columns, line = self._line(row)
                lines[columns].append(line)
            for columns, batch_lines in lines.items():
                self._append(columns, batch_lines)
            yield len(batch)

    def _line(self, row: Row) -> tuple[tuple[tuple[str, str], ...], str]:
        values = self._with_empties_listed(row)
        columns = self._columns(row, values)
        fields = [*row.key, *(field(values.get(name), self._delimiter) for name in columns)]
        self.longest = max(self.longest, *map(len, fields))
        return tuple(columns.items()), ",".join(fields) + "\n"

    def _with_empties_listed(self, row: Row) -> Mapping[str, Any]:
        lost = {name: value for name, value in row.properties.items() if value in ([], [""])}
        if EMPTY in row.properties:
            raise InputError(
                f"{row.shown}: has the property {EMPTY}, which is reserved for exports; "
                "complete the import that set it, or remove it"
            )
        if not lost:
            return row.properties
        for name, value in lost.items():
            _check_name(name, row)
            self.empties.add((name, repr(value)))
        kept = {name: value for name, value in row.properties.items() if name not in lost}
        return {**kept, EMPTY: [empty_mark(name, repr(lost[name])) for name in sorted(lost)]}

    def _columns(self, row: Row, values: Mapping[str, Any]) -> Mapping[str, str]:
        others = {
            name: value
            for name, value in values.items()
            if name not in self._declared or not fits(value, self._declared[name])
        }
        if not others:
            return self._declared
        return {**self._declared, **{name: _type(name, others[name], row) for name in sorted(others)}}

    def _append(self, columns: tuple[tuple[str, str], ...], lines: Iterable[str]) -> None:
        new = columns not in self._files
        if new:
            number = f"-{len(self._files) + 1}" if self._files else ""
            self._files[columns] = f"{self._name}{number}.csv"
        # Opened again for each batch, as there may be more files than a process may hold open.
        with (self._folder / self._files[columns]).open("a", encoding="utf-8", newline="") as file:
            if new:
                file.write(",".join([*self._key, *(quoted(f"{n}:{t}") for n, t in columns)]) + "\n")
            file.writelines(lines)


def empty_mark(name: str, value: str) -> str:
    """Return the item of ``kgraph_empty`` for a property with that value, ``[]`` or ``['']``."""
    return f"{name} = {value}"


def _type(name: str, value: Any, row: Row) -> str:
    _check_name(name, row)
    try:
        return type_of(value)
    except InputError as error:
        raise InputError(f"{row.shown}: the property {name}: {error}") from error


def _check_name(name: str, row: Row) -> None:
    # ':' and '{' have a meaning in a header and cannot be escaped.
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{row.shown}: the property name {name!r} cannot be used in a CSV header; rename or remove it"
        )
