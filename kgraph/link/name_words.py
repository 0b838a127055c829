"""The words that decide which names are the same concept or versions of one, from ``name_words.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kgraph.data import compile_pattern, read_toml


@dataclass(frozen=True, slots=True)
class NameWords:
    """The lists of ``name_words.toml``, which explains each; ``prefixed`` finds a prefix before a word."""

    added: frozenset[str]
    generic: frozenset[str]
    function_words: frozenset[str]
    prefixed: re.Pattern[str]
    editions: frozenset[str]
    version: re.Pattern[str]
    metric_endings: frozenset[str]
    short_for: Mapping[str, str]


@cache
def name_words() -> NameWords:
    """Return the lists that ship with kgraph."""
    data = read_toml("name_words.toml")
    return NameWords(
        added=frozenset(data["added"]),
        generic=frozenset(data["generic"]),
        function_words=frozenset(data["function_words"]),
        prefixed=re.compile(rf"\b({'|'.join(data['prefixes'])}) (?=\w)"),
        editions=frozenset(data["editions"]),
        version=compile_pattern(data["version"]),
        metric_endings=frozenset(data["metric_endings"]),
        short_for=data["short_for"],
    )
