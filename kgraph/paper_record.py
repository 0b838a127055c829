"""The forms of a paper: a record of JSON, its schema, and the ``Paper`` node.

All of them follow from the fields that :class:`kgraph.model.Paper` declares.
Cleaning the values of a record is the task of :mod:`kgraph.sources`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import NoneType
from typing import Annotated, Any, cast, get_args, get_origin, get_type_hints

import msgspec

from kgraph.model import About, IdentifierForm, Organization, Paper, ValueForm

LARGEST_NUMBER = 2**53 - 1
"""The bound of numbers that declare none. Beyond it some readers of JSON lose digits."""

LONGEST_IDENTIFIER = 512

_PROPERTY_TYPES: Mapping[type, str] = {
    str: "string",
    int: "integer",
    float: "float",
    bool: "boolean",
    Organization: "string",
}
_FORM_NOTES: Mapping[ValueForm, str] = {
    "identifier": "A number is read as its digits.",
    "reference": "A number is read as its digits.",
    "doi": "An address of it is read, and its letters become lower case.",
    "arxiv": "An address of it is read, and its version is left out.",
    "openalex": "An address of it is read.",
    "semantic scholar": "An address of it is read. A number is a corpus id.",
    "pmid": "An address of it is read.",
    "acl": "An address of it is read.",
    "person": "As 'Ada Quill' or 'Quill, Ada'.",
    "date": "Written as YYYY, YYYY-MM or YYYY-MM-DD, and a time may follow.",
    "web address": "It starts with http:// or https://.",
}
_IDENTIFIERS = frozenset(get_args(IdentifierForm))
_PROPERTY_NOTES: Mapping[type, str] = {Organization: "Each is a handle, a space and a name."}
_NAME_MEANING = "The title, so that every node can be shown by its name."
_TYPE_WORDS: Mapping[str, str] = {
    "str": "a string",
    "int": "a whole number",
    "float": "a number with a fraction",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]+)`$")
_QUOTED = re.compile(r"`([^`]+)`")


class RecordError(ValueError):
    """A record breaks the schema. The text names the property and what was expected."""


class OrganizationRecord(msgspec.Struct, frozen=True):
    """An organisation: a handle without blanks, and a name, by default the handle."""

    handle: Annotated[str, msgspec.Meta(pattern=r"^\S+$")]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class PaperField:
    """A field of a paper.

    ``type`` is that of one value, and ``many`` says whether the field holds a
    tuple of them. ``default`` is ``dataclasses.MISSING`` for a field that has none.
    """

    name: str
    type: type
    many: bool
    default: Any
    about: About


@cache
def paper_fields() -> tuple[PaperField, ...]:
    """Return the fields of a paper in the order of their declaration."""
    hints = get_type_hints(Paper, include_extras=True)
    return tuple(_field(field.name, hints[field.name], field.default) for field in fields(Paper))


@cache
def record_type() -> type[msgspec.Struct]:
    """Return the type of a record: every property may be missing or null."""
    return msgspec.defstruct(
        "PaperRecord",
        [(field.name, _record_type(field), None) for field in paper_fields() if field.about.in_record],
        frozen=True,
    )


def record_values(value: Any) -> Mapping[str, Any]:
    """Return a parsed value of JSON if it is an object. Raises RecordError if it is not."""
    if isinstance(value, Mapping):
        return value
    return cast(Mapping[str, Any], _converted(value, dict[str, Any]))


def parse_record(values: Mapping[str, Any]) -> Any:
    """Return the record with these values, an instance of :func:`record_type`.

    Other properties are ignored. Raises RecordError if a value breaks the schema.
    """
    # In JSON, 2024.0 is a whole number.
    whole = {
        name: int(value) if type(value) is float and value.is_integer() else value
        for name, value in values.items()
    }
    record = _converted(whole, record_type())
    if record.title is None and record.abstract is None:
        raise RecordError("it has neither a title nor an abstract")
    return record


def parse_property(name: str, value: Any) -> Any:
    """Return the value of one property of a record. Raises RecordError if it breaks the schema."""
    whole = int(value) if type(value) is float and value.is_integer() else value
    return getattr(_converted({name: whole}, record_type()), name)


def paper_to_record(paper: Paper) -> dict[str, Any]:
    """Return the record of a paper, without the properties that have no value."""
    record: dict[str, Any] = {}
    for field in paper_fields():
        value = getattr(paper, field.name)
        if field.about.in_record and not _is_absent(value):
            record[field.name] = [msgspec.to_builtins(entry) for entry in value] if field.many else value
    return record


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema of a record."""
    (_,), components = msgspec.json.schema_components([record_type()], ref_template="#/$defs/{name}")
    properties = components.pop("PaperRecord")["properties"]
    for entry in properties.values():
        entry.pop("default")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A paper as one line of JSON Lines",
        "description": "Read by `kgraph build` and `kgraph extract`. Other properties are ignored.",
        "type": "object",
        "properties": properties,
        "anyOf": [
            {"required": [name], "properties": {name: {"type": "string"}}} for name in ("title", "abstract")
        ],
        "$defs": components,
    }


def paper_properties(paper: Paper) -> dict[str, Any]:
    """Return the properties of the node of a paper, without those that have no value."""
    properties: dict[str, Any] = {"id": paper.id, "name": paper.title, "title": paper.title}
    for field in paper_fields():
        value = getattr(paper, field.name)
        if not _is_absent(value):
            properties[field.name] = [_property(entry) for entry in value] if field.many else value
    return properties


def paper_from_properties(id_: str, properties: Mapping[str, Any]) -> Paper:
    """Return the paper of a node, the inverse of :func:`paper_properties`.

    A node that a statement made may have no title. Its name or id is taken instead.
    """
    values: dict[str, Any] = {"id": id_, "title": properties.get("name") or id_}
    for field in paper_fields():
        value: Any = properties.get(field.name)
        if field.name != "id" and not _is_absent(value):
            values[field.name] = tuple(_value(field, entry) for entry in value) if field.many else value
    return Paper(**values)


def paper_label_properties() -> dict[str, dict[str, Any]]:
    """Return the properties of the label ``Paper`` in the form of ``schemas/graph.json``."""
    declared: dict[str, dict[str, Any]] = {}
    for field in paper_fields():
        declared[field.name] = {
            "type": _PROPERTY_TYPES[field.type] + ("[]" if field.many else ""),
            "meaning": " ".join(filter(None, (field.about.meaning, _PROPERTY_NOTES.get(field.type)))),
            "fulltext": field.about.fulltext,
            "shown": field.about.shown,
            "link": msgspec.to_builtins(field.about.link),
        }
        if field.name == "id":
            declared["name"] = {"type": "string", "meaning": _NAME_MEANING}
    return declared


def _field(name: str, hint: Any, default: Any) -> PaperField:
    declared, about = get_args(hint)
    many = get_origin(declared) is tuple
    alternatives = [part for part in get_args(declared) or (declared,) if part not in (NoneType, ...)]
    return PaperField(name, alternatives[0], many, default, about)


def _record_type(field: PaperField) -> Any:
    about = field.about
    value: Any = field.type
    if about.form in _IDENTIFIERS:
        text = msgspec.Meta(min_length=about.least, max_length=about.most or LONGEST_IDENTIFIER)
        number = msgspec.Meta(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)
        value = Annotated[str, text] | Annotated[int, number]
    elif value is str:
        value = Annotated[str, msgspec.Meta(min_length=about.least, max_length=about.most)]
    elif value is int:
        least = -LARGEST_NUMBER if about.least is None else about.least
        most = LARGEST_NUMBER if about.most is None else about.most
        value = Annotated[int, msgspec.Meta(ge=least, le=most)]
    elif value is Organization:
        value = OrganizationRecord
    whole = list[value] if field.many else value
    description = " ".join(filter(None, (about.meaning, _FORM_NOTES.get(about.form))))
    return Annotated[whole | None, msgspec.Meta(description=description)]


def _is_absent(value: Any) -> bool:
    return value is None or value == "" or value == () or value == []


def _property(value: Any) -> Any:
    return f"{value.handle} {value.name}" if isinstance(value, Organization) else value


def _value(field: PaperField, entry: Any) -> Any:
    if field.type is not Organization:
        return entry
    handle, _, name = entry.partition(" ")
    return Organization(handle, name)


def _converted(value: Any, wanted: Any) -> Any:
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise RecordError(_in_words(str(error))) from None


def _in_words(error: str) -> str:
    """Return a message of msgspec in the words of JSON, with the property first."""
    path = _PATH.search(error)
    expectation = _QUOTED.sub(_type_words, error[: path.start()] if path else error)
    return f"{path['path'] if path else 'the record'}: {expectation[0].lower()}{expectation[1:]}"


def _type_words(types: re.Match[str]) -> str:
    names = types[1].split(" | ")
    return " or ".join(_TYPE_WORDS.get(name, f"`{name}`") for name in names)
