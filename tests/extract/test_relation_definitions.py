from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from kgraph.data import read_toml
from kgraph.errors import KgraphError, SchemaError
from kgraph.extract.relations.definitions import parse_definitions, relation_definitions
from kgraph.extract.relations.wording import FILE, parse_wording
from kgraph.schema import graph_schema


@pytest.fixture
def tables() -> dict[str, Any]:
    return deepcopy(read_toml(FILE))


def test_every_role_and_statement_of_the_schema_has_a_producer() -> None:
    definitions = relation_definitions()
    produced = {rule.type for rule in definitions.rules}
    produced |= {label.type for label in definitions.labels.values()}
    assert produced == {kind.name for kind in graph_schema().group("role", "statement")}


def test_a_second_rule_of_the_same_name_is_an_error(tables: dict[str, Any]) -> None:
    tables["rules"].append(tables["rules"][0])
    with pytest.raises(KgraphError, match=r"^relations.toml: rule title-name: 2 rules have this name$"):
        parse_definitions(tables)


KINDS = "title-name, after-wording, before-wording, in-sentence, between, object-name, object-apposition, object-phrase"
RELYING = {
    "name": "relying",
    "kind": "after-wording",
    "type": "USES",
    "confidence": 0.6,
    "pattern": "we rely on",
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "before"}, rf"Invalid value 'before' - at `\$.kind`. The kinds are {KINDS}$"),
        ({"kind": None}, rf"missing required field `kind`. The kinds are {KINDS}$"),
        (
            {"pattern": None},
            "missing required field `pattern`. A rule of the kind after-wording needs name, type, confidence, pattern, "
            "and can have mention, sentence, yields_to, list, outside_brackets$",
        ),
        ({"turned": True}, "unknown field `turned`. A rule of the kind after-wording needs name, "),
        ({"kind": "in-sentence", "list": True}, "unknown field `list`. A rule of the kind in-sentence needs name, "),
        ({"confidence": 1.5}, r"Expected `float` <= 1.0 - at `\$.confidence`"),
        ({"mention": "famous"}, r"Invalid enum value 'famous' - at `\$.mention`"),
        ({"mention": {"thing": "any"}}, r"Invalid enum value 'thing'"),
        ({"pattern": "we (rely on"}, "not a regular expression: missing \\)"),
        ({"pattern": "{relying}"}, "there is no fragment 'relying'$"),
        ({"type": "FEATURE_OF"}, "the schema has no relationship type FEATURE_OF in the groups role and statement"),
        ({"yields_to": "MENTIONS"}, "the schema has no relationship type MENTIONS"),
        ({"type": "IS_A"}, "IS_A is a statement, and its kind finds a role$"),
        ({"kind": "between"}, "USES is a role, and its kind finds a statement$"),
        ({"kind": "title-name"}, "the pattern needs a group name$"),
        ({"kind": "object-name"}, "the pattern needs a group between$"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_rule_is_an_error_that_names_file_and_rule(
    tables: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    changed = RELYING | changes
    tables["rules"].append({key: value for key, value in changed.items() if value is not None})
    with pytest.raises(KgraphError, match=f"^relations.toml: rule relying: .*{message}"):
        parse_definitions(tables)


def test_a_right_rule_is_the_last_one(tables: dict[str, Any]) -> None:
    tables["rules"].append(RELYING)
    assert parse_definitions(tables).rules[-1].name == "relying"


@pytest.mark.parametrize("unknown", ["FEATURE_OF", "MENTIONS"])
def test_a_rule_of_a_type_that_is_not_extracted_is_an_error(tables: dict[str, Any], unknown: str) -> None:
    tables["rules"][0]["type"] = unknown
    with pytest.raises(SchemaError, match=rf"no relationship type {unknown}"):
        parse_definitions(tables)


def test_a_label_of_an_unknown_type_is_an_error(tables: dict[str, Any]) -> None:
    tables["labels"]["FEATURE-OF"] = {"type": "FEATURE_OF", "least": 0.5}
    with pytest.raises(SchemaError, match="no relationship type FEATURE_OF"):
        parse_definitions(tables)


def test_properties_of_an_unknown_type_are_an_error(tables: dict[str, Any]) -> None:
    tables["types"]["INVENTS"] = {"implied_kind": "method"}
    with pytest.raises(SchemaError, match="no relationship type INVENTS"):
        parse_definitions(tables)


def test_a_missing_pattern_is_an_error(tables: dict[str, Any]) -> None:
    del tables["patterns"]["skipped"]
    with pytest.raises(TypeError, match="skipped"):
        parse_wording(tables)


def test_symmetry_comes_from_the_schema() -> None:
    for label in relation_definitions().labels.values():
        assert label.symmetric == graph_schema().relationship(label.type).symmetric


def test_types_of_roles_come_from_the_schema() -> None:
    definitions = relation_definitions()
    assert definitions.introducing == {graph_schema().introduction().name}
    assert definitions.introducing | definitions.of_others == {
        kind.name for kind in graph_schema().group("role")
    }
