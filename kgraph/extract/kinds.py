"""The component that says what kind of thing a candidate is, where there is evidence.

In falling order of trust: a list of well-known names, the words right beside a
name ("the TOFU dataset"), the head of the phrase ("continual instruction
tuning"). The head counts only for known terms and names: what it says of a
phrase that nobody else uses ("stored models") is no evidence. A term or name of
no kind is a ``concept``; anything else is a ``phrase``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.background import load_background
from kgraph.extract.document import Candidate
from kgraph.model import Kind
from kgraph.names import is_acronym, looks_named, normal_form, singular

_BESIDE: Mapping[str, Kind] = {
    "algorithm": "method",
    "architecture": "method",
    "baseline": "method",
    "benchmark": "dataset",
    "corpus": "dataset",
    "dataset": "dataset",
    "framework": "method",
    "loss": "method",
    "method": "method",
    "metric": "metric",
    "model": "method",
    "network": "method",
    "score": "metric",
    "task": "task",
}
_KNOWN_TERM = 4
"""Papers of the background corpus that must use a phrase before it counts as a term."""


@dataclass(frozen=True, slots=True)
class KindLists:
    """``heads``: last words of a phrase → kind; ``names``: normal form of a well-known name → kind."""

    heads: Mapping[str, Kind]
    names: Mapping[str, Kind]


@cache
def load_kind_lists() -> KindLists:
    """Read the lists that ship with the package."""
    data = json.loads((files("kgraph.extract") / "data" / "kinds.json").read_text(encoding="utf-8"))
    heads = {normal_form(word): kind for kind, words in data["heads"].items() for word in words}
    names = {normal_form(word): kind for kind, words in data["names"].items() for word in words}
    return KindLists(heads, names)


@Language.component("kgraph_kinds", requires=["doc._.candidates"], assigns=["doc._.kinds"])
def kinds(doc: Doc) -> Doc:
    """Write the kind of every candidate to ``doc._.kinds``, by its key."""
    lists = load_kind_lists()
    doc._.kinds = {candidate.key: kind_of(doc, candidate, lists) for candidate in doc._.candidates}
    return doc


def kind_of(doc: Doc, candidate: Candidate, lists: KindLists) -> Kind:
    """Return the kind of one candidate of a document."""
    keys = [candidate.key, *(normal_form(alias) for alias in candidate.aliases)]
    for key in keys:
        if key in lists.names:
            return lists.names[key]
    named = is_named(candidate)
    if named:
        beside = _beside(doc, candidate)
        if beside:
            return beside
    known = named or len(keys) > 1 or load_background().frequency(candidate.key) >= _KNOWN_TERM
    if not known:
        return "phrase"
    words = candidate.key.split()
    for size in (2, 1):
        head = " ".join(words[-size:])
        if (
            len(words) >= size
            and head in lists.heads
            and (len(words) > size or lists.heads[head] != "method")
        ):
            return lists.heads[head]
    return "concept"


def is_named(candidate: Candidate) -> bool:
    """Whether a candidate is written like a proper name in any of its forms."""
    forms = (candidate.name, *candidate.aliases)
    return any(looks_named(word) or is_acronym(word) for form in forms for word in form.split())


def _beside(doc: Doc, candidate: Candidate) -> Kind | None:
    """Return the kind that most words right beside a name say, or None."""
    votes: Counter[Kind] = Counter()
    for phrase in candidate.phrases:
        if phrase.end < len(doc):
            votes.update(_said_by(doc[phrase.end].lower_))
        if phrase.start > 0:
            votes.update(_said_by(doc[phrase.start - 1].lower_))
    ranked = sorted(votes, key=lambda kind: (-votes[kind], kind))
    return ranked[0] if ranked else None


def _said_by(word: str) -> tuple[Kind, ...]:
    kind = _BESIDE.get(singular(word))
    return (kind,) if kind else ()
