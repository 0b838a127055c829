"""The component that finds noun phrases by part-of-speech patterns.

A run of modifiers and nouns is a phrase; so is every part of it that ends in
a noun, since people say "social network" and "network analysis" where a text
has "online social network analysis" (Hulth 2003 found part-of-speech patterns
better candidates than n-grams or chunks). No parse is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc, Span

from kgraph.extract.boilerplate import Boilerplate, load_boilerplate
from kgraph.extract.document import Phrase, Word, text_of
from kgraph.names import looks_named, normal_form

MAX_WORDS = 6
"""Longer runs are given by their parts only."""

_SYMBOLS = re.compile(r"://|[@\\|=<>^~{}$*]")
_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS", "FW"})
_MODIFIERS = frozenset({"JJ", "VBN", "VBG", "JJS"})
_AUXILIARY = frozenset({"VB", "VBZ", "VBP", "VBD", "VBN", "MD", "TO", "RB"})
_OBJECT = frozenset({"DT", "PRP$", "JJ", "JJR", "VBN", "CD"})
_PARTICIPLES = frozenset(
    """
    appearing arising based called compared concerning consisting containing dubbed featuring given having
    including involving leading making named providing ranging regarding requiring resulting showing
    suggesting termed used using
    """.split()  # noqa: SIM905
)
_NOMINAL = ("cy", "ing", "tion", "sion", "ment", "ance", "ence", "ity", "sis", "ization")
_BEFORE_GERUND = frozenset({"DT", "PRP$", "JJ", "POS"})


@Language.component("kgraph_phrases", requires=["doc._.words"], assigns=["doc._.phrases"])
def phrases(doc: Doc) -> Doc:
    """Write every phrase of the document to ``doc._.phrases``, in the order of the text."""
    boilerplate = load_boilerplate()
    found: list[Phrase] = []
    for sentence in doc.sents:
        words = _of_sentence(doc._.words, sentence)
        for run in _runs(doc, words):
            found.extend(_phrases_of(doc, run, boilerplate))
    doc._.phrases = tuple(found)
    return doc


def _of_sentence(words: Sequence[Word], sentence: Span) -> list[Word]:
    return [word for word in words if sentence.start <= word.start < sentence.end]


def _runs(doc: Doc, words: Sequence[Word]) -> Iterator[list[Word]]:
    types = load_boilerplate().types
    run: list[Word] = []
    for place, word in enumerate(words):
        before = words[place - 1] if place else None
        after = words[place + 1] if place + 1 < len(words) else None
        if _belongs(doc, word, before, after, bool(run)):
            if run and _names_apart(doc, run[-1], word, types):
                yield run
                run = []
            run.append(word)
            continue
        if run:
            yield run
        run = []
    if run:
        yield run


def _names_apart(doc: Doc, before: Word, word: Word, types: frozenset[str]) -> bool:
    """Whether a name begins behind a word for many of its kind: "two datasets | SQuAD2.0"."""
    kind = text_of(doc, before.start, before.end).lower()
    return kind in types and kind.endswith("s") and looks_named(text_of(doc, word.start, word.end))


def _belongs(doc: Doc, word: Word, before: Word | None, after: Word | None, inside: bool) -> bool:
    text = text_of(doc, word.start, word.end)
    if not any(c.isalpha() for c in text):
        # "Llama 3", "Spearman 's": only between parts of one name.
        return inside and text.isdigit() and before is not None and before.tag.startswith("NNP")
    if _SYMBOLS.search(text) or (len(text) == 1 and not text.isupper()):
        return False
    if word.tag in _NOUNS or looks_named(text):
        return True
    if word.tag == "POS" or text in {"'s", "’s"}:
        return inside and after is not None and after.tag in _NOUNS | {"JJ"}
    if word.tag == "CD":
        return inside and any(c.isdigit() for c in text)
    if word.tag not in _MODIFIERS:
        return False
    if inside and before is not None:
        if text.lower() in _PARTICIPLES:
            return False
        if word.tag == "VBG":
            # "work analyzing in-context learning": a verb where it has an object.
            # Between nouns it is one itself ("entity unlearning tasks"), but for plurals.
            has_object = after is not None and (
                after.tag in _OBJECT or (after.tag in _NOUNS and before.tag in {"NNS", "NNPS"})
            )
            return before.tag not in _NOUNS or not has_object
        return word.tag != "VBN" or (after is not None and after.tag in _NOUNS | _MODIFIERS)
    if word.tag == "VBN":
        return before is None or before.tag not in _AUXILIARY
    if word.tag == "VBG":
        return before is not None and before.tag in _BEFORE_GERUND
    if word.tag == "JJS":
        return text.lower() == "nearest"
    return True


def _phrases_of(doc: Doc, run: Sequence[Word], boilerplate: Boilerplate) -> Iterator[Phrase]:
    lowered = [text_of(doc, word.start, word.end).lower() for word in run]
    first = 0
    while first < len(run) and lowered[first] in boilerplate.openers:
        first += 1
    last = len(run)
    while last > first and not _closes(doc, run[last - 1], last - 1 > first):
        last -= 1
    if last - first > 1 and lowered[last - 1] in boilerplate.types:
        # "the TOFU dataset" names TOFU; "a dataset of …" is left to the rule for generic words.
        before = run[last - 2]
        if looks_named(text_of(doc, before.start, before.end)):
            last -= 1
    if first >= last:
        return
    last = _without_tail(doc, run, first, last, lowered, boilerplate)
    for start in range(last):
        if start < first and lowered[start] not in boilerplate.soft:
            continue
        if start + 1 < last and run[start + 1].tag == "POS" and lowered[start] in boilerplate.generic:
            continue  # "the model's knowledge"
        opened = lowered[start] in boilerplate.openers
        if run[start].tag == "POS" or lowered[start] in {"'s", "’s"}:
            continue
        for end in range(start + 1, min(last, start + MAX_WORDS) + 1):
            if not _closes(doc, run[end - 1], end - 1 > start or end < len(run)):
                continue
            if opened and (end - start == 1 or end < last):
                continue  # "large language" is no term, however often its models are named
            if end < last and _qualifies(doc, run[end - 1]):
                continue
            text = text_of(doc, run[start].start, run[end - 1].end)
            key = normal_form(text)
            if not key or boilerplate.is_boilerplate(key, named=looks_named(text)):
                continue
            maximal = start == first and end == last
            yield Phrase(run[start].start, run[end - 1].end, key, end - start, maximal, opened)


def _without_tail(
    doc: Doc, run: Sequence[Word], first: int, last: int, lowered: Sequence[str], boilerplate: Boilerplate
) -> int:
    """Return the end of a run without a last word that adds nothing: "weight editing procedure".

    One word may stay alone only if it is the name of an act ("unlearning
    method"), since "kernel method" is no "kernel".
    """
    if last - first < 2 or lowered[last - 1] not in boilerplate.tails:
        return last
    before = run[last - 2]
    alone = last - first == 2
    if not _closes(doc, before, True) or (before.tag == "JJ" and not alone):
        return last
    if alone and not lowered[last - 2].endswith(_NOMINAL):
        return last
    return last - 1


def _closes(doc: Doc, word: Word, has_modifier: bool) -> bool:
    text = text_of(doc, word.start, word.end)
    if word.tag in _NOUNS or looks_named(text):
        return text not in {"'s", "’s"}
    return has_modifier and (word.tag in {"CD", "VBG"} or (word.tag == "JJ" and text.endswith("ing")))


def _qualifies(doc: Doc, word: Word) -> bool:
    """Whether a word of a run can only qualify the next one: "next-token" in "next-token prediction"."""
    text = text_of(doc, word.start, word.end)
    return word.end - word.start > 1 and not text.lower().endswith("ing") and not looks_named(text)
