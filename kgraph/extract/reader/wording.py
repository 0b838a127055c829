"""The words and endings that decide where words and noun phrases start and end, from ``phrases.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kgraph.data import compile_pattern, read_toml
from kgraph.model import Kind


@dataclass(frozen=True, slots=True)
class Wording:
    """The lists of ``phrases.toml``, which explains each."""

    linking_participles: frozenset[str]
    act_endings: tuple[str, ...]
    possessives: frozenset[str]
    superlatives: frozenset[str]
    prefixes: frozenset[str]
    spelled_out: re.Pattern[str]
    neighbours: Mapping[str, Kind]


@cache
def load_wording() -> Wording:
    """Return the lists that ship with kgraph."""
    data = read_toml("phrases.toml")
    return Wording(
        linking_participles=frozenset(data["linking_participles"]),
        act_endings=tuple(data["act_endings"]),
        possessives=frozenset(data["possessives"]),
        superlatives=frozenset(data["superlatives"]),
        prefixes=frozenset(data["prefixes"]),
        spelled_out=compile_pattern(data["spelled_out"]),
        neighbours=data["neighbours"],
    )
