"""The relations that extraction finds: rules and model labels, read from ``relations.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kgraph.data import compile_pattern, read_toml
from kgraph.model import Kind
from kgraph.schema import RelationshipType, graph_schema

FILE = "relations.toml"


@dataclass(frozen=True, slots=True)
class RelationRule:
    """A rule over the words of a sentence.

    ``type`` is a relationship type of the schema, and ``confidence`` says how
    often the rule is right, 0..1. ``pattern`` is the wording that it looks for;
    ``confidence_without_pattern`` applies where a rule does not need it.
    ``own_artefact`` says that the paper made the concept, ``implied_kind`` what
    the relation says about the kind of the concept.
    """

    name: str
    type: str
    confidence: float
    pattern: re.Pattern[str]
    confidence_without_pattern: float | None
    own_artefact: bool
    implied_kind: Kind | None


@dataclass(frozen=True, slots=True)
class ModelLabel:
    """A label of the relation model as a relationship type of the schema.

    ``least`` is the probability from which the relation is kept, ``turned``
    swaps head and tail. A ``symmetric`` relation has no direction.
    """

    type: str
    least: float
    turned: bool
    symmetric: bool


@dataclass(frozen=True, slots=True)
class RelationDefinitions:
    """All rules and labels by name, and the wording that rules share (``relations.toml`` explains each)."""

    rules: Mapping[str, RelationRule]
    labels: Mapping[str, ModelLabel]
    title_name: re.Pattern[str]
    object_end: re.Pattern[str]
    clause: re.Pattern[str]
    own_context: re.Pattern[str]
    experiments: re.Pattern[str]
    skipped: re.Pattern[str]
    list_separator: re.Pattern[str]
    kind_word: re.Pattern[str]
    several_data_sets: frozenset[str]
    inside_names: frozenset[str]


@cache
def relation_definitions() -> RelationDefinitions:
    """Return the definitions that ship with kgraph."""
    return parse_definitions(read_toml(FILE))


def parse_definitions(data: Mapping[str, Any]) -> RelationDefinitions:
    """Return the definitions in the tables of a file.

    Raises ValueError if a relationship type is not in the schema, or is not
    one that extraction can produce. Raises TypeError if a pattern is missing
    or unknown.
    """
    types: Mapping[str, Mapping[str, Any]] = data["types"]
    for name in types:
        _relationship(name)
    wording: dict[str, Any] = {name: compile_pattern(text) for name, text in data["patterns"].items()}
    wording |= {name: frozenset(words) for name, words in data["words"].items()}
    return RelationDefinitions(
        rules={entry["name"]: _rule(entry, types.get(entry["type"], {})) for entry in data["rules"]},
        labels={name: _label(entry) for name, entry in data["labels"].items()},
        **wording,
    )


def _rule(entry: Mapping[str, Any], properties: Mapping[str, Any]) -> RelationRule:
    relationship = _relationship(entry["type"])
    return RelationRule(
        name=entry["name"],
        type=relationship.name,
        confidence=entry["confidence"],
        pattern=compile_pattern(entry.get("pattern", "")),
        confidence_without_pattern=entry.get("confidence_without_pattern"),
        own_artefact=relationship.introduction,
        implied_kind=properties.get("implied_kind"),
    )


def _label(entry: Mapping[str, Any]) -> ModelLabel:
    relationship = _relationship(entry["type"])
    return ModelLabel(
        relationship.name, entry["least"], entry.get("turned", False), symmetric=relationship.symmetric
    )


def _relationship(name: str) -> RelationshipType:
    possible = {kind.name: kind for kind in graph_schema().group("role", "statement")}
    if name not in possible:
        raise ValueError(
            f"{FILE}: the schema has no relationship type {name} in the groups role and statement; "
            f"it has {', '.join(possible)}"
        )
    return possible[name]
