"""A paper as one spaCy document, and the way back from it to title and abstract.

The text is the title, a blank line and the abstract. Every component of the
pipeline reads and writes the extension attributes that are registered here:

=================== ==================================================================
``title_length``    characters of the title, so that offsets can be given by field
``words``           tokens joined over hyphens (:class:`Word`), by ``kgraph_words``
``phrases``         noun phrases and their noun-final parts, by ``kgraph_phrases``
``abbreviations``   pairs that the paper defines, by ``kgraph_abbreviations``
``candidates``      phrases that name one thing, by ``kgraph_candidates``
``kinds``           key → kind and why, by ``kgraph_kinds``
``roles``           relations of the paper and between concepts, by ``kgraph_relations``
``salience``        key → 0..1, by ``kgraph_salience``
=================== ==================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span

from kgraph.model import Evidence, Field, Mention, Paper
from kgraph.names import is_acronym, looks_named

_BREAK = "\n\n"

# Not language: hundreds of characters without a space, which a tokeniser takes a time for
# that grows with their square, and halves of surrogate pairs, which no encoding has.
_UNREADABLE = re.compile(r"\S{300,}|[\ud800-\udfff]+")

LONGEST = 10_000
"""Characters of a title, and of an abstract, that are read; what is longer is no abstract."""


@dataclass(frozen=True, slots=True)
class Word:
    """Tokens ``start`` to ``end`` that are written as one word, and its Penn Treebank tag."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of words that may name something.

    ``start`` and ``end`` are tokens; ``key`` is the normal form; ``size`` its
    number of words; ``maximal`` says that it is no part of a longer one, but
    for words like "novel" before it; ``opened`` that it starts with such a word,
    and may be a term all the same ("small language model").
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

    ``key`` is the normal form of ``name``, the form to show; ``aliases`` are
    the other surface forms; ``phrases`` stand in the order of the text.
    """

    key: str
    name: str
    aliases: tuple[str, ...]
    phrases: tuple[Phrase, ...]


_ATTRIBUTES: dict[str, object] = {
    "title_length": 0,
    "words": (),
    "phrases": (),
    "abbreviations": (),
    "candidates": (),
    "kinds": None,
    "roles": (),
    "salience": None,
}
for _name, _default in _ATTRIBUTES.items():
    Doc.set_extension(_name, default=_default, force=True)


def make_document(nlp: Language, paper: Paper) -> Doc:
    """Tokenise a paper.

    A title in title case would be tagged as one long proper name, so its
    words are put in lower case, character for character, unless they are
    written like names. Offsets stay those of the paper; :func:`text_of` gives
    the original spelling back.
    """
    title = paper.title[:LONGEST]
    text = title + _BREAK + paper.abstract[:LONGEST]
    doc = nlp.make_doc(_UNREADABLE.sub(lambda found: "x" * len(found.group()), text))
    boundary = len(title)
    if _is_title_case(title):
        words = [_lowered(token.text) if token.idx < boundary else token.text for token in doc]
        spaces = [bool(token.whitespace_) for token in doc]
        doc = Doc(nlp.vocab, words=words, spaces=spaces)
    doc.user_data["text"] = text
    doc._.title_length = boundary
    return doc


def text_of(doc: Doc, start: int, end: int) -> str:
    """Return the original text of tokens ``start`` to ``end``."""
    first, last = doc[start], doc[end - 1]
    text: str = doc.user_data["text"]
    return text[first.idx : last.idx + len(last)]


def mention(doc: Doc, phrase: Phrase) -> Mention:
    """Return where a phrase stands, in characters of its field."""
    first, last = doc[phrase.start], doc[phrase.end - 1]
    field, offset = _field(doc, first.idx)
    start, end = first.idx, last.idx + len(last)
    return Mention(field, start - offset, end - offset, doc.user_data["text"][start:end])


def evidence(doc: Doc, sentence: Span, producer: str) -> Evidence:
    """Return a sentence as evidence, without the white space around it."""
    text: str = doc.user_data["text"]
    start, end = sentence.start_char, sentence.end_char
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    field, offset = _field(doc, start)
    return Evidence(field, start - offset, end - offset, text[start:end], producer)


def in_title(doc: Doc, phrase: Phrase) -> bool:
    """Whether a phrase stands in the title."""
    return bool(doc[phrase.start].idx < doc._.title_length)


def _field(doc: Doc, start: int) -> tuple[Field, int]:
    title_length: int = doc._.title_length
    if start < title_length:
        return "title", 0
    return "abstract", title_length + len(_BREAK)


def _is_title_case(title: str) -> bool:
    words = [word for word in title.split() if word[:1].isalpha()]
    capitals = sum(word[0].isupper() for word in words)
    return capitals * 2 > len(words)


def _lowered(word: str) -> str:
    if looks_named(word) or is_acronym(word):
        return word
    lower = word.lower()
    return lower if len(lower) == len(word) else word
