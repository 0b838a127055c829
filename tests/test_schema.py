"""schemas/graph.json is checked when it is read, and an error names the entry."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from kgraph.errors import SchemaError
from kgraph.schema import parse_schema, schema_text

FILE = json.loads(schema_text("graph.json"))


def changed(section: str, name: str, **values: Any) -> Any:
    """Return the file with other values of an entry. None removes one, and ``from_`` is ``from``."""
    file = copy.deepcopy(FILE)
    entry = file[section][name]
    for key, value in values.items():
        entry[key.rstrip("_")] = value
        if value is None:
            del entry[key]
    return file


@pytest.mark.parametrize(
    ("name", "values", "problem"),
    [
        ("USES", {"group": "rules"}, "USES: Invalid enum value 'rules' - at `$.group`"),
        ("USES", {"group": None}, "USES: Object missing required field `group`"),
        ("USES", {"paths": "second"}, "USES: Invalid enum value 'second' - at `$.paths`"),
        ("USES", {"words": ["Uses"]}, "USES: Expected `array` of length 2, got 1 - at `$.words`"),
        ("USES", {"symmetry": True}, "USES: Object contains unknown field `symmetry`"),
        ("USES", {"strength": "salience"}, "USES: its strength, 'salience', is not one of its properties with a number"),
        ("USES", {"strength": "evidence"}, "USES: its strength, 'evidence', is not one of its properties with a number"),
        ("USES", {"include": ["prof"]}, "USES: it includes 'prof', which is not in property_groups"),
        ("USES", {"to": ["Conzept"]}, "USES: it joins 'Conzept', which is not in labels"),
        ("USES", {"from_": []}, "USES: from and to need a label"),
        ("USES", {"symmetric": True}, "USES: it is symmetric, so from and to must be the same single label"),
        ("USES", {"properties": {"n": {"type": "int", "meaning": "N."}}},
         "USES, property n: Invalid enum value 'int' - at `$.type`"),
        ("USES", {"properties": {"n": {"type": "string"}}},
         "USES, property n: Object missing required field `meaning`"),
        ("USES", {"properties": {"n": {"type": "string", "meaning": "N.", "link": {"pattern": "x", "address": "javascript:{}"}}}},
         "USES, property n: the address of the link, 'javascript:{}', is not https:// with one {}"),
        ("USES", {"properties": {"n": {"type": "string", "meaning": "N.", "link": {"pattern": "(", "address": "https://a.example/{}"}}}},
         "USES, property n: the pattern of the link, '(', is not valid"),
        ("USES", {"hierarchy": True}, "relationships: 'hierarchy' must be true for exactly one type, and it is for 2: USES, IS_A"),
        ("IS_A", {"hierarchy": None}, "relationships: 'hierarchy' must be true for exactly one type, and it is for none"),
        ("USES", {"introduction": True},
         "relationships: 'introduction' must be true for exactly one type, and it is for 2: INTRODUCES, USES"),
        ("INTRODUCES", {"introduction": False},
         "relationships: 'introduction' must be true for exactly one type, and it is for none"),
    ],
)  # fmt: skip
def test_a_wrong_relationship_type_is_an_error(name: str, values: dict[str, Any], problem: str) -> None:
    with pytest.raises(SchemaError) as raised:
        parse_schema(changed("relationships", name, **values))
    assert str(raised.value).startswith(f"schemas/graph.json: {problem}")


@pytest.mark.parametrize(
    ("name", "values", "problem"),
    [
        ("Venue", {"shape": "heart"}, "Venue: Invalid enum value 'heart' - at `$.shape`"),
        ("Venue", {"colour": "red"}, "Venue: Expected `str` matching regex '^#[0-9a-f]{6}$' - at `$.colour`"),
        ("Venue", {"colour": None}, "Venue: plural, shape and colour are given together or not at all"),
        ("Build", {"shape": "dot"}, "Build: plural, shape and colour are given together or not at all"),
        ("Venue", {"map_limit": -1}, "Venue: Expected `int` >= 0 - at `$.map_limit`"),
        ("Concept", {"kinds": {"task": {"meaning": "A task."}}},
         "Concept: the kinds are not those of kgraph.model.Kind: task, method, dataset, metric, concept, phrase"),
        ("Concept", {"kinds": FILE["labels"]["Concept"]["kinds"] | {"task": {"meaning": "A task.", "color": "red"}}},
         "Concept, kind task: Object contains unknown field `color`"),
    ],
)  # fmt: skip
def test_a_wrong_label_is_an_error(name: str, values: dict[str, Any], problem: str) -> None:
    with pytest.raises(SchemaError) as raised:
        parse_schema(changed("labels", name, **values))
    assert str(raised.value).startswith(f"schemas/graph.json: {problem}")


@pytest.mark.parametrize("value", [[], {}, FILE | {"label": {}}])
def test_a_file_of_another_form_is_an_error(value: Any) -> None:
    with pytest.raises(SchemaError, match=r"schemas/graph\.json: the file: "):
        parse_schema(value)
