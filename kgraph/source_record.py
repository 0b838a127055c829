"""The records that a paper of the graph was made from, and their form in the property ``sources``.

A paper may have several records, of several files. The graph keeps all of them:
a later build may bring a record that shows how they belong together, and then
the paper is computed from its records again. To keep this small, an entry holds
only the values that differ from those of the paper. The entry of a paper's only
record is its file, its line or id, and its identifiers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, replace
from functools import cache
from typing import Any, get_args

import msgspec

from kgraph.model import IdentifierForm, Paper
from kgraph.paper_record import PaperField, paper_fields

_OF_ALL_RECORDS = frozenset({"notice", "source", "sources", "other_ids"})
"""The fields of a paper that follow from all of its records."""

_WITHOUT = "without"
"""The key of an entry that lists the fields of the paper that the record does not have."""


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One record of a file, as a paper that is made from this record alone.

    ``paper.id`` is the id that the record gives, or "" if it gives none.
    ``line`` is the line (from 1) on which the record begins, or 0 if that is not
    known. Of records with one id, the last ``revision`` is the current one.
    """

    file: str
    line: int
    paper: Paper
    revision: int = 0


def source_entry(record: SourceRecord, paper: Paper) -> str:
    """Return the entry of a record in the ``sources`` of the paper that it belongs to."""
    entry: dict[str, Any] = {"file": record.file}
    if record.line and not record.paper.id:
        entry["line"] = record.line
    if record.revision:
        entry["revision"] = record.revision
    without: list[str] = []
    for field in record_fields():
        value = getattr(record.paper, field.name)
        if _is_always_written(field):
            if value:
                entry[field.name] = value
        elif value != getattr(paper, field.name):
            if value == _default(field):
                without.append(field.name)
            else:
                entry[field.name] = value
    if without:
        entry[_WITHOUT] = without
    return msgspec.json.encode(entry).decode()


def source_records(paper: Paper) -> tuple[SourceRecord, ...]:
    """Return the records of a paper of the graph, the inverse of :func:`source_entry`.

    A paper without entries that can be read, such as one that a statement made,
    is its own record.
    """
    try:
        records = tuple(_source_record(entry, paper) for entry in paper.sources)
    except msgspec.MsgspecError:
        records = ()
    return records or (SourceRecord(paper.source, 0, _as_record(paper)),)


def files_with_reference(paper: Paper, reference: str) -> Iterator[str]:
    """Yield the file of each record of a paper that cites this reference."""
    for record in source_records(paper):
        if reference in record.paper.references:
            yield record.file


def _source_record(text: str, paper: Paper) -> SourceRecord:
    entry = msgspec.json.decode(text, type=dict[str, Any])
    values: dict[str, Any] = {"id": "", "source": entry.get("file")}
    without = entry.get(_WITHOUT) or ()
    for field in record_fields():
        if field.name in entry:
            values[field.name] = entry[field.name]
        elif field.name not in without and not _is_always_written(field):
            values[field.name] = getattr(paper, field.name)
        elif field.name == "title":
            values[field.name] = ""
    located = {"line": 0, "revision": 0} | {key: entry[key] for key in ("line", "revision") if key in entry}
    return msgspec.convert({"file": entry.get("file"), "paper": values, **located}, SourceRecord)


def _as_record(paper: Paper) -> Paper:
    """Return a paper with the fields that kgraph sets at their defaults, except for its source."""
    defaults: Mapping[str, Any] = {
        field.name: _default(field) for field in paper_fields() if field.name in _OF_ALL_RECORDS
    }
    return replace(paper, **{**defaults, "source": paper.source})


@cache
def record_fields() -> tuple[PaperField, ...]:
    """Return the fields of a paper that each of its records has for itself."""
    return tuple(field for field in paper_fields() if field.name not in _OF_ALL_RECORDS)


def _is_always_written(field: PaperField) -> bool:
    """Return whether entries show a field also where it is that of the paper, as they do with identifiers."""
    return field.about.form in get_args(IdentifierForm) and not field.many


def _default(field: PaperField) -> Any:
    return "" if field.default is MISSING else field.default
