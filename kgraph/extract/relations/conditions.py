"""Conditions on the mentions that a rule for relations accepts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kgraph.extract.document import Candidate, Tokens
from kgraph.extract.relations.sentence import SentenceMention
from kgraph.extract.relations.wording import load_wording
from kgraph.extract.terms.background import load_background
from kgraph.extract.terms.boilerplate import load_boilerplate
from kgraph.extract.terms.kinds import is_named
from kgraph.model import Kind

_COMMON = 25
"""Papers of the background corpus from which no single paper can have introduced a phrase."""

ConditionName = Literal[
    "any",
    "named",
    "proper-name",
    "new-name",
    "coined-name",
    "unused-phrase",
    "specific-phrase",
    "known-or-named",
    "one-data-set",
]
"""The names that ``relations.toml`` uses for conditions, which it explains."""


@dataclass(frozen=True, slots=True)
class Context:
    """The document that rules read. ``proper_names`` caches :func:`is_proper_name` by key."""

    tokens: Tokens
    kinds: Mapping[str, Kind]
    proper_names: dict[str, bool] = field(default_factory=dict)


Condition = Callable[[Context, SentenceMention], bool]


def is_proper_name(context: Context, mention: SentenceMention) -> bool:
    """Return whether a candidate is written as a name: inner capitals, or capitals in running text."""
    key = mention.key
    if key not in context.proper_names:
        context.proper_names[key] = _is_written_as_name(context.tokens, mention.candidate)
    return context.proper_names[key]


def is_new_name(context: Context, mention: SentenceMention) -> bool:
    """Return whether a mention is written as a name that other papers rarely use."""
    return is_proper_name(context, mention) and not _is_common(mention)


def _is_written_as_name(tokens: Tokens, candidate: Candidate) -> bool:
    if is_named(candidate):
        return True
    inside_names = load_wording().inside_names
    for phrase in candidate.phrases:
        start = phrase.start
        if start < tokens.title or tokens.sentences[tokens.sentence_of[start]][0] == start:
            continue
        if not tokens.text[tokens.starts[start]].isupper():
            continue
        words = [word for word in re.split(r"[\s-]+", tokens.written(start, phrase.end)) if word]
        if all(word[0].isupper() or word in inside_names for word in words):
            return True
    return False


def _is_common(mention: SentenceMention) -> bool:
    """Return whether so many papers use a candidate that this one cannot have introduced it."""
    return load_background().frequency(mention.key) >= _COMMON


def _is_unused(mention: SentenceMention) -> bool:
    """Return whether no paper of the background corpus uses a candidate."""
    return load_background().frequency(mention.key) == 0


def _is_coined_name(context: Context, mention: SentenceMention) -> bool:
    is_single_word = mention.candidate.phrases[0].size == 1
    return is_proper_name(context, mention) or (is_single_word and _is_unused(mention))


def _is_unused_phrase(context: Context, mention: SentenceMention) -> bool:
    return mention.phrase.size > 1 and _is_unused(mention) and not _is_coined_name(context, mention)


def _is_specific_phrase(context: Context, mention: SentenceMention) -> bool:
    boilerplate = load_boilerplate()
    return (
        mention.phrase.size > 1
        and not _is_common(mention)
        and mention.key.split()[-1] not in boilerplate.generic
        and context.tokens.lowered[mention.phrase.end - 1] not in boilerplate.tails
    )


def _is_one_data_set(context: Context, mention: SentenceMention) -> bool:
    last_word = context.tokens.lowered[mention.phrase.end - 1]
    return is_proper_name(context, mention) and last_word not in load_wording().several_data_sets


CONDITIONS: Mapping[ConditionName, Condition] = {
    "any": lambda _, __: True,
    "named": lambda _, mention: is_named(mention.candidate),
    "proper-name": is_proper_name,
    "new-name": is_new_name,
    "coined-name": _is_coined_name,
    "unused-phrase": _is_unused_phrase,
    "specific-phrase": _is_specific_phrase,
    "known-or-named": lambda _, mention: _is_common(mention) or is_named(mention.candidate),
    "one-data-set": _is_one_data_set,
}
"""The conditions by name."""
