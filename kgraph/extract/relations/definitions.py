"""The relations that extraction finds: rules and model labels, read from ``relations.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

import msgspec

from kgraph.data import compile_pattern, expand_fragments, read_toml
from kgraph.errors import KgraphError, SchemaError
from kgraph.extract.relations.rule_kinds import MentionRule, RuleKind
from kgraph.extract.relations.wording import FILE
from kgraph.model import Kind
from kgraph.schema import RelationshipType, graph_schema


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
    """The rules in the order of the file, and the labels of the model by name.

    ``introducing`` is the type of what a paper made, ``of_others`` are the types of roles of
    what others made. ``implied_kinds`` says which kind a type gives the concept it leads to,
    if no other evidence says what the concept is.
    """

    rules: Sequence[RuleKind]
    labels: Mapping[str, ModelLabel]
    introducing: frozenset[str]
    of_others: frozenset[str]
    implied_kinds: Mapping[str, Kind]


@cache
def relation_definitions() -> RelationDefinitions:
    """Return the definitions that ship with kgraph."""
    return parse_definitions(read_toml(FILE))


def parse_definitions(data: Mapping[str, Any]) -> RelationDefinitions:
    """Return the definitions in the tables of a file.

    Raises SchemaError if a relationship type is not in the schema or is not
    one that extraction can produce. Raises KgraphError for a rule of an
    unknown kind, a rule with keys that its kind lacks or does not have, and a
    second rule of the same name. Both name the file and the rule.
    """
    fragments = expand_fragments(data["fragments"])
    rules = tuple(_rule(entry, fragments) for entry in data["rules"])
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise KgraphError(f"{FILE}: rule {name}: {names.count(name)} rules have this name")
    types: Mapping[str, Mapping[str, Any]] = data["types"]
    roles = graph_schema().group("role")
    return RelationDefinitions(
        rules=rules,
        labels={name: _label(name, entry) for name, entry in data["labels"].items()},
        introducing=frozenset(role.name for role in roles if role.introduction),
        of_others=frozenset(role.name for role in roles if not role.introduction),
        implied_kinds={
            _relationship(f"types.{name}", name).name: entry["implied_kind"] for name, entry in types.items()
        },
    )


def _rule(entry: Mapping[str, Any], fragments: Mapping[str, str]) -> RuleKind:
    where = f"rule {entry.get('name', 'without a name')}"

    def decode(_: type, pattern: Any) -> re.Pattern[str]:
        return compile_pattern(pattern, fragments)

    try:
        rule: RuleKind = msgspec.convert(entry, RuleKind, dec_hook=decode)
    except msgspec.ValidationError as error:
        raise KgraphError(f"{FILE}: {where}: {error}. {_expected(entry.get('kind'))}") from error
    except KeyError as error:
        raise KgraphError(f"{FILE}: {where}: there is no fragment {error}") from error
    except re.error as error:
        raise KgraphError(f"{FILE}: {where}: not a regular expression: {error}") from error
    is_statement = _relationship(where, rule.type).group == "statement"
    if is_statement != rule.relates_concepts:
        found, wanted = ("statement", "role") if is_statement else ("role", "statement")
        raise KgraphError(f"{FILE}: {where}: {rule.type} is a {found}, and its kind finds a {wanted}")
    if isinstance(rule, MentionRule) and rule.yields_to is not None:
        _relationship(where, rule.yields_to)
    for group in rule.groups:
        if group not in rule.pattern.groupindex:
            raise KgraphError(f"{FILE}: {where}: the pattern needs a group {group}")
    return rule


def _expected(kind: object) -> str:
    """Return the keys of a kind of rule, or the known kinds if it is not one."""
    kinds = {rule.__struct_config__.tag: rule for rule in get_args(RuleKind)}
    if kind not in kinds:
        return f"The kinds are {', '.join(map(str, kinds))}"
    fields = msgspec.structs.fields(kinds[kind])
    required = ", ".join(field.name for field in fields if field.required)
    optional = ", ".join(field.name for field in fields if not field.required)
    return f"A rule of the kind {kind} needs {required}, and can have {optional}"


def _label(name: str, entry: Mapping[str, Any]) -> ModelLabel:
    relationship = _relationship(f"label {name}", entry["type"])
    return ModelLabel(
        relationship.name, entry["least"], entry.get("turned", False), symmetric=relationship.symmetric
    )


def _relationship(where: str, name: str) -> RelationshipType:
    possible = {kind.name: kind for kind in graph_schema().group("role", "statement")}
    if name not in possible:
        raise SchemaError(
            f"{FILE}: {where}: the schema has no relationship type {name} in the groups role and statement. "
            f"It has {', '.join(possible)}"
        )
    return possible[name]
