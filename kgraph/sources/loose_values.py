"""Read values of a record that do not fit the schema but are clear, such as a year given as text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kgraph.paper_record import PaperField, RecordError, paper_fields, parse_property
from kgraph.sources.dates import find_year
from kgraph.sources.foreign import at, date_of_parts, first, person, text

REQUIRED = frozenset({"id", "title", "abstract"})
"""The properties of which a value that does not fit rejects the record."""

_ABSENT = frozenset({"nan", "nat", "none", "n/a", "<na>"})
_LONGEST_ABSENT = max(map(len, _ABSENT)) + 10
_DIGITS = re.compile(r"[0-9]{1,16}")
_BLANKS = re.compile(r"\s+")
_AND = re.compile(r"\s+and\s+")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A value, or a part of one, that was left out, and the reason."""

    name: str
    reason: str


def present(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values without NaN, and without texts such as "nan" and "None". A title is kept."""
    if not any(name != "title" and _has_absent(value) for name, value in values.items()):
        return values
    return {name: value if name == "title" else _without_absent(value) for name, value in values.items()}


def fitting(values: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[LeftOut, ...]]:
    """Return values that fit the schema, and those that were left out.

    Values of :data:`REQUIRED` that do not fit are kept, so that parsing the record reports them.
    """
    kept: dict[str, Any] = {}
    left_out: list[LeftOut] = []
    for entry in paper_fields():
        if entry.name not in values:
            continue
        value = kept[entry.name] = values[entry.name]
        if entry.name not in REQUIRED and isinstance(value, str) and not value.strip():
            kept[entry.name] = None
            continue
        reason = _misfit(entry.name, value)
        if reason is None:
            continue
        read, complete = _read(entry, value)
        if read is not None and _misfit(entry.name, read) is None:
            kept[entry.name] = read
            if complete:
                continue
        elif entry.name in REQUIRED:
            continue
        else:
            kept[entry.name] = None
        left_out.append(LeftOut(entry.name, reason))
    return kept, tuple(left_out)


def _misfit(name: str, value: Any) -> str | None:
    try:
        parse_property(name, value)
    except RecordError as error:
        return str(error)
    return None


def _has_absent(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) < _LONGEST_ABSENT and value.strip().casefold() in _ABSENT
    if isinstance(value, float):
        return math.isnan(value)
    return isinstance(value, list) and any(
        _has_absent(entry) for entry in value if not isinstance(entry, list)
    )


def _without_absent(value: Any) -> Any:
    if isinstance(value, list):
        return [entry for entry in value if isinstance(entry, list) or not _has_absent(entry)]
    return None if _has_absent(value) else value


def _read(entry: PaperField, value: Any) -> tuple[Any, bool]:
    """Return a value in the form of a property, or None, and whether all of it was read."""
    if entry.many:
        whole = value if isinstance(value, list) else _split(entry.name, value)
        if whole is None:
            return None, False
        read_entry = _READ_ENTRY.get(entry.name) or _text_of
        read = [read_entry(part) for part in whole if part is not None]
        kept = [part for part in read if part is not None and _misfit(entry.name, [part]) is None]
        return kept or ([] if not read else None), len(kept) == len(read)
    if isinstance(value, list) and len(value) == 1 and entry.about.form != "date":
        value = value[0]
    if entry.name in REQUIRED:
        # A list of several texts, or texts in several languages, have no clear reading.
        return at(value, "value") if isinstance(value, Mapping) else value, True
    if entry.about.form == "date":
        return _date_text(value), True
    if entry.type is int:
        return _whole_number(entry.name, value), True
    return _text_of(value), True


def _split(name: str, value: Any) -> list[Any] | None:
    """Return the entries of a list given as one text or object, or None if they are not clear."""
    written = _text(value)
    if written is None:
        return [value] if isinstance(value, Mapping) else None
    for separator in (";", "\n", "|"):
        if separator in written:
            return _parts(written.split(separator))
    if name == "authors":
        return _author_names(written)
    if name == "keywords":
        return _parts(written.split(","))
    return [written]


def _parts(parts: list[str]) -> list[str]:
    return [part.strip() for part in parts if part.strip()]


def _author_names(written: str) -> list[str] | None:
    """Return the names of a text without semicolons.

    Commas separate names that have several words. Two parts of which one is a
    word are one name, ``Aalto, Inga``. Other lists with commas are not clear.
    """
    names = _AND.split(written)
    by_comma = [part.strip() for name in names for part in name.split(",") if part.strip()]
    if all(" " in part for part in by_comma):
        return by_comma
    if all(name.count(",") <= 1 for name in names):
        return names
    return None


def _text(value: Any) -> str | None:
    # The first text of several is not a clear reading.
    return None if isinstance(value, list) else text(value)


def _text_of(value: Any) -> str | int | None:
    """Return the text of a value, or of the object that holds it."""
    if isinstance(value, Mapping):
        keys = ("value", "name", "display_name", "title", "keyword", "term", "id", "doi", "DOI", "paperId")
        return first(*map(value.get, keys))
    return value if type(value) is int else _text(value)


def _author(value: Any) -> str | None:
    if isinstance(value, Mapping):
        named = first(value.get("display_name"), value.get("full_name"), value.get("fullname"))
        given = first(value.get("first"), value.get("firstName"), value.get("first_name"))
        family = first(value.get("last"), value.get("lastName"), value.get("last_name"))
        return named or person({"given": given, "family": family, **value}) or None
    return _text(value)


def _organization(value: Any) -> Mapping[str, str] | None:
    name = _text_of(value)
    if not isinstance(name, str):
        return None
    handle = text(at(value, "handle")) or name
    return {"handle": _BLANKS.sub("-", handle.strip()), "name": name.strip()}


def _date_text(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = at(value, "date-parts") or [at(value, "year"), at(value, "month"), at(value, "day")]
    if isinstance(value, list):
        return date_of_parts(value[0] if value and isinstance(value[0], list) else value)
    if type(value) is float and value.is_integer():
        value = int(value)
    return str(value) if type(value) is int and value >= 0 else None


def _whole_number(name: str, value: Any) -> int | None:
    written = (_text(value) or "").strip()
    if _DIGITS.fullmatch(written):
        return int(written)
    return find_year(written) if name == "year" else None


_READ_ENTRY: Mapping[str, Callable[[Any], Any]] = {"authors": _author, "organizations": _organization}
