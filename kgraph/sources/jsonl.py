"""JSON Lines: one paper a line, as ``schemas/paper.schema.json`` has it.

A file that is one JSON array of such records, or one indented record, is read
too. Records that cannot be read are rejected one by one, with line and reason;
properties beyond the schema are left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from kgraph.model import Notice, Paper, Rejection
from kgraph.sources.dates import record_date
from kgraph.sources.identity import paper_id
from kgraph.sources.json_values import MAX_VALUE_LENGTH, Value, values_by_line, values_in_document
from kgraph.sources.opening import TextFile, not_text_at
from kgraph.sources.record import Found, Item, UnreadableFileError, shown
from kgraph.sources.record_check import fault
from kgraph.sources.text import clean_line, clean_text

_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


class _BadRecordError(Exception):
    """Why a value is no paper, and how the record is called."""

    def __init__(self, reason: str, record: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.record = record


class _NotTextError(_BadRecordError):
    """The bytes of a record are no text."""


def read_json(file: TextFile, name: str, source: str, form: Literal["json", "json lines"]) -> Iterator[Item]:
    """Yield the papers of a file in its order and a rejection for each record that is none.

    ``name`` is how messages call the file and ``source`` what its papers carry.
    Where the file breaks off (cut gzip), the records before are kept and the
    break is a rejection. Raises UnreadableFileError if there is no record at all,
    or none that is text.
    """
    stream = file.lines()
    values = values_in_document(stream) if form == "json" else values_by_line(stream)
    line = seen = told = texts = 0
    odd_dates: list[tuple[int, str]] = []
    not_text = ""
    for value in values:
        line = value.line
        seen += 1
        try:
            record = _parsed(value, file)
            texts += 1
            paper = _paper(record, source)
        except _NotTextError as bad:
            not_text = not_text or bad.reason
            told += 1
            yield Rejection(name, line, bad.record, bad.reason)
        except _BadRecordError as bad:
            texts += 1
            # The half record at a break is told as the break, below.
            if value.closed or not file.broken:
                told += 1
                yield Rejection(name, line, bad.record, bad.reason)
        else:
            date = record.get("date")
            if date and not record_date(date)[2]:
                odd_dates.append((line, date))
            told += 1
            yield Found(line, paper)
    if file.broken:
        if not told:
            raise UnreadableFileError(file.broken)
        yield Rejection(name, line, "", f"{file.broken}; the records before the break were kept")
    elif not seen:
        raise UnreadableFileError("holds no record: expected is one JSON object a line")
    if not_text and not texts:
        raise UnreadableFileError(not_text)
    if odd_dates:
        first_line, first = odd_dates[0]
        yield Notice(
            name,
            f"{len(odd_dates)} date(s) are not of the form YYYY, YYYY-MM or YYYY-MM-DD, or no day of the "
            f"calendar, and were left out, first in line {first_line}: {shown(clean_line(first))!r}",
        )


def _parsed(value: Value, file: TextFile) -> dict[str, Any]:
    """Return the record of a value that obeys the schema; raises _BadRecordError."""
    if value.text is None:
        raise _BadRecordError(f"longer than {MAX_VALUE_LENGTH // 1_000_000} million characters")
    _require_text(value, file)
    try:
        # strict=False: a raw tab or control character within a string is no reason to lose a paper.
        record = json.loads(value.text, strict=False)
    except json.JSONDecodeError as error:
        raise _BadRecordError(f"not valid JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise _BadRecordError("nested too deeply") from None
    except ValueError:
        # The one other ValueError of json.loads: an integer of thousands of digits.
        raise _BadRecordError("a number in it is too large") from None
    reason = fault(record)
    if reason:
        raise _BadRecordError(reason, _called(record))
    found: dict[str, Any] = record
    return found


def _require_text(value: Value, file: TextFile) -> None:
    text = value.text or ""
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        byte = ord(text[error.start]) & 0xFF
        if value.offset is None:
            raise _NotTextError(f"is not UTF-8 text (byte 0x{byte:02x}): save the file as UTF-8") from None
        before = len(text[: error.start].encode("utf-8"))
        raise _NotTextError(not_text_at(file.encoding.mark + value.offset + before, byte)) from None


def _paper(record: dict[str, Any], source: str) -> Paper:
    """Return the paper of a record that obeys the schema; raises _BadRecordError if it is empty."""
    title = clean_line(record.get("title") or "")
    abstract = clean_text(record.get("abstract") or "")
    if not title and not abstract:
        raise _BadRecordError("title and abstract are empty", _called(record))
    date, date_year, _ = record_date(record.get("date") or "")
    authors = _names(record.get("authors"))
    author_count = _count(record, "author_count")
    return Paper(
        id=_own_id(record) or paper_id(title, abstract),
        title=title,
        abstract=abstract,
        authors=authors,
        author_count=author_count if author_count is not None else len(authors) or None,
        date=date,
        year=date_year or _count(record, "year"),
        comments=_count(record, "comments"),
        venue=clean_line(record.get("venue") or "") or None,
        url=_web_address(record.get("url") or ""),
        keywords=_names(record.get("keywords")),
        source=source,
    )


def _called(record: Any) -> str:
    """How a person would find the record: its id or its title."""
    if not isinstance(record, dict):
        return ""
    names = (record.get("id"), record.get("title"))
    texts = (str(name) if type(name) is int else name for name in names)
    return next((shown(clean_line(text)) for text in texts if isinstance(text, str) and text.strip()), "")


def _names(values: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(name for name in map(clean_line, values or ()) if name)


def _count(record: dict[str, Any], key: str) -> int | None:
    value = record.get(key)
    # The schema takes 2024.0 for an integer.
    return None if value is None else int(value)


def _own_id(record: dict[str, Any]) -> str:
    value = record.get("id")
    return clean_line(value) if isinstance(value, str) else "" if value is None else str(int(value))


def _web_address(text: str) -> str | None:
    address = clean_text(text)
    return address if _WEB_ADDRESS.fullmatch(address) else None
