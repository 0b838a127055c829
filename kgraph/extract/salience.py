"""The component that says how much a paper is about each of its candidates, 0..1.

A logistic model over features whose weights ship as JSON and can be
read: position, frequency and title as in KEA (Witten et al. 1999), rarity
(Spärck Jones 1972), how often authors choose the phrase as a keyword, and what
the other components found. ``scripts/train`` fits them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.background import Background, load_background
from kgraph.extract.boilerplate import load_boilerplate
from kgraph.extract.document import Candidate, Entity, Phrase, Tokens
from kgraph.extract.kinds import is_named
from kgraph.extract.sentence import is_list
from kgraph.model import Kind

MAX_CONCEPTS = 25
"""How many concepts of a paper are kept for their salience alone."""

FEATURES = (
    "in_title",
    "whole_title_phrase",
    "early",
    "first_sentence",
    "last_sentence",
    "spread",
    "frequency",
    "whole",
    "whole_once",
    "rarity",
    "unseen",
    "keyword_rate",
    "keyword",
    "head_rate",
    "plain_word",
    "known_phrase",
    "one_word",
    "two_words",
    "three_words",
    "long",
    "adjective_first",
    "named",
    "abbreviated",
    "introduced",
    "used",
    "entity",
    "entity_task",
    "entity_method",
    "entity_dataset",
    "entity_metric",
    "entity_concept",
    "entity_ends",
    "inside_entity",
    "title_entity",
    "title_rarity",
    "title_keyword",
    "frequency_rarity",
    "frequency_one_word",
    "entity_one_word",
    "entity_rarity",
    "whole_rarity",
)
"""What the model sees of a candidate, each between 0 and about 1."""

_KEYWORD = FEATURES.index("keyword")

MOST_CONCEPTS = 60
"""How many are kept in all: an abstract that names more is a catalogue."""

_LONGEST_NAME = 4
"""Words of an entity up to which it is kept whatever its salience; longer ones are said once."""

_TERM = 4
"""Papers that must use a phrase before it is a term."""

_ONE_WORD_RATE = 0.1
"""Keyword rate that a single word must have as well: "network" and "language" have less."""

_PLAIN = 50
"""Papers from which a phrase that nobody chose as a keyword is plain language: "data points"."""

_SURE_OF = 12
"""Most salient concepts among which a noun phrase stays that is neither a term nor was read as anything."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What features need to know of a document."""

    tokens: Tokens
    roles: Mapping[str, frozenset[str]]
    entities: Mapping[tuple[int, int], Entity]
    covering: Mapping[int, Entity]


@Language.component(
    "kgraph_salience", requires=["doc._.candidates", "doc._.roles"], assigns=["doc._.salience"]
)
def salience(doc: Doc) -> Doc:
    """Write the salience of every candidate to ``doc._.salience``, by its key."""
    candidates: Sequence[Candidate] = doc._.candidates
    scores = load_ranker().scores(features(doc, load_background()))
    doc._.salience = {
        candidate.key: score for candidate, score in zip(candidates, scores.tolist(), strict=True)
    }
    return doc


@dataclass(frozen=True, slots=True)
class Ranker:
    """A logistic model; ``weights`` and ``slopes`` are (features,).

    The weights change with how familiar a paper's words are, the share of its
    candidates that any author of the background corpus chose as a keyword:
    where it is one of their field, what they chose says more.
    """

    bias: float
    bias_slope: float
    weights: NDArray[np.float64]
    slopes: NDArray[np.float64]

    def scores(self, of_candidates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the salience of the candidates of one paper: (candidates, features) to (candidates,)."""
        if not len(of_candidates):
            return np.zeros(0)
        familiar = familiarity(of_candidates)
        weights = self.weights + familiar * self.slopes
        found = of_candidates @ weights + self.bias + familiar * self.bias_slope
        return 1.0 / (1.0 + np.exp(-found))


def familiarity(of_candidates: NDArray[np.float64]) -> float:
    """Return the share of candidates that are somebody's keyword, 0..1."""
    return float(of_candidates[:, _KEYWORD].mean())


def features(doc: Doc, background: Background) -> NDArray[np.float64]:
    """Return (candidates, features)."""
    candidates: Sequence[Candidate] = doc._.candidates
    roles: dict[str, set[str]] = {}
    for role in doc._.roles:
        if role.head is None:
            roles.setdefault(role.tail, set()).add(role.type)
    entities: Sequence[Entity] = doc._.entities
    reading = _Reading(
        doc._.tokens,
        {key: frozenset(types) for key, types in roles.items()},
        {(entity.start, entity.end): entity for entity in entities},
        {token: entity for entity in entities for token in range(entity.start, entity.end)},
    )
    rows = [_features(reading, background, candidate) for candidate in candidates]
    return np.array(rows, dtype=np.float64).reshape(len(candidates), len(FEATURES))


def _features(reading: _Reading, background: Background, candidate: Candidate) -> tuple[float, ...]:
    """Return the features of a candidate, in the order of FEATURES."""
    key, phrases, tokens = candidate.key, candidate.phrases, reading.tokens
    count = len(phrases)
    total = max(1, len(tokens.starts))
    title = [phrase for phrase in phrases if phrase.start < tokens.title]
    in_title = float(bool(title))
    words = key.split()
    size = len(words)
    one_word = float(size == 1)
    frequency = math.log1p(count) / math.log(10)
    whole = sum(phrase.maximal for phrase in phrases) / count
    rarity = background.rarity(key)
    seen = background.frequency(key)
    keyword = background.is_keyword(key)
    keyword_rate = math.sqrt(background.keyword_rate(key))
    named = is_named(candidate)
    roles = reading.roles.get(key, frozenset())
    exact = [
        reading.entities[phrase.start, phrase.end]
        for phrase in phrases
        if (phrase.start, phrase.end) in reading.entities
    ]
    entity = max((found.confidence for found in exact), default=0.0)
    kinds = {found.kind: found.confidence for found in exact}
    ends, inside = _cover(reading, phrases)
    sentences = [tokens.sentence_of[phrase.start] for phrase in phrases]
    # The blank line between title and abstract belongs to the sentence before.
    abstract_starts = tokens.sentence_of[min(tokens.title, total - 1)] + 1
    first = phrases[0]
    return (
        in_title,
        float(any(phrase.maximal for phrase in title)),
        1.0 - first.start / total,
        float(abstract_starts in sentences),
        float(len(tokens.sentences) - 1 in sentences),
        (phrases[-1].start - first.start) / total,
        frequency,
        whole,
        float(whole > 0),
        rarity,
        float(seen == 0),
        keyword_rate,
        float(keyword),
        math.sqrt(background.keyword_rate(words[-1])) if size > 1 else 0.0,
        float(size == 1 and not keyword and not named),
        float(size > 1 and seen > 0),
        one_word,
        float(size == 2),
        float(size == 3),
        float(size > 3),
        float(size > 1 and tokens.tags[first.start].startswith("JJ")),
        float(named),
        float(bool(candidate.aliases)),
        float("INTRODUCES" in roles),
        float(bool(roles - {"INTRODUCES"})),
        entity,
        kinds.get("task", 0.0),
        kinds.get("method", 0.0),
        kinds.get("dataset", 0.0),
        kinds.get("metric", 0.0),
        kinds.get("concept", 0.0),
        ends / count,
        inside / count,
        in_title * entity,
        in_title * rarity,
        in_title * keyword_rate,
        frequency * rarity,
        frequency * one_word,
        entity * one_word,
        entity * rarity,
        whole * rarity,
    )


def _cover(reading: _Reading, phrases: Sequence[Phrase]) -> tuple[int, int]:
    """Return how many phrases end where an entity does, and how many lie in one or are one."""
    ends = inside = 0
    for phrase in phrases:
        entity = reading.covering.get(phrase.end - 1)
        if entity is not None:
            ends += entity.end == phrase.end
            inside += entity.start <= phrase.start
    return ends, inside


def select(doc: Doc) -> tuple[Candidate, ...]:
    """Return the candidates that the paper is about, by falling salience, ties in the order of the text.

    What it introduces, evaluates on, compares with or names as used is always
    kept, and so are short names that were read as a task, a method, a data set,
    a metric or a term; of the rest the MAX_CONCEPTS most salient ones. A
    candidate that stands only inside others that are kept must be a term of
    its own right, so that parts do not crowd the whole out of the list, and
    what names several things ("Qwen and Llama") is left to its parts.
    """
    background, boilerplate = load_background(), load_boilerplate()
    tokens: Tokens = doc._.tokens
    found: Mapping[str, float] = doc._.salience
    kinds: Mapping[str, Kind] = doc._.kinds
    cast_ = {role.tail for role in doc._.roles if role.head is None}
    ranked = sorted(
        doc._.candidates, key=lambda candidate: (candidate.key not in cast_, -found[candidate.key])
    )
    within = longer_keys(doc._.candidates)
    kept: dict[str, Candidate] = {}
    salient = 0
    for candidate in ranked:
        key = candidate.key
        if len(kept) == MOST_CONCEPTS:
            break
        named = is_named(candidate)
        if all(is_list(tokens, phrase) for phrase in candidate.phrases) or boilerplate.is_boilerplate(
            key, named=named
        ):
            continue
        if key in cast_:
            kept[key] = candidate
            continue
        nested = not any(kept.keys().isdisjoint(longer) for longer in within[key])
        if not is_term(background, candidate):
            # The "language" of "language model" is not kept even where that is not.
            part = nested or (" " not in key and not _stands_alone(candidate))
            # What is written like a name is one, though nobody read it.
            unsure = kinds[key] == "phrase" and not named and salient >= _SURE_OF
            if part or unsure:
                continue
        if salient < MAX_CONCEPTS:
            kept[key] = candidate
            salient += 1
        elif kinds[key] != "phrase" and len(key.split()) <= _LONGEST_NAME:
            kept[key] = candidate
    return tuple(sorted(kept.values(), key=lambda candidate: -found[candidate.key]))


def further(doc: Doc, kept: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return what else may be a concept, by falling salience, if other papers are about it.

    What was read as a task, a method, a data set, a metric or a term, terms of
    their own right, and what stands somewhere on its own.
    """
    background = load_background()
    found: Mapping[str, float] = doc._.salience
    kinds: Mapping[str, Kind] = doc._.kinds
    chosen = {candidate.key for candidate in kept}
    rest = [
        candidate
        for candidate in doc._.candidates
        if candidate.key not in chosen
        and (kinds[candidate.key] != "phrase" or is_term(background, candidate) or _stands_alone(candidate))
    ]
    return tuple(sorted(rest, key=lambda candidate: -found[candidate.key]))


def _stands_alone(candidate: Candidate) -> bool:
    return any(phrase.maximal for phrase in candidate.phrases)


def is_term(background: Background, candidate: Candidate) -> bool:
    """Whether so many papers use a candidate, or chose it as a keyword, that it is a term."""
    papers, rate = background.frequency(candidate.key), background.keyword_rate(candidate.key)
    if " " not in candidate.key:
        return papers >= _TERM and rate > _ONE_WORD_RATE
    return papers >= _TERM and (rate > 0 or papers < _PLAIN)


def longer_keys(candidates: Sequence[Candidate]) -> Mapping[str, Sequence[Collection[str]]]:
    """Return for each candidate and each of its mentions the keys of those that the mention is a part of."""
    covering: dict[int, list[tuple[Phrase, str]]] = {}
    for candidate in candidates:
        for phrase in candidate.phrases:
            for token in range(phrase.start, phrase.end) if phrase.size > 1 else ():
                covering.setdefault(token, []).append((phrase, candidate.key))
    return {
        candidate.key: [
            {
                key
                for phrase, key in covering.get(inner.start, ())
                if inner.end <= phrase.end and inner.size < phrase.size and key != candidate.key
            }
            for inner in candidate.phrases
        ]
        for candidate in candidates
    }


@cache
def load_ranker() -> Ranker:
    """Read the model that ships: for the bias and each feature a weight and its slope."""
    text = (files("kgraph.extract") / "data" / "salience.json").read_text(encoding="utf-8")
    read = cast(dict[str, list[float]], json.loads(text)["weights"])
    pairs = np.array([read[name] for name in FEATURES])
    bias, bias_slope = read["bias"]
    return Ranker(bias, bias_slope, pairs[:, 0], pairs[:, 1])
