"""JSON of other services: recognise it by its first records, and read its pages, arrays and lines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kgraph.sources.foreign import at
from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.json_records import is_indented, json_records
from kgraph.sources.json_values import Value, values_by_line, values_in_document, values_in_pages
from kgraph.sources.opening import TextFile

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|"|[{}\[\],]', re.DOTALL)
_BLANKS = re.compile(r"\s*")
_CLOSING = {"{": "}", "[": "]"}
_MOST_VALUES = 10
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class JsonShape:
    """A schema of records of another service, as an input format.

    ``matches`` says whether an object is such a record, and ``values`` returns
    its values under the properties of a paper. It may raise RecordError.
    ``pages`` are the paths of keys under which an object may hold a list of
    records. Records may also be the elements of an array, or lines.
    """

    name: str
    description: str
    matches: Callable[[Mapping[str, Any]], bool]
    values: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    pages: tuple[tuple[str, ...], ...] = ()
    suffixes: tuple[str, ...] = ()

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN if at least half of the first records have this shape."""
        roots = first_values(beginning)
        path = self._page(roots)
        records = _records(roots if path is None else [at(roots[0], *path)])
        matching = sum(map(self.matches, records))
        return Match.CERTAIN if matching and matching * 2 >= len(records) else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each record. Objects of another shape are read as records of kgraph."""
        del options
        return json_records(file, self._json_values(file), self._paper_values)

    def _json_values(self, file: TextFile) -> Iterator[Value]:
        beginning = file.beginning.strip().lstrip("\ufeff")
        path = self._page(first_values(beginning))
        if path is not None:
            return values_in_pages(file.lines(), path)
        if beginning.startswith("[") or is_indented(beginning):
            return values_in_document(file.lines())
        return values_by_line(file.lines())

    def _page(self, roots: Sequence[Any]) -> tuple[str, ...] | None:
        """Return the path of the records in the first value, if that is a page."""
        root = roots[0] if roots else None
        return next((path for path in self.pages if isinstance(at(root, *path), list)), None)

    def _paper_values(self, record: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return self.values(record) if self.matches(record) else None


@lru_cache(maxsize=1)
def first_values(text: str) -> tuple[Any, ...]:
    """Return the first JSON values of a text that may be cut anywhere, at most ten.

    A cut value is closed after its last complete part. If the text does not
    begin with a value, the lines that are values are taken.
    """
    if values := _values(_completed(text)):
        return tuple(values)
    lines = text.split("\n")[: 2 * _MOST_VALUES]
    return tuple(value for line in lines if line.startswith("{") for value in _values(line))


def _values(text: str) -> list[Any]:
    """Return the JSON values with which a text begins, at most ten."""
    values: list[Any] = []
    position = 0
    try:
        while len(values) < _MOST_VALUES and position < len(text):
            value, end = _DECODER.raw_decode(text, position)
            values.append(value)
            position = _BLANKS.match(text, end).end()  # type: ignore[union-attr]
    except (ValueError, RecursionError):
        pass
    return values


def _completed(text: str) -> str:
    """Return the text up to its last complete value, with all open objects and arrays closed."""
    opened: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark == '"':
            break
        if mark in _CLOSING:
            opened.append(mark)
            end = token.end()
        elif mark in "}]":
            if not opened:
                break
            opened.pop()
            end = token.end()
        elif mark == ",":
            end = token.start()
    return text[:end] + "".join(_CLOSING[mark] for mark in reversed(opened))


def _records(values: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Return the first objects of values and of lists of values."""
    entries = [entry for value in values for entry in (value if isinstance(value, list) else [value])]
    return [entry for entry in entries if isinstance(entry, Mapping)][:_MOST_VALUES]
