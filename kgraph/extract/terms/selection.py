"""Select the candidates that become concepts of a paper."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from spacy.tokens import Doc

from kgraph.extract.document import Candidate, Phrase, Tokens
from kgraph.extract.terms.background import Background, load_background
from kgraph.extract.terms.boilerplate import load_boilerplate
from kgraph.extract.terms.kinds import is_named
from kgraph.extract.terms.phrases import is_list
from kgraph.model import Kind

MAX_CONCEPTS = 25
"""How many concepts of a paper are kept for their salience alone."""

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
    with_role = {relation.tail for relation in doc._.relations if relation.head is None}
    ranked = sorted(
        doc._.candidates, key=lambda candidate: (candidate.key not in with_role, -found[candidate.key])
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
        if key in with_role:
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
