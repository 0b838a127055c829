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
"""Number of concepts of a paper that are kept for their salience alone."""

MOST_CONCEPTS = 60
"""Largest number of concepts of a paper. An abstract that names more is a catalogue."""

_LONGEST_NAME = 4
"""Words of an entity up to which it is kept whatever its salience. Longer ones occur only once."""

_TERM = 4
"""Papers that must use a phrase that is a term."""

_ONE_WORD_RATE = 0.1
"""Keyword rate that a single word needs as well. "network" and "language" have less."""

_PLAIN = 50
"""Papers from which a phrase that is never a keyword is plain language: "data points"."""

_PHRASES_FROM_TOP = 12
"""Number of most salient concepts among which a phrase that is not a term is kept."""


def select(doc: Doc) -> tuple[Candidate, ...]:
    """Return the candidates that the paper is about, by falling salience, ties in text order.

    Candidates with a role are always kept, and so are short names with a kind.
    Of the rest, the MAX_CONCEPTS most salient ones are kept. A candidate that
    occurs only inside others must be a term, so that parts do not displace the
    whole. A list of names ("Qwen and Llama") is not kept, but its parts are.
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
            # The "language" of "language model" is dropped even if "language model" is not kept.
            part = nested or (" " not in key and not _occurs_alone(candidate))
            # A phrase that is written like a name is one, even without a kind.
            unsure = kinds[key] == "phrase" and not named and salient >= _PHRASES_FROM_TOP
            if part or unsure:
                continue
        if salient < MAX_CONCEPTS:
            kept[key] = candidate
            salient += 1
        elif kinds[key] != "phrase" and len(key.split()) <= _LONGEST_NAME:
            kept[key] = candidate
    return tuple(sorted(kept.values(), key=lambda candidate: -found[candidate.key]))


def further(doc: Doc, kept: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return candidates that are a concept only if other papers are about them, by falling salience.

    They have a kind, are terms, or occur somewhere outside longer phrases.
    """
    background = load_background()
    found: Mapping[str, float] = doc._.salience
    kinds: Mapping[str, Kind] = doc._.kinds
    chosen = {candidate.key for candidate in kept}
    rest = [
        candidate
        for candidate in doc._.candidates
        if candidate.key not in chosen
        and (kinds[candidate.key] != "phrase" or is_term(background, candidate) or _occurs_alone(candidate))
    ]
    return tuple(sorted(rest, key=lambda candidate: -found[candidate.key]))


def _occurs_alone(candidate: Candidate) -> bool:
    return any(phrase.maximal for phrase in candidate.phrases)


def is_term(background: Background, candidate: Candidate) -> bool:
    """Return whether enough papers use a candidate, or choose it as a keyword, to make it a term."""
    papers, rate = background.frequency(candidate.key), background.keyword_rate(candidate.key)
    if " " not in candidate.key:
        return papers >= _TERM and rate > _ONE_WORD_RATE
    return papers >= _TERM and (rate > 0 or papers < _PLAIN)


def longer_keys(candidates: Sequence[Candidate]) -> Mapping[str, Sequence[Collection[str]]]:
    """Return, for each mention of each candidate, the keys of the longer candidates around it."""
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
