"""The component that decides the kind of each candidate from evidence.

The evidence is, in falling order of trust: a list of well-known names, the
entities among its mentions (a vote weighted by confidence, so that the mentions
of a concept agree), and the words next to a name ("the TOFU dataset"). A
candidate without evidence is a ``phrase``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.data import read_json
from kgraph.extract.document import Candidate, Entity, Tokens
from kgraph.extract.reader.wording import load_wording
from kgraph.model import Kind
from kgraph.names import is_acronym, looks_named, normal_form, singular


@cache
def known_names() -> Mapping[str, Kind]:
    """Return the kinds of well-known names by normal form, from the list that ships with kgraph."""
    data = read_json("known_names.json")
    return {normal_form(word): kind for kind, words in data["names"].items() for word in words}


@Language.component("kgraph_kinds", requires=["doc._.candidates", "doc._.entities"], assigns=["doc._.kinds"])
def kinds(doc: Doc) -> Doc:
    """Write the kind of every candidate to ``doc._.kinds``, by its key."""
    names = known_names()
    tokens: Tokens = doc._.tokens
    entities = {(entity.start, entity.end): entity for entity in doc._.entities}
    doc._.kinds = {
        candidate.key: kind_of(tokens, entities, candidate, names) for candidate in doc._.candidates
    }
    return doc


def kind_of(
    tokens: Tokens,
    entities: Mapping[tuple[int, int], Entity],
    candidate: Candidate,
    names: Mapping[str, Kind],
) -> Kind:
    """Return the kind of a candidate. ``entities`` are by their tokens (start, end)."""
    for form in (candidate.key, *candidate.aliases):
        key = normal_form(form)
        if key in names:
            return names[key]
    votes: dict[Kind, float] = {}
    for phrase in candidate.phrases:
        entity = entities.get((phrase.start, phrase.end))
        if entity is not None:
            votes[entity.kind] = votes.get(entity.kind, 0.0) + entity.confidence
    if votes:
        return min(votes, key=lambda kind: (-votes[kind], kind))
    return (_kind_of_neighbours(tokens, candidate) if is_named(candidate) else None) or "phrase"


def is_named(candidate: Candidate) -> bool:
    """Return whether any form of a candidate is written like a proper name."""
    return _has_name(candidate.name) or any(_has_name(form) for form in candidate.aliases)


@lru_cache(maxsize=100_000)
def _has_name(form: str) -> bool:
    return any(looks_named(word) or is_acronym(word) for word in form.split())


def _kind_of_neighbours(tokens: Tokens, candidate: Candidate) -> Kind | None:
    """Return the kind that most words next to a name imply, or None."""
    votes: Counter[Kind] = Counter()
    for phrase in candidate.phrases:
        if phrase.end < len(tokens.lowered):
            votes.update(_kinds_implied_by(tokens.lowered[phrase.end]))
        if phrase.start > 0:
            votes.update(_kinds_implied_by(tokens.lowered[phrase.start - 1]))
    ranked = sorted(votes, key=lambda kind: (-votes[kind], kind))
    return ranked[0] if ranked else None


def _kinds_implied_by(word: str) -> tuple[Kind, ...]:
    kind = load_wording().neighbours.get(singular(word))
    return (kind,) if kind else ()
