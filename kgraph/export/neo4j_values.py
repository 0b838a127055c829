"""Format values as fields of the CSV that ``neo4j-admin database import`` reads.

Text is always quoted and other values never are, so an empty field is an
absent property and ``""`` is an empty string. Python's csv module cannot write
the difference before 3.12, so it is not used. List items are joined by one
character that the caller chooses. Inside a list nothing can be escaped.

The format: https://neo4j.com/docs/operations-manual/5/import/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kgraph.errors import InputError

TYPES: Mapping[str, str] = {
    "string": "string",
    "integer": "long",
    "float": "double",
    "boolean": "boolean",
    "string[]": "string[]",
    "integer[]": "long[]",
    "float[]": "double[]",
    "boolean[]": "boolean[]",
}
"""The importer's names of the types of ``schemas/graph.json``."""

_PYTHON: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "long": (int,),
    "double": (float, int),
    "boolean": (bool,),
}


class DelimiterInTextError(Exception):
    """A list item holds the delimiter; ``characters`` are all characters of the list."""

    def __init__(self, items: Iterable[str]) -> None:
        super().__init__()
        self.characters = frozenset().union(*items)


def fits(value: Any, type_: str) -> bool:
    """Return whether a column of that type can hold the value."""
    if type_.endswith("[]"):
        return isinstance(value, list) and all(type(item) in _PYTHON[type_[:-2]] for item in value)
    return type(value) in _PYTHON[type_]


def type_of(value: Any) -> str:
    """Return the narrowest type that holds the value. Raises InputError if Neo4j has none."""
    for type_ in TYPES.values():
        if fits(value, type_):
            return type_
    kind = "a map" if isinstance(value, Mapping) else "a list of lists, nulls or mixed values"
    raise InputError(f"it is {kind}, which Neo4j cannot hold")


def field(value: Any, delimiter: str) -> str:
    """Return a value as a field; None gives an empty one. Raises DelimiterInTextError."""
    if value is None:
        return ""
    return quoted(_joined(value, delimiter)) if isinstance(value, list | str) else _plain(value)


def quoted(text: str) -> str:
    """Return a text as a quoted field, with its quotes doubled."""
    return '"' + text.replace('"', '""') + '"'


def _joined(value: list[Any] | str, delimiter: str) -> str:
    if isinstance(value, str):
        return value
    items = [_plain(item) for item in value]
    if any(delimiter in item for item in items):
        raise DelimiterInTextError(items)
    return delimiter.join(items)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)
