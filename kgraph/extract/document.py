"""A paper as one spaCy document, and the records that components write to it.

The text is the title, a blank line and the abstract. Components read and write
these extension attributes:

=================== ===================================================================
``title_length``    length of the title in characters, for offsets by field
``tokens``          the tokens as plain lists (:class:`Tokens`), by ``kgraph_sentences``
``words``           tokens joined over hyphens (:class:`Word`), by ``kgraph_words``
``entities``        spans that name a task, a method … (:class:`Entity`), by ``kgraph_entities``
``phrases``         noun phrases and their noun-final parts, by ``kgraph_phrases``
``abbreviations``   pairs that the paper defines, by ``kgraph_abbreviations``
``candidates``      phrases that name the same thing, by ``kgraph_candidates``
``kinds``           key → kind, by ``kgraph_kinds``
``sentences``       the mentions of each sentence (``Sentence``), by ``kgraph_relations``
``relations``       relations of the paper and between candidates, by ``kgraph_relations`` and
                    ``kgraph_relation_model``
``results``         results that the paper reports, by ``kgraph_results``
``salience``        key → 0..1, by ``kgraph_salience``
=================== ===================================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from spacy.language import Language
from spacy.tokens import Doc

from kgraph.model import Evidence, Field, Kind, Mention, Paper
from kgraph.names import is_acronym, looks_named

BREAK = "\n\n"
"""The text between title and abstract in a document."""

# Not language: hundreds of characters without a space, for which the time of a tokeniser grows
# with the square of their number, and halves of surrogate pairs, which cannot be encoded.
_UNREADABLE = re.compile(r"\S{300,}|[\ud800-\udfff]+")

_WORD = re.compile(r"[^\s\-‐‑–—/()\[\]:;,?!\"“”]+")

MOST_TOKENS = 24
MOST_CHARACTERS = 100
"""Largest size of a name. Anything longer is a list, a formula or an attack."""

LONGEST = 10_000
"""Characters of a title, and of an abstract, that are read. No real abstract is longer."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a document as plain lists, which rules read many times faster than spaCy's views.

    ``starts`` and ``ends`` are character offsets in the original ``text``.
    ``forms`` are the tokens as they were tagged, ``lowered`` the same in lower
    case. ``title`` is the number of tokens of the title, ``abstract`` the
    character offset of the abstract. ``sentences`` are pairs of tokens (first,
    one after the last), and ``sentence_of`` has the index of the sentence of
    each token.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    forms: Sequence[str]
    lowered: Sequence[str]
    tags: Sequence[str]
    title: int
    abstract: int
    sentences: Sequence[tuple[int, int]]
    sentence_of: Sequence[int]

    def written(self, start: int, end: int) -> str:
        """Return the original text of tokens ``start`` to ``end``."""
        return self.text[self.starts[start] : self.ends[end - 1]]


# There are hundreds of these in a paper, and a struct is made several times faster than a dataclass.
class Word(msgspec.Struct, frozen=True, gc=False):
    """Tokens ``start`` to ``end`` written as one word, its Penn Treebank tag, and its text."""

    start: int
    end: int
    tag: str
    text: str


class Entity(msgspec.Struct, frozen=True, gc=False):
    """Tokens ``start`` to ``end`` that name something of a kind; ``confidence`` is in 0..1."""

    start: int
    end: int
    kind: Kind
    confidence: float


class Phrase(msgspec.Struct, frozen=True, gc=False):
    """A span of words that may name something.

    ``start`` and ``end`` are tokens, ``key`` is the normal form and ``size``
    its number of words. A ``maximal`` phrase is not part of a longer one,
    except for words like "novel" before it. An ``opened`` phrase starts with
    such a word, and may still be a term ("small language model").
    """

    start: int
    end: int
    key: str
    size: int
    maximal: bool
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A pair of short and long form with their offsets in the document's text."""

    short: str
    long: str
    short_start: int
    long_start: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Phrases of one document that name the same thing.

    ``key`` is the normal form of ``name``, the form to show. ``aliases`` are
    the other surface forms. ``phrases`` are in text order.
    """

    key: str
    name: str
    aliases: tuple[str, ...]
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class CandidateRelation:
    """A relation between candidates, by their keys.

    ``type`` is a relationship type of the schema. A ``head`` of None is the
    paper itself. ``confidence`` is in 0..1. ``own_artefact`` says that the
    paper made the concept at the tail, ``implied_kind`` the kind that the
    relation gives it if nothing else does.
    """

    type: str
    head: str | None
    tail: str
    evidence: Evidence
    confidence: float
    own_artefact: bool = False
    implied_kind: Kind | None = None


_ATTRIBUTES: dict[str, object] = {
    "title_length": 0,
    "tokens": None,
    "words": (),
    "entities": (),
    "phrases": (),
    "abbreviations": (),
    "candidates": (),
    "kinds": None,
    "sentences": (),
    "relations": (),
    "results": (),
    "salience": None,
}
for _name, _default in _ATTRIBUTES.items():
    Doc.set_extension(_name, default=_default, force=True)


def make_document(nlp: Language, paper: Paper) -> Doc:
    """Return the tokens of a paper as a document.

    A title in title case would be tagged as one long proper name, so its
    words are put in lower case unless they are written like names. The length
    of the text does not change, so offsets are those of the paper, and
    :meth:`Tokens.written` returns the original spelling.
    """
    title = paper.title[:LONGEST]
    text = title + BREAK + paper.abstract[:LONGEST]
    shown = _WORD.sub(_lowered, title) + text[len(title) :] if _is_title_case(title) else text
    tagged = _UNREADABLE.sub(lambda found: "x" * len(found.group()), shown)
    doc = nlp.make_doc(tagged)
    doc.user_data["text"], doc.user_data["tagged"] = text, tagged
    doc._.title_length = len(title)
    return doc


def mention(tokens: Tokens, phrase: Phrase) -> Mention:
    """Return a phrase as a mention, with character offsets in its field."""
    start, end = tokens.starts[phrase.start], tokens.ends[phrase.end - 1]
    if phrase.start < tokens.title:
        return Mention("title", start, end, tokens.text[start:end])
    offset = tokens.abstract
    return Mention("abstract", start - offset, end - offset, tokens.text[start:end])


def sentence_evidence(tokens: Tokens, first: int, last: int, producer: str) -> Evidence:
    """Return the sentence of tokens ``first`` to ``last`` as evidence, without the white space around it."""
    text = tokens.text
    start, end = tokens.starts[first], tokens.ends[last - 1]
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    field: Field = "abstract" if start >= tokens.abstract else "title"
    offset = tokens.abstract if field == "abstract" else 0
    return Evidence(field, start - offset, end - offset, text[start:end], producer)


def _is_title_case(title: str) -> bool:
    words = [word for word in title.split() if word[:1].isalpha()]
    capitals = sum(word[0].isupper() for word in words)
    return capitals * 2 > len(words)


def _lowered(found: re.Match[str]) -> str:
    word = found.group()
    if looks_named(word) or is_acronym(word):
        return word
    if len(word) == 1 and found.string[found.end() : found.end() + 1] == "-":
        return word  # "E-3DGS", "Q-learning"
    lower = word.lower()
    return lower if len(lower) == len(word) else word
