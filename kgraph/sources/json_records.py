"""The records of a JSON file, from the values that :mod:`kgraph.sources.json_values` finds in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kgraph.paper_record import RecordError, record_values
from kgraph.sources.format import Item, RawRecord, Remark, UnreadRecord
from kgraph.sources.json_values import MAX_VALUE_LENGTH, Value
from kgraph.sources.opening import TextFile, UnreadableFileError, not_text_at
from kgraph.sources.property_names import PropertyNames

OBJECT_START = re.compile(r'\{\s*(?:["}]|$)')
"""The beginning of a line that begins a record."""


ReadForeign = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]
"""Return the values of a paper for a record of another service, and None for other records.

It may raise RecordError.
"""

Expand = Callable[[Any], Iterable[Any]]
"""Return the records in a JSON value."""

_OPEN_ENDS = (",", "{", "[", ":")


class _NotTextError(RecordError):
    """The bytes of a record are not text."""


def is_indented(text: str) -> bool:
    """Return whether the first object of a text has several lines, and is not a broken line of JSON Lines."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or not OBJECT_START.match(lines[0]) or OBJECT_START.match(lines[1]):
        return False
    if not lines[0].endswith(_OPEN_ENDS):
        return False
    try:
        json.loads(lines[0])
    except (ValueError, RecursionError):
        return True
    return False


def elements(value: Any) -> Iterable[Any]:
    """Return the elements of an array that has objects, and otherwise the value itself."""
    has_objects = isinstance(value, list) and any(isinstance(entry, Mapping) for entry in value)
    return value if has_objects else [value]


def json_records(
    file: TextFile,
    values: Iterable[Value],
    read_foreign: ReadForeign | None = None,
    expand: Expand = elements,
) -> Iterator[Item]:
    """Yield the records of each value, or the reason why it has none.

    A record that ``read_foreign`` does not know is a record of kgraph, and a
    remark names the unknown properties of such records. If the file is
    incomplete, the last item reports the break. Raises UnreadableFileError for
    a file without records, or without text.
    """
    line = 0
    seen = reported = False
    texts = 0
    not_text = ""
    names = PropertyNames()
    for value in values:
        line, seen = value.line, True
        try:
            records = expand(_parsed(value, file))
        except _NotTextError as error:
            not_text = not_text or str(error)
            reported = True
            yield UnreadRecord(line, str(error))
        except RecordError as error:
            texts += 1
            # The incomplete record at a break is part of the report of the break.
            if value.closed or not file.broken:
                reported = True
                yield UnreadRecord(line, str(error))
        else:
            texts += 1
            for record in records:
                reported = True
                yield _item(record, line, names, read_foreign)
    if notice := names.notice():
        yield Remark(notice)
    if file.broken:
        if not reported:
            raise UnreadableFileError(file.broken)
        yield UnreadRecord(line, f"{file.broken}; the records before the break were kept")
    elif not seen:
        raise UnreadableFileError("has no record: one JSON object a line is expected")
    if not_text and not texts:
        raise UnreadableFileError(not_text)


def _item(record: Any, line: int, names: PropertyNames, read_foreign: ReadForeign | None) -> Item:
    try:
        values = record_values(record)
        foreign = read_foreign(values) if read_foreign else None
    except RecordError as error:
        return UnreadRecord(line, str(error))
    return RawRecord(line, names.known(values) if foreign is None else foreign)


def _parsed(value: Value, file: TextFile) -> Any:
    if value.text is None:
        raise RecordError(f"longer than {MAX_VALUE_LENGTH // 1_000_000} million characters")
    _require_text(value.text, value.offset, file)
    try:
        # A line may end in a comma, as the elements of an array do.
        # strict=False: a raw tab or control character in a string is not a reason to reject a paper.
        return json.loads(value.text.rstrip().removesuffix(","), strict=False)
    except json.JSONDecodeError as error:
        raise RecordError(f"not valid JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise RecordError("nested too deeply") from None
    except ValueError:
        # The only other ValueError of json.loads is an integer of thousands of digits.
        raise RecordError("a number in it is too large") from None


def _require_text(text: str, offset: int | None, file: TextFile) -> None:
    """Raise _NotTextError if a text, which begins at ``offset`` in the file, has bytes that are not UTF-8."""
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        byte = ord(text[error.start]) & 0xFF
        if offset is None:
            raise _NotTextError(f"is not UTF-8 text (byte 0x{byte:02x}): save the file as UTF-8") from None
        before = len(text[: error.start].encode("utf-8"))
        raise _NotTextError(not_text_at(file.encoding.mark + offset + before, byte)) from None
