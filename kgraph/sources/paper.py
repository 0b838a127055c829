"""The step from a raw record to a paper, shared by all formats: check, clean, complete."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kgraph.model import Organization, Paper, ValueForm
from kgraph.paper_record import OrganizationRecord, PaperField, RecordError, paper_fields, parse_record
from kgraph.sources.dates import record_date
from kgraph.sources.identity import paper_id
from kgraph.sources.loose_values import LeftOut, fitting, present
from kgraph.sources.text import clean_line, clean_text

_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_Clean = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class PaperRead:
    """A paper, its date as the record writes it if that cannot be read, and values that were left out."""

    paper: Paper
    odd_date: str | None = None
    left_out: tuple[LeftOut, ...] = ()


def to_paper(values: Mapping[str, Any], source: str) -> PaperRead:
    """Return the paper of a record, with ``source`` as the name of its file.

    Without an id it gets one from its title, without a year that of its date,
    without a number of authors the number of names. Values in another form are
    read where they are clear, and otherwise left out. Raises RecordError if the
    id, title or abstract breaks the schema, or if title and abstract are empty.
    """
    values = present(values)
    left_out: tuple[LeftOut, ...] = ()
    try:
        record = parse_record(values)
    except RecordError:
        values, left_out = fitting(values)
        record = parse_record(values)
    fields: dict[str, Any] = {}
    cleaning = _cleaning()
    for name in values:
        value = getattr(record, name) if name in cleaning else None
        # An empty text means no value.
        if value is not None and (cleaned := cleaning[name](value)) != "":
            fields[name] = cleaned
    title, abstract = fields.setdefault("title", ""), fields.setdefault("abstract", "")
    if not title and not abstract:
        raise RecordError("title and abstract are empty")
    fields["id"] = fields.get("id") or paper_id(title, abstract)
    if fields.get("author_count") is None:
        fields["author_count"] = len(fields.get("authors", ())) or None
    written = fields.get("date")
    if not written:
        return PaperRead(Paper(**fields, source=source), left_out=left_out)
    fields["date"], year, understood = record_date(written)
    fields["year"] = year or fields.get("year")
    return PaperRead(Paper(**fields, source=source), None if understood else clean_line(written), left_out)


def record_name(values: Mapping[str, Any]) -> str:
    """Return the id or title of a record, by which a person finds it, or an empty text."""
    names = (values.get("id"), values.get("title"))
    texts = (str(name) if type(name) is int else name for name in names)
    return next((clean_line(text) for text in texts if isinstance(text, str) and text.strip()), "")


@cache
def _cleaning() -> Mapping[str, _Clean]:
    """Return the function that cleans each property of a record."""
    return {field.name: _clean(field) for field in paper_fields() if field.about.in_record}


def _clean(field: PaperField) -> _Clean:
    clean = _CLEAN_BY_FORM.get(field.about.form) or _CLEAN_BY_TYPE[field.type]
    return (lambda values: tuple(filter(None, map(clean, values)))) if field.many else clean


def _clean_identifier(value: str | int) -> str:
    return clean_line(value) if isinstance(value, str) else str(value)


def _clean_address(text: str) -> str:
    address = clean_text(text)
    return address if _WEB_ADDRESS.fullmatch(address) else ""


def _clean_organization(record: OrganizationRecord) -> Organization | None:
    handle = clean_line(record.handle)
    return Organization(handle, clean_line(record.name or "") or handle) if handle else None


# The year of a date goes into another field, so to_paper() reads dates.
_CLEAN_BY_FORM: Mapping[ValueForm, _Clean] = {
    "text": clean_text,
    "identifier": _clean_identifier,
    "date": str.strip,
    "web address": _clean_address,
}
_CLEAN_BY_TYPE: Mapping[type, _Clean] = {
    str: clean_line,
    int: int,
    float: float,
    bool: bool,
    Organization: _clean_organization,
}
