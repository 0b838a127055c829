"""The wording that the kinds of rules share, from ``relations.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kgraph.data import compile_pattern, expand_fragments, read_toml

FILE = "relations.toml"


@dataclass(frozen=True, slots=True)
class Wording:
    """The tables ``patterns`` and ``words`` of the file, which explains each."""

    object_end: re.Pattern[str]
    clause: re.Pattern[str]
    naming: re.Pattern[str]
    apposition: re.Pattern[str]
    skipped: re.Pattern[str]
    list_separator: re.Pattern[str]
    kind_word: re.Pattern[str]
    several_data_sets: frozenset[str]
    inside_names: frozenset[str]


@cache
def load_wording() -> Wording:
    """Return the wording that ships with kgraph."""
    return parse_wording(read_toml(FILE))


def parse_wording(data: Mapping[str, Any]) -> Wording:
    """Return the wording in the tables of a file. Raises TypeError if an entry is missing or unknown."""
    fragments = expand_fragments(data["fragments"])
    wording: dict[str, Any] = {
        name: compile_pattern(pattern, fragments) for name, pattern in data["patterns"].items()
    }
    wording |= {name: frozenset(words) for name, words in data["words"].items()}
    return Wording(**wording)
