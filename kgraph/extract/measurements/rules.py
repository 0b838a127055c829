"""The rules that read results, from ``result_rules.toml``: patterns over a sentence with marks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from kgraph.data import compile_pattern, expand_fragments, read_toml

FIGURE, METRIC, DATA_SET = "\ue000", "\ue001", "\ue002"
"""The marks. They are private characters of Unicode, so texts contain them only by accident."""

Check = Literal["condition", "reached", "plain"]
"""What else must hold for a value; ``result_rules.toml`` explains each."""


@dataclass(frozen=True, slots=True)
class ResultRule:
    """A pattern over a marked sentence.

    ``reports`` says whether the figure is a value, a change, or the value
    after a change. ``check`` is what else must hold, ``unnamed_metric`` the
    metric of a rule whose pattern has none. ``result_rules.toml`` explains
    the groups of patterns.
    """

    name: str
    reports: Literal["value", "change", "both"]
    confidence: float
    pattern: re.Pattern[str]
    check: Check | None
    unnamed_metric: str | None


@dataclass(frozen=True, slots=True)
class Direction:
    """Words of change that say whether a number rises (1) or falls (-1).

    The direction of ``judged`` words depends on which direction is better.
    """

    pattern: re.Pattern[str]
    direction: int
    judged: bool


@dataclass(frozen=True, slots=True)
class ResultRules:
    """All rules in order, and the wording around a match (``result_rules.toml`` explains each)."""

    rules: tuple[ResultRule, ...]
    list_rules: tuple[ResultRule, ...]
    directions: tuple[Direction, ...]
    changing: re.Pattern[str]
    respectively: re.Pattern[str]
    also_metric: re.Pattern[str]
    also_on: re.Pattern[str]
    row_of_figures: re.Pattern[str]
    other_clause: re.Pattern[str]
    other_statement: re.Pattern[str]
    of_others: re.Pattern[str]
    condition: re.Pattern[str]
    hypothetical: re.Pattern[str]
    reaching: re.Pattern[str]
    after: re.Pattern[str]
    inside: re.Pattern[str]
    leading: re.Pattern[str]
    listed: re.Pattern[str]
    trained: re.Pattern[str]
    frames: re.Pattern[str]
    filming: re.Pattern[str]
    compared: re.Pattern[str]
    version: re.Pattern[str]
    share_of: re.Pattern[str]
    relative: re.Pattern[str]
    absolute: re.Pattern[str]
    factor: re.Pattern[str]
    speed: re.Pattern[str]
    slower: re.Pattern[str]
    kind_word: re.Pattern[str]
    continued: re.Pattern[str]
    than: re.Pattern[str]
    paired: re.Pattern[str]
    distances: frozenset[str]
    neutral_nouns: frozenset[str]


@cache
def result_rules() -> ResultRules:
    """Return the rules that ship with kgraph. Raises TypeError if a pattern is missing or unknown."""
    data = read_toml("result_rules.toml")
    marks = {"figure": FIGURE, "metric_mark": METRIC, "data_set": DATA_SET}
    fragments = expand_fragments({**marks, **data["fragments"]})
    wording: dict[str, Any] = {
        name: compile_pattern(pattern, fragments) for name, pattern in data["patterns"].items()
    }
    wording |= {name: frozenset(words) for name, words in data["words"].items()}
    return ResultRules(
        rules=tuple(_rule(entry, fragments) for entry in data["rules"]),
        list_rules=tuple(_rule(entry, fragments) for entry in data["list_rules"]),
        directions=tuple(
            Direction(
                compile_pattern(entry["pattern"], fragments), entry["direction"], entry.get("judged", False)
            )
            for entry in data["directions"]
        ),
        **wording,
    )


def _rule(entry: Mapping[str, Any], fragments: Mapping[str, str]) -> ResultRule:
    return ResultRule(
        name=entry["name"],
        reports=entry["reports"],
        confidence=entry["confidence"],
        pattern=compile_pattern(entry["pattern"], fragments, re.IGNORECASE),
        check=entry.get("check"),
        unnamed_metric=entry.get("unnamed_metric"),
    )
