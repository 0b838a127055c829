"""The component that rates how much a paper is about each of its candidates, 0..1.

It is a logistic model over features: position, frequency and title as in KEA
(Witten et al. 1999), rarity (Spärck Jones 1972), how often authors choose the
phrase as a keyword, and the results of other components. ``scripts/train`` fits
the weights, which are a readable JSON file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from kgraph.data import read_json
from kgraph.extract.document import Candidate, Entity, Phrase, Tokens
from kgraph.extract.terms.background import Background, load_background
from kgraph.extract.terms.kinds import is_named

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
"""The features of a candidate, each between 0 and about 1."""

_KEYWORD = FEATURES.index("keyword")


@dataclass(frozen=True, slots=True)
class _DocumentEvidence:
    """The parts of a document that features depend on."""

    tokens: Tokens
    introduced: frozenset[str]
    used: frozenset[str]
    entities: Mapping[tuple[int, int], Entity]
    covering: Mapping[int, Entity]


@Language.component(
    "kgraph_salience", requires=["doc._.candidates", "doc._.relations"], assigns=["doc._.salience"]
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
    """A logistic model. ``weights`` and ``slopes`` are (features,).

    The weights change with the familiarity of a paper, the share of its
    candidates that any author of the background corpus chose as a keyword,
    because these keywords say more about papers of the same field.
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
    """Return the share of candidates that are a keyword of the background corpus, 0..1."""
    return float(of_candidates[:, _KEYWORD].mean())


def features(doc: Doc, background: Background) -> NDArray[np.float64]:
    """Return the features of each candidate of a document, as an array of (candidates, features)."""
    candidates: Sequence[Candidate] = doc._.candidates
    roles = [relation for relation in doc._.relations if relation.head is None]
    entities: Sequence[Entity] = doc._.entities
    evidence = _DocumentEvidence(
        doc._.tokens,
        frozenset(role.tail for role in roles if role.own_artefact),
        frozenset(role.tail for role in roles if not role.own_artefact),
        {(entity.start, entity.end): entity for entity in entities},
        {token: entity for entity in entities for token in range(entity.start, entity.end)},
    )
    rows = [_features(evidence, background, candidate) for candidate in candidates]
    return np.array(rows, dtype=np.float64).reshape(len(candidates), len(FEATURES))


def _features(evidence: _DocumentEvidence, background: Background, candidate: Candidate) -> tuple[float, ...]:
    """Return the features of a candidate, in the order of FEATURES."""
    key, phrases, tokens = candidate.key, candidate.phrases, evidence.tokens
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
    exact = [
        evidence.entities[phrase.start, phrase.end]
        for phrase in phrases
        if (phrase.start, phrase.end) in evidence.entities
    ]
    entity = max((found.confidence for found in exact), default=0.0)
    kinds = {found.kind: found.confidence for found in exact}
    ends, inside = _cover(evidence, phrases)
    sentences = [tokens.sentence_of[phrase.start] for phrase in phrases]
    # The blank line between title and abstract belongs to the last sentence of the title.
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
        float(key in evidence.introduced),
        float(key in evidence.used),
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


def _cover(evidence: _DocumentEvidence, phrases: Sequence[Phrase]) -> tuple[int, int]:
    """Return how many phrases end with an entity, and how many are inside one or equal to it."""
    ends = inside = 0
    for phrase in phrases:
        entity = evidence.covering.get(phrase.end - 1)
        if entity is not None:
            ends += entity.end == phrase.end
            inside += entity.start <= phrase.start
    return ends, inside


@cache
def load_ranker() -> Ranker:
    """Return the model that ships with kgraph: a weight and a slope for the bias and each feature."""
    read = cast(dict[str, list[float]], read_json("salience.json")["weights"])
    pairs = np.array([read[name] for name in FEATURES])
    bias, bias_slope = read["bias"]
    return Ranker(bias, bias_slope, pairs[:, 0], pairs[:, 1])
