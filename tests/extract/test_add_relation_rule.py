"""A new rule for relations is one entry of ``relations.toml``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from package_copy import PackageCopy

PAPER = {
    "id": "kettle",
    "title": "Notes",
    "abstract": "We rely on LSTM and ResNet. LSTM, GRU are examples of kitchen appliances. BERT was our choice.",
}

RULES = {
    "relying": """
kind = "after-wording"
type = "USES"
confidence = 0.65
mention = { method = "named" }
list = true
pattern = '(?i)\\bwe rely on\\b'
""",
    "choosing": """
kind = "before-wording"
type = "USES"
confidence = 0.55
pattern = ' was our choice\\b'
""",
    "hearst-examples": """
kind = "between"
type = "IS_A"
confidence = 0.85
pattern = ' are examples of $'
""",
}

FOUND = {
    ("relying", "USES", None, "LSTM", 0.65),
    ("relying", "USES", None, "ResNet", 0.65),
    ("choosing", "USES", None, "BERT", 0.55),
    ("hearst-examples", "IS_A", "GRU", "kitchen appliances", 0.85),
}


def add_rule(package: PackageCopy, name: str, keys: str) -> None:
    file = "kgraph/data/relations.toml"
    package.edit(
        file,
        "# The labels of the relation model",
        f'[[rules]]\nname = "{name}"{keys}\n# The labels of the relation model',
    )


def papers_file(package: PackageCopy) -> Path:
    return package.write("papers.jsonl", json.dumps(PAPER) + "\n")


def extracted(package: PackageCopy) -> set[tuple[Any, ...]]:
    """Return producer, type, head, tail and confidence of the relations of new rules."""
    (paper,) = package.run("extract", papers_file(package), "--format", "jsonl").lines()
    found = {
        (
            relation["evidence"]["producer"],
            relation["type"],
            relation["head"],
            relation["tail"],
            relation["confidence"],
        )
        for relation in paper["relations"]
    }
    return {relation for relation in found if relation[0] in RULES}


@pytest.mark.slow
def test_a_new_entry_finds_relations(package_copy: PackageCopy) -> None:
    assert extracted(package_copy) == set()
    for name, keys in RULES.items():
        add_rule(package_copy, name, keys)
    assert extracted(package_copy) == FOUND


@pytest.mark.slow
def test_a_wrong_entry_stops_the_extraction(package_copy: PackageCopy) -> None:
    add_rule(package_copy, "relying", RULES["relying"].replace("after-wording", "afterwards"))
    ran = package_copy.run("extract", papers_file(package_copy), expect=1)
    assert "relations.toml: rule relying: Invalid value 'afterwards'" in ran.err
