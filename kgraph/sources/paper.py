"""The step from a raw record to a paper, shared by all formats: check, clean, complete."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from kgraph.model import IdentifierForm, Organization, Paper, ValueForm
from kgraph.paper_record import OrganizationRecord, PaperField, RecordError, paper_fields, parse_record
from kgraph.sources.cleaning import PaperText, clean_paper_text, clean_passage, clean_phrase
from kgraph.sources.cleaning.language import detect_language
from kgraph.sources.dates import record_date
from kgraph.sources.identifiers import KINDS, IdentifierKind, address_identifiers, id_identifiers
from kgraph.sources.identity import paper_id
from kgraph.sources.loose_values import LeftOut, fitting, present
from kgraph.sources.people import full_name
from kgraph.sources.text import clean_line, clean_text, excerpt

_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_Clean = Callable[[Any], Any]


class _OtherKindError(ValueError):
    """A value is not of the kind that its property holds."""


@dataclass(frozen=True, slots=True)
class PaperRead:
    """A paper, and what is said about its record.

    ``has_id`` says whether the record gives the id. ``odd_date`` is its date as
    written if that cannot be read, and ``left_out`` are values that do not fit.
    """

    paper: Paper
    has_id: bool
    odd_date: str | None = None
    left_out: tuple[LeftOut, ...] = ()


def to_paper(values: Mapping[str, Any], source: str) -> PaperRead:
    """Return the paper of a record, with ``source`` as the name of its file.

    Title, abstract and keywords are cleaned (:mod:`kgraph.sources.cleaning`).
    Without an id it gets one from its title, without a year that of its date,
    without a number of authors the number of names, without a DOI or another
    identifier that of its address or id. Values in another form are read where they
    are clear, and otherwise left out. Raises RecordError if the id, title or
    abstract breaks the schema, or if title and abstract are empty.
    """
    values = present(values)
    left_out: tuple[LeftOut, ...] = ()
    try:
        record = parse_record(values)
    except RecordError:
        values, left_out = fitting(values)
        record = parse_record(values)
    fields, of_other_kind = _cleaned(record, values)
    for form, identifier in _implied_identifiers(record.url, fields.get("doi"), fields.get("id")):
        fields.setdefault(_identifier_names()[form], identifier)
    left_out += of_other_kind
    fields.update(_clean_together(fields))
    title, abstract = fields["title"], fields["abstract"]
    if not title and not abstract:
        raise RecordError("title and abstract are empty")
    has_id = bool(fields.get("id"))
    fields["id"] = fields.get("id") or paper_id(title, abstract)
    if fields.get("author_count") is None:
        fields["author_count"] = _author_count(record.authors or (), fields.get("authors", ()))
    written = fields.get("date")
    if not written:
        return PaperRead(Paper(**fields, source=source), has_id, left_out=left_out)
    fields["date"], year, understood = record_date(written)
    fields["year"] = year or fields.get("year")
    odd_date = None if understood else clean_line(written)
    return PaperRead(Paper(**fields, source=source), has_id, odd_date, left_out)


def _author_count(written: Sequence[str], names: Sequence[str]) -> int | None:
    """Return the number of authors, or None if the list says that there are others, such as "et al."."""
    return len(names) or None if len(names) == sum(map(bool, map(clean_line, written))) else None


def _cleaned(record: Any, values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[LeftOut, ...]]:
    """Return the cleaned values of a record, and those that are not of the kind that their property holds."""
    fields: dict[str, Any] = {}
    left_out: list[LeftOut] = []
    cleaning = _cleaning()
    for name in values:
        value = getattr(record, name) if name in cleaning else None
        if value is None:
            continue
        try:
            cleaned = cleaning[name](value)
        except _OtherKindError as error:
            left_out.append(LeftOut(name, f"{name}: {error}"))
            continue
        # An empty text means no value.
        if cleaned != "":
            fields[name] = cleaned
    return fields, tuple(left_out)


def _clean_together(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields whose cleaning depends on each other, and the language of the text."""
    found = PaperText(fields.get("title", ""), fields.get("abstract", ""), fields.get("keywords", ()))
    text = clean_paper_text(found)
    return {
        "title": text.title,
        "abstract": text.abstract,
        "keywords": text.keywords,
        "language": detect_language(text.title, text.abstract),
    }


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


def _clean_identifier(kind: IdentifierKind, value: str | int) -> str:
    text = clean_line(value) if isinstance(value, str) else str(value)
    identifier = kind.find(text)
    if text and identifier is None:
        raise _OtherKindError(f"{excerpt(text)!r} is not {kind.name}")
    return identifier or ""


def _clean_person(name: str) -> str:
    return full_name(clean_phrase(name))


def _clean_address(text: str) -> str:
    address = clean_text(text)
    if _WEB_ADDRESS.fullmatch(address):
        return address
    # Only the identifier is kept of "doi.org/10.1234/x".
    if address and not any(address_identifiers(address)):
        raise _OtherKindError(f"{excerpt(address)!r} is not a web address")
    return ""


def _implied_identifiers(
    address: str | None, doi: str | None, id_: str | None
) -> Iterator[tuple[IdentifierForm, str]]:
    """Yield the identifiers in the address, DOI and id of a record, with their forms."""
    for text in filter(None, (address, doi)):
        yield from address_identifiers(clean_line(text))
    if id_:
        yield from id_identifiers(id_)


@cache
def _identifier_names() -> Mapping[ValueForm, str]:
    return {field.about.form: field.name for field in paper_fields() if field.about.form in KINDS}


def _clean_organization(record: OrganizationRecord) -> Organization | None:
    handle = clean_line(record.handle)
    return Organization(handle, clean_phrase(record.name or "") or handle) if handle else None


_IDENTIFIERS: Mapping[ValueForm, _Clean] = {
    form: partial(_clean_identifier, kind) for form, kind in KINDS.items()
}
# The year of a date goes into another field, so to_paper() reads dates.
_CLEAN_BY_FORM: Mapping[ValueForm, _Clean] = {
    "text": clean_passage,
    **_IDENTIFIERS,
    "person": _clean_person,
    "date": str.strip,
    "web address": _clean_address,
}
_CLEAN_BY_TYPE: Mapping[type, _Clean] = {
    str: clean_phrase,
    int: int,
    float: float,
    bool: bool,
    Organization: _clean_organization,
}
