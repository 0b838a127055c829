"""The rows of one label or one kind of relationship, as CSV files with a header.

A column has one type, and properties that users set may be of any. So rows
whose columns differ from the declared ones go to further files with columns of
their own; there is mostly just one file.
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
from kgraph.export.csv_values import TYPES, field, fits, quoted, type_of
from kgraph.schema import Property

EMPTY = "kgraph_empty"
"""A property that says which lists are empty, or hold one empty text: to the importer both are absent.
The statements that follow the import set them and remove it."""

_NAME = re.compile(r"\w(?:[\w .-]*[\w.-])?")
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A node or relationship: what names it to the importer, and its properties.

    ``shown`` names it to a reader of an error message.
    """

    key: Sequence[str]
    properties: Mapping[str, Any]
    shown: str


class TableWriter:
    """Writes rows to ``NAME.csv`` in a folder, and to ``NAME-2.csv`` … where they need other columns.

    ``key`` are the headers of the rows' keys. Afterwards ``files`` are the names of the
    files, ``empties`` the pairs of property and value (``[]`` or ``['']``) that an
    import loses, and ``longest`` the characters of the longest field.
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
        """The names of the files that were written."""
        return tuple(self._files.values())

    def write(self, rows: Iterable[Row]) -> Iterable[int]:
        """Write all rows; yield how many, batch by batch.

        Raises InputError for a property that Neo4j or a header cannot hold,
        DelimiterInTextError, and OSError.
        """
        source = iter(rows)
        while batch := list(islice(source, _ROWS_AT_ONCE)):
            lines: defaultdict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
            for row in batch:
                columns, line = self._line(row)
                lines[columns].append(line)
            for columns, some in lines.items():
                self._append(columns, some)
            yield len(batch)

    def _line(self, row: Row) -> tuple[tuple[tuple[str, str], ...], str]:
        values = self._with_empties_named(row)
        columns = self._columns(row, values)
        fields = [*row.key, *(field(values.get(name), self._delimiter) for name in columns)]
        self.longest = max(self.longest, *map(len, fields))
        return tuple(columns.items()), ",".join(fields) + "\n"

    def _with_empties_named(self, row: Row) -> Mapping[str, Any]:
        lost = {name: value for name, value in row.properties.items() if value in ([], [""])}
        if EMPTY in row.properties:
            raise InputError(
                f"{row.shown}: has the property {EMPTY}, which is for exports; "
                "complete the import that it comes from, or remove it"
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
        # Opened anew for each batch: there may be more of them than a process may hold open.
        with (self._folder / self._files[columns]).open("a", encoding="utf-8", newline="") as file:
            if new:
                file.write(",".join([*self._key, *(quoted(f"{n}:{t}") for n, t in columns)]) + "\n")
            file.writelines(lines)


def empty_mark(name: str, value: str) -> str:
    """Return how ``kgraph_empty`` says that a property has that value, ``[]`` or ``['']``."""
    return f"{name} = {value}"


def _type(name: str, value: Any, row: Row) -> str:
    _check_name(name, row)
    try:
        return type_of(value)
    except InputError as error:
        raise InputError(f"{row.shown}: the property {name}: {error}") from error


def _check_name(name: str, row: Row) -> None:
    # A header has its own marks, such as ':' and '{', and nothing to escape them with.
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{row.shown}: the name of the property {name!r} cannot stand in a header; rename or remove it"
        )
