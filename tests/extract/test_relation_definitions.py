from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from kgraph.data import read_toml
from kgraph.extract.relations.definitions import FILE, parse_definitions, relation_definitions
from kgraph.schema import graph_schema


@pytest.fixture
def tables() -> dict[str, Any]:
    return deepcopy(read_toml(FILE))


def test_every_role_and_statement_of_the_schema_has_a_producer() -> None:
    definitions = relation_definitions()
    produced = {rule.type for rule in definitions.rules.values()}
    produced |= {label.type for label in definitions.labels.values()}
    assert produced == {kind.name for kind in graph_schema().group("role", "statement")}


def test_rule_names_are_unique(tables: dict[str, Any]) -> None:
    assert len(relation_definitions().rules) == len(tables["rules"])


@pytest.mark.parametrize("unknown", ["FEATURE_OF", "MENTIONS"])
def test_a_rule_of_a_type_that_is_not_extracted_is_an_error(tables: dict[str, Any], unknown: str) -> None:
    tables["rules"][0]["type"] = unknown
    with pytest.raises(ValueError, match=rf"no relationship type {unknown}"):
        parse_definitions(tables)


def test_a_label_of_an_unknown_type_is_an_error(tables: dict[str, Any]) -> None:
    tables["labels"]["FEATURE-OF"] = {"type": "FEATURE_OF", "least": 0.5}
    with pytest.raises(ValueError, match="no relationship type FEATURE_OF"):
        parse_definitions(tables)


def test_properties_of_an_unknown_type_are_an_error(tables: dict[str, Any]) -> None:
    tables["types"]["INVENTS"] = {"implied_kind": "method"}
    with pytest.raises(ValueError, match="no relationship type INVENTS"):
        parse_definitions(tables)


def test_a_missing_pattern_is_an_error(tables: dict[str, Any]) -> None:
    del tables["patterns"]["skipped"]
    with pytest.raises(TypeError, match="skipped"):
        parse_definitions(tables)


def test_symmetry_comes_from_the_schema() -> None:
    for label in relation_definitions().labels.values():
        assert label.symmetric == graph_schema().relationship(label.type).symmetric


def test_the_type_of_own_artefacts_comes_from_the_schema() -> None:
    for rule in relation_definitions().rules.values():
        assert rule.own_artefact == graph_schema().relationship(rule.type).introduction
    assert any(rule.own_artefact for rule in relation_definitions().rules.values())
