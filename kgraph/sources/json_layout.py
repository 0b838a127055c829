"""One JSON object that holds all records: by their ids, as a list, or as the columns of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from io import TextIOBase
from typing import Any

from kgraph.sources.foreign import at, objects, text
from kgraph.sources.json_records import Expand, elements
from kgraph.sources.json_shape import first_values
from kgraph.sources.json_values import Value, values_in_document, values_in_object, values_in_pages
from kgraph.sources.property_names import property_named

_NEEDED = frozenset({"title", "abstract"})


@dataclass(frozen=True, slots=True)
class Layout:
    """The values of a file, and the records in each of them."""

    values: Callable[[TextIOBase], Iterator[Value]]
    expand: Expand


def object_layout(beginning: str) -> Layout | None:
    """Return the layout of a text that begins with such an object, or None.

    Records may be by id, ``{"id": {"title": …}}``, in a list, ``{"papers": […]}``,
    or columns as pandas writes them, ``{"title": {"0": …}}``. Only the first
    values of the object are examined.
    """
    roots = first_values(beginning) if beginning.startswith("{") else ()
    root = roots[0] if len(roots) == 1 else None
    if not isinstance(root, Mapping) or _is_record(root):
        return None
    if _is_table(root):
        return Layout(values_in_document, _rows)
    if _is_by_id(root):
        return Layout(values_in_object, _record_by_id)
    paths = [(key,) for key in root] + [(key, inner) for key in root for inner in _keys(root[key])]
    path = next((path for path in paths if _are_records(objects(at(root, *path)))), None)
    return Layout(partial(values_in_pages, keys=path), elements) if path else None


def _is_record(value: Mapping[str, Any]) -> bool:
    """Return whether an object has a text as its title or abstract, which may be the only one of a list."""
    return any(property_named(key) in _NEEDED and text(entry) for key, entry in value.items())


def _are_records(entries: list[Mapping[str, Any]]) -> bool:
    return bool(entries) and sum(map(_is_record, entries)) * 2 >= len(entries)


def _is_by_id(root: Mapping[str, Any]) -> bool:
    """Return whether most members are records. A single one needs a digit, unlike {"paper": {…}}."""
    records = [key for key, entry in root.items() if isinstance(entry, Mapping) and _is_record(entry)]
    return len(records) * 2 > len(root) and (len(root) > 1 or _has_digit(records[0]))


def _is_table(root: Mapping[str, Any]) -> bool:
    """Return whether the members are columns by row, one of them of titles or abstracts.

    The keys of rows have digits, unlike those of {"title": {"en": …}}.
    """
    columns = [column for column in root.values() if isinstance(column, Mapping)]
    return len(columns) == len(root) and any(
        property_named(key) in _NEEDED and any(map(text, column.values())) and all(map(_has_digit, column))
        for key, column in root.items()
    )


def _has_digit(key: str) -> bool:
    return any(map(str.isdecimal, key))


def _keys(value: Any) -> Iterable[str]:
    return value if isinstance(value, Mapping) else ()


def _record_by_id(member: Any) -> Iterable[Any]:
    """Return the record of a member, with its key as id. The number of a row does not identify a work."""
    return [
        {"id": key, **record} if isinstance(record, Mapping) and not key.isdecimal() else record
        for key, record in member.items()
    ]


def _rows(table: Any) -> Iterable[Any]:
    """Return the records of a table, one for each row of any column."""
    if not isinstance(table, Mapping):
        return [table]
    columns = {name: column for name, column in table.items() if isinstance(column, Mapping)}
    rows = dict.fromkeys(row for column in columns.values() for row in column)
    return [{name: column.get(row) for name, column in columns.items()} for row in rows]
