"""The graph model, read from ``schemas/graph.json``.

The file declares every label and relationship type once. Linking, stores,
exports, pages and docs derive their lists from here, so a new relationship
type is one entry in the file and the code that produces it. The properties of
a paper are the one exception: they follow from the fields of
:class:`kgraph.model.Paper`, as the property group ``paper record``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, TypeVar, get_args

import msgspec

from kgraph.errors import SchemaError
from kgraph.model import Kind, WebLink
from kgraph.paper_record import paper_label_properties

Group = Literal["role", "result", "mention", "statement", "derived", "bibliographic"]
"""Where the relationships of a type come from, in the order of the panel of a page.

``mention`` and ``role`` join a paper to a concept of its text, ``statement``
joins two concepts of one sentence, ``derived`` is computed from the corpus,
``result`` belongs to a reported number, ``bibliographic`` to a paper's record.
Roles of concepts come before the long list of mentions, which repeats them.
"""

PathUse = Literal["first", "last"]
"""Whether a path between papers may use a type in any case, or only if no other type joins the two."""

PropertyType = Literal[
    "string", "integer", "float", "boolean", "string[]", "integer[]", "float[]", "boolean[]"
]
Shape = Literal["square", "dot", "triangle", "diamond", "star", "hexagon"]
Colour = Annotated[str, msgspec.Meta(pattern="^#[0-9a-f]{6}$")]
"""The colour of a symbol on a light background. Pages make it lighter on a dark one."""

_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a node or relationship. Its ``type`` ends in ``[]`` for a list.

    ``shown`` is its heading in the panel of a page, which lists only properties
    that have one. ``link`` says which of its values become links there.
    """

    name: str
    type: PropertyType
    meaning: str
    fulltext: bool = False
    shown: str | None = None
    link: WebLink | None = None


@dataclass(frozen=True, slots=True)
class LabelKind:
    """A kind of the nodes of a label, given by their property ``kind``.

    ``label`` is the second label of such nodes, if they have one. The others
    are as those of :class:`Label`.
    """

    name: Kind
    label: str | None
    meaning: str
    plural: str
    colour: str
    prominence: float


@dataclass(frozen=True, slots=True)
class Label:
    """A node label, keyed by ``id``.

    ``second_labels`` maps further labels to their meaning, and ``kinds`` are the
    kinds of its nodes. ``plural``, ``shape`` and ``colour`` are the heading and
    the symbol of its nodes on a page. A label without a shape is not drawn.

    ``prominence`` is multiplied by the number of links of a node, which gives
    the rank of its name on the map. ``map_limit`` is the maximum number of
    nodes on the map, 0 if they are not drawn there. ``hidden`` nodes of the map
    are shown when the reader asks for them.
    """

    name: str
    meaning: str
    properties: tuple[Property, ...]
    second_labels: Mapping[str, str]
    kinds: tuple[LabelKind, ...]
    plural: str | None
    shape: Shape | None
    colour: str | None
    prominence: float
    map_limit: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class RelationshipType:
    """A relationship type and the labels that it may join.

    ``words`` are its heading on a page, from the head and from the tail.
    ``strength`` names the property, in 0..1, that ranks its relationships. A
    ``symmetric`` relationship is stored once, with the smaller id as its head.
    ``hierarchy`` marks the type whose tail is the broader concept, and
    ``introduction`` the one whose tail is new in the paper.
    """

    name: str
    meaning: str
    from_labels: tuple[str, ...]
    to_labels: tuple[str, ...]
    properties: tuple[Property, ...]
    group: Group
    words: tuple[str, str]
    symmetric: bool
    strength: str | None
    paths: PathUse | None
    hierarchy: bool
    introduction: bool


@dataclass(frozen=True, slots=True)
class Schema:
    """All labels and relationship types, in the order of the file."""

    labels: tuple[Label, ...]
    relationships: tuple[RelationshipType, ...]

    def label(self, name: str) -> Label:
        """Return the label of that name. Raises KeyError for an unknown one."""
        return {label.name: label for label in self.labels}[name]

    def relationship(self, name: str) -> RelationshipType:
        """Return the relationship type of that name. Raises KeyError for an unknown one."""
        return {kind.name: kind for kind in self.relationships}[name]

    def group(self, *groups: Group) -> tuple[RelationshipType, ...]:
        """Return the relationship types of these groups, in the order of the file."""
        return tuple(kind for kind in self.relationships if kind.group in groups)

    def hierarchy(self) -> RelationshipType:
        """Return the type that leads from a concept to a broader one."""
        return next(kind for kind in self.relationships if kind.hierarchy)

    def introduction(self) -> RelationshipType:
        """Return the type that leads from a paper to a concept that is new in it."""
        return next(kind for kind in self.relationships if kind.introduction)

    def patterns(self) -> Iterator[tuple[RelationshipType, str, str]]:
        """Yield each relationship type with each pair of labels that it may join: type, head, tail."""
        for kind in self.relationships:
            for head in kind.from_labels:
                for tail in kind.to_labels:
                    yield kind, head, tail


def schema_text(name: str) -> str:
    """Return the text of a file in ``schemas/``.

    A wheel has the folder inside the package, a checkout next to it.
    Raises FileNotFoundError if neither has the file.
    """
    package = files("kgraph")
    shipped = package / "schemas" / name
    if shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    return (package / ".." / "schemas" / name).read_text(encoding="utf-8")


@cache
def graph_schema() -> Schema:
    """Return the graph model that ``schemas/graph.json`` declares.

    Raises SchemaError as :func:`parse_schema` does.
    """
    return parse_schema(json.loads(schema_text("graph.json")))


def parse_schema(value: Any) -> Schema:
    """Return the graph model of a parsed ``graph.json``.

    Raises SchemaError, which names the entry, for one that does not have the
    form of the file or does not match the others.
    """
    file = _converted("the file", value, _FileEntry)
    groups = {**file.property_groups, "paper record": paper_label_properties()}
    labels = tuple(
        _label(name, _converted(name, entry, _LabelEntry), groups) for name, entry in file.labels.items()
    )
    relationships = tuple(
        _relationship(name, _converted(name, entry, _RelationshipEntry), groups)
        for name, entry in file.relationships.items()
    )
    for kind in relationships:
        _check_ends(kind, [label.name for label in labels])
        _check_strength(kind)
    _check_single("hierarchy", [kind.name for kind in relationships if kind.hierarchy])
    _check_single("introduction", [kind.name for kind in relationships if kind.introduction])
    return Schema(labels, relationships)


@cache
def kind_labels() -> Mapping[str, str]:
    """Return kind → second label, for the kinds of concepts that have one: ``task`` → ``Task``."""
    return {kind.name: kind.label for label in graph_schema().labels for kind in label.kinds if kind.label}


class _FileEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    labels: dict[str, dict[str, Any]]
    relationships: dict[str, dict[str, Any]]
    property_groups: dict[str, dict[str, dict[str, Any]]]


class _PropertyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    type: PropertyType
    meaning: str
    fulltext: bool = False
    shown: str | None = None
    link: WebLink | None = None


class _KindEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meaning: str
    label: str | None = None
    plural: str | None = None
    colour: Colour | None = None
    prominence: float | None = None


class _LabelEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meaning: str
    plural: str | None = None
    shape: Shape | None = None
    colour: Colour | None = None
    prominence: float = 1.0
    map_limit: Annotated[int, msgspec.Meta(ge=0)] = 1_000
    hidden: bool = False
    kinds: dict[Kind, dict[str, Any]] = {}
    properties: dict[str, dict[str, Any]] = {}
    include: tuple[str, ...] = ()


class _RelationshipEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meaning: str
    group: Group
    words: tuple[str, str]
    from_: tuple[str, ...] = msgspec.field(name="from")
    to: tuple[str, ...]
    symmetric: bool = False
    strength: str | None = None
    paths: PathUse | None = None
    hierarchy: bool = False
    introduction: bool = False
    properties: dict[str, dict[str, Any]] = {}
    include: tuple[str, ...] = ()


_Groups = Mapping[str, Mapping[str, Mapping[str, Any]]]


def _label(name: str, entry: _LabelEntry, groups: _Groups) -> Label:
    drawn = (entry.plural, entry.shape, entry.colour)
    if None in drawn and set(drawn) != {None}:
        raise _error(name, "plural, shape and colour are given together or not at all")
    if entry.kinds and set(entry.kinds) != set(get_args(Kind)):
        raise _error(name, f"the kinds are not those of kgraph.model.Kind: {', '.join(get_args(Kind))}")
    kinds = tuple(
        _label_kind(kind, _converted(f"{name}, kind {kind}", value, _KindEntry), entry)
        for kind, value in entry.kinds.items()
    )
    return Label(
        name,
        entry.meaning,
        _properties(name, entry.properties, entry.include, groups),
        {kind.label: kind.meaning for kind in kinds if kind.label},
        kinds,
        entry.plural,
        entry.shape,
        entry.colour,
        entry.prominence,
        entry.map_limit,
        entry.hidden,
    )


def _label_kind(name: Kind, entry: _KindEntry, label: _LabelEntry) -> LabelKind:
    prominence = label.prominence if entry.prominence is None else entry.prominence
    plural, colour = entry.plural or label.plural or name, entry.colour or label.colour or ""
    return LabelKind(name, entry.label, entry.meaning, plural, colour, prominence)


def _relationship(name: str, entry: _RelationshipEntry, groups: _Groups) -> RelationshipType:
    return RelationshipType(
        name,
        entry.meaning,
        entry.from_,
        entry.to,
        _properties(name, entry.properties, entry.include, groups),
        entry.group,
        entry.words,
        entry.symmetric,
        entry.strength,
        entry.paths,
        entry.hierarchy,
        entry.introduction,
    )


def _properties(
    where: str, own: Mapping[str, Mapping[str, Any]], included: Iterable[str], groups: _Groups
) -> tuple[Property, ...]:
    """Return the properties of an entry: its own, then those of the groups that it includes."""
    parts = [own]
    for group in included:
        if group not in groups:
            raise _error(where, f"it includes {group!r}, which is not in property_groups")
        parts.append(groups[group])
    return tuple(_property(where, name, value) for part in parts for name, value in part.items())


def _property(where: str, name: str, value: Mapping[str, Any]) -> Property:
    where = f"{where}, property {name}"
    entry = _converted(where, value, _PropertyEntry)
    if entry.link:
        _check_link(where, entry.link)
    return Property(name, entry.type, entry.meaning, entry.fulltext, entry.shown, entry.link)


def _check_link(where: str, link: WebLink) -> None:
    if not link.address.startswith("https://") or link.address.count("{}") != 1:
        raise _error(where, f"the address of the link, {link.address!r}, is not https:// with one {{}}")
    try:
        re.compile(link.pattern)
    except re.error as error:
        raise _error(where, f"the pattern of the link, {link.pattern!r}, is not valid: {error}") from error


def _check_ends(kind: RelationshipType, labels: Iterable[str]) -> None:
    if not kind.from_labels or not kind.to_labels:
        raise _error(kind.name, "from and to need a label")
    if unknown := [name for name in (*kind.from_labels, *kind.to_labels) if name not in labels]:
        raise _error(kind.name, f"it joins {unknown[0]!r}, which is not in labels")
    if kind.symmetric and not kind.from_labels == kind.to_labels == kind.from_labels[:1]:
        raise _error(kind.name, "it is symmetric, so from and to must be the same single label")


def _check_strength(kind: RelationshipType) -> None:
    if kind.strength is None:
        return
    types = {prop.name: prop.type for prop in kind.properties}
    if types.get(kind.strength) not in ("integer", "float"):
        raise _error(
            kind.name, f"its strength, {kind.strength!r}, is not one of its properties with a number"
        )


def _check_single(flag: str, names: list[str]) -> None:
    if len(names) != 1:
        given = f"{len(names)}: {', '.join(names)}" if names else "none"
        raise _error("relationships", f"{flag!r} must be true for exactly one type, and it is for {given}")


def _converted(where: str, value: Any, wanted: type[_Entry]) -> _Entry:
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise _error(where, str(error)) from None


def _error(where: str, problem: str) -> SchemaError:
    return SchemaError(f"schemas/graph.json: {where}: {problem}")
