"""The component that says how much a paper is about each of its candidates, 0..1.

A logistic model over features whose weights ship as JSON and can be
read: position, frequency and title as in KEA (Witten et al. 1999), rarity
(Spärck Jones 1972), how often authors choose the phrase as a keyword, and what
the other components found. ``scripts/salience`` makes the fits that they are
rounded from.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.background import Background, load_background
from kgraph.extract.document import Candidate, in_title
from kgraph.extract.kinds import is_named

MAX_CONCEPTS = 25
"""How many concepts of a paper are kept at most."""

_SURE = 0.7
"""Confidence from which a role alone keeps a concept."""

_TERM = 4
"""Papers that must use a phrase before it is kept where it only stands inside longer ones."""

_ONE_WORD_RATE = 0.03
"""Keyword rate that a single word must have as well."""


@Language.component(
    "kgraph_salience", requires=["doc._.candidates", "doc._.roles"], assigns=["doc._.salience"]
)
def salience(doc: Doc) -> Doc:
    """Write the salience of every candidate to ``doc._.salience``, by its key."""
    weights = load_weights()
    doc._.salience = {
        candidate.key: _logistic(
            weights["bias"] + sum(weights[name] * value for name, value in features(doc, candidate).items())
        )
        for candidate in doc._.candidates
    }
    return doc


def features(doc: Doc, candidate: Candidate) -> Mapping[str, float]:
    """Return the features of a candidate, each between 0 and about 1."""
    background = load_background()
    key = candidate.key
    count = len(candidate.phrases)
    whole = sum(phrase.maximal for phrase in candidate.phrases)
    words = len(key.split())
    title = [phrase for phrase in candidate.phrases if in_title(doc, phrase)]
    roles = {role.type for role in doc._.roles if role.tail == key and role.head is None}
    return {
        "in_title": float(bool(title)),
        "whole_title_phrase": float(any(phrase.maximal for phrase in title)),
        "early": 1.0 - candidate.phrases[0].start / max(1, len(doc)),
        "frequency": math.log1p(count) / math.log(10),
        "whole": whole / count,
        "rarity": background.rarity(key),
        "keyword_rate": math.sqrt(background.keyword_rate(key)),
        "plain_word": float(words == 1 and not background.is_keyword(key) and not is_named(candidate)),
        "known_phrase": float(words > 1 and background.frequency(key) > 0),
        "one_word": float(words == 1),
        "long": float(words > 3),
        "abbreviated": float(bool(candidate.aliases)),
        "introduced": float("INTRODUCES" in roles),
        "used": float(bool(roles - {"INTRODUCES"})),
    }


def select(doc: Doc) -> tuple[Candidate, ...]:
    """Return the candidates to keep, by falling salience, ties in the order of the text.

    What the paper introduces, evaluates on or names as used comes before the
    rest. A candidate that stands only inside others that are kept must be a
    term of its own right, so that parts do not crowd the whole out of the list.
    """
    background = load_background()
    cast = {role.tail for role in doc._.roles if role.head is None and role.confidence >= _SURE}
    ranked = sorted(
        doc._.candidates,
        key=lambda candidate: (candidate.key not in cast, -doc._.salience[candidate.key]),
    )
    kept: list[Candidate] = []
    for candidate in ranked:
        if len(kept) == MAX_CONCEPTS:
            break
        if not any(_nested(candidate, longer) for longer in kept) or _is_term(background, candidate):
            kept.append(candidate)
    return tuple(sorted(kept, key=lambda candidate: -doc._.salience[candidate.key]))


def further(doc: Doc, kept: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return what else may be a concept, by falling salience, if other papers are about it.

    Terms of their own right, and what stands somewhere on its own.
    """
    background = load_background()
    rest = [
        candidate
        for candidate in doc._.candidates
        if candidate not in kept
        and (_is_term(background, candidate) or any(phrase.maximal for phrase in candidate.phrases))
    ]
    return tuple(sorted(rest, key=lambda candidate: -doc._.salience[candidate.key]))


def _is_term(background: Background, candidate: Candidate) -> bool:
    frequent = background.frequency(candidate.key) >= _TERM
    if len(candidate.key.split()) == 1:
        return frequent and background.keyword_rate(candidate.key) > _ONE_WORD_RATE
    return frequent


def _nested(candidate: Candidate, longer: Candidate) -> bool:
    return longer is not candidate and all(
        any(
            outer.start <= inner.start and inner.end <= outer.end and inner.size < outer.size
            for outer in longer.phrases
        )
        for inner in candidate.phrases
    )


@cache
def load_weights() -> Mapping[str, float]:
    """Return the weight of each feature, and ``bias``."""
    text = (files("kgraph.extract") / "data" / "salience.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(text)["weights"]
    return weights


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value))
