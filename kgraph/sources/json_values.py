"""Read the JSON values of a text one by one, in bounded memory.

There is one value a line, or an array of values (or objects of several lines),
which are cut out of the stream without parsing all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import TextIOBase

MAX_VALUE_LENGTH = 10_000_000
"""The maximum number of characters of a record. Longer ones are skipped."""

_CHUNK = 64 * 1024
_LONGEST_KEY = 100
_STRUCTURE = re.compile(r'["\\{}\[\],\n]')
_IN_STRING = re.compile(r'["\\\n]')


@dataclass(frozen=True, slots=True)
class Value:
    """The text of one value and the line (from 1) on which it begins.

    ``text`` is None if the value is too long. ``offset`` is the offset of its
    line in bytes after the byte-order mark, if known. ``closed`` says that text
    follows, so that the end of the file did not cut the value.
    """

    line: int
    text: str | None
    offset: int | None = None
    closed: bool = True


def values_by_line(stream: TextIOBase) -> Iterator[Value]:
    """Yield the value of each line that is not blank."""
    offset = 0
    number = 0
    while line := stream.readline(MAX_VALUE_LENGTH + 1):
        number += 1
        if len(line) > MAX_VALUE_LENGTH and not line.endswith(("\n", "\r")):
            yield Value(number, None)
            offset += _byte_length(line)
            while line and not line.endswith(("\n", "\r")):
                line = stream.readline(MAX_VALUE_LENGTH)
                offset += _byte_length(line)
            continue
        if not line.isspace():
            yield Value(number, line, offset, closed=line.endswith(("\n", "\r")))
        offset += _byte_length(line)


def values_in_document(stream: TextIOBase) -> Iterator[Value]:
    """Yield each element of a JSON array, or each of several objects that follow each other."""
    return _cut(iter(lambda: stream.read(_CHUNK), ""))


def values_in_object(stream: TextIOBase) -> Iterator[Value]:
    """Yield each member of a JSON object, as an object of one member."""
    for value in _cut(iter(lambda: stream.read(_CHUNK), ""), opening="{"):
        yield value if value.text is None else replace(value, text=f"{{{value.text}}}")


def values_in_pages(stream: TextIOBase, keys: Sequence[str]) -> Iterator[Value]:
    """Yield each element of the arrays under a path of keys, such as ``("message", "items")``."""
    selector = _ArraySelector(keys)
    return _cut(map(selector.feed, iter(lambda: stream.read(_CHUNK), "")))


def _cut(chunks: Iterator[str], opening: str = "[") -> Iterator[Value]:
    cutter = _Cutter(opening)
    for chunk in chunks:
        yield from cutter.feed(chunk)
    yield from cutter.end()


class _ArraySelector:
    """Reduce a text to the arrays under a path of keys, and its line ends."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._path = ["", *keys]
        # The keys of the open objects and arrays, of which only those that the path may have.
        self._keys: list[str] = []
        self._depth = 0
        self._selected = False
        self._string = ""
        self._in_string = False
        self._escaped = False

    def feed(self, chunk: str) -> str:
        selected: list[str] = []
        start = position = string_start = 0
        if self._escaped:
            self._escaped = False
            position = 1
        while match := (_IN_STRING if self._in_string else _STRUCTURE).search(chunk, position):
            position = match.end()
            mark = match[0]
            if mark == "\\" and self._in_string:
                self._escaped = position == len(chunk)
                position += 1
            elif mark == '"':
                if self._in_string:
                    self._add_to_string(chunk[string_start : position - 1])
                else:
                    self._string = ""
                    string_start = position
                self._in_string = not self._in_string
            elif mark in "{[":
                self._open()
                if mark == "[" and not self._selected and self._is_at_path():
                    self._selected = True
                    selected.append(_line_ends(chunk[start : position - 1]))
                    start = position - 1
            elif mark in "}]":
                if self._selected and self._is_at_path():
                    self._selected = False
                    selected.append(chunk[start:position])
                    start = position
                self._close()
            elif mark == ",":
                self._string = ""
        if self._in_string:
            self._add_to_string(chunk[string_start:])
        selected.append(chunk[start:] if self._selected else _line_ends(chunk[start:]))
        return "".join(selected)

    def _open(self) -> None:
        """Note the key of an object or array, which is the string before it."""
        self._depth += 1
        if self._depth <= len(self._path):
            self._keys.append(self._string)
        self._string = ""

    def _close(self) -> None:
        if 0 < self._depth <= len(self._path):
            self._keys.pop()
        self._depth = max(0, self._depth - 1)
        self._string = ""

    def _is_at_path(self) -> bool:
        return self._depth == len(self._path) and self._keys == self._path

    def _add_to_string(self, text: str) -> None:
        if not self._selected and len(self._string) < _LONGEST_KEY:
            self._string += text[:_LONGEST_KEY]


def _line_ends(text: str) -> str:
    return "\n" * text.count("\n")


class _Cutter:
    """Cut a text after each element, by following quotes and brackets.

    ``opening`` is the bracket of the arrays or objects whose elements are cut.
    """

    def __init__(self, opening: str) -> None:
        self._opening = opening
        self._parts: list[str] = []
        self._length = 0
        self._line = 1
        self._first_line = 0
        self._depth = 0
        self._base = 0
        self._in_string = False
        self._escaped = False

    def feed(self, chunk: str) -> Iterator[Value]:
        start = position = 0
        if self._escaped:
            self._escaped = False
            position = 1
        while match := (_IN_STRING if self._in_string else _STRUCTURE).search(chunk, position):
            position = match.end()
            mark = match[0]
            if mark == "\n":
                self._keep(chunk[start:position])
                start = position
                self._line += 1
            elif mark == "\\" and self._in_string:
                self._escaped = position == len(chunk)
                position += 1
            elif mark == '"':
                self._in_string = not self._in_string
            elif mark in "{[":
                is_outer = (
                    mark == self._opening and self._depth == 0 and self._is_blank(chunk[start : position - 1])
                )
                self._depth += 1
                if is_outer and self._base == 0:
                    self._base = 1
                    self._drop()
                    start = position
            elif mark in "}]":
                self._depth -= 1
                if self._depth == self._base and mark == "}":
                    self._keep(chunk[start:position])
                    start = position
                    yield from self._cut()
                elif self._depth < self._base or self._depth < 0:
                    self._keep(chunk[start : position - 1])
                    start = position
                    yield from self._cut()
                    self._depth = self._base = 0
            elif mark == "," and self._depth == self._base:
                self._keep(chunk[start : position - 1])
                start = position
                yield from self._cut()
        self._keep(chunk[start:])

    def end(self) -> Iterator[Value]:
        yield from self._cut(closed=False)

    def _keep(self, text: str) -> None:
        if not self._parts and not self._length:
            text = text.lstrip()
            if not text:
                return
            self._first_line = self._line
        self._length += len(text)
        if self._length <= MAX_VALUE_LENGTH:
            self._parts.append(text)
        else:
            self._parts.clear()

    def _cut(self, *, closed: bool = True) -> Iterator[Value]:
        if self._length > MAX_VALUE_LENGTH:
            yield Value(self._first_line, None)
        elif text := "".join(self._parts).strip():
            yield Value(self._first_line, text, closed=closed)
        self._drop()

    def _drop(self) -> None:
        self._parts.clear()
        self._length = 0

    def _is_blank(self, text: str) -> bool:
        return not self._length and not text.strip()


def _byte_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))
