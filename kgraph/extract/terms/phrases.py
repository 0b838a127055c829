"""The component that finds noun phrases by part-of-speech patterns.

A run of modifiers and nouns is a phrase, and so is every part of it that ends
in a noun, because "online social network analysis" also mentions "social
network" and "network analysis". Hulth (2003) found part-of-speech patterns
better than n-grams or chunks. No parse is needed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import MOST_CHARACTERS, MOST_TOKENS, Phrase, Tokens, Word
from kgraph.extract.reader.wording import load_wording
from kgraph.extract.terms.boilerplate import Boilerplate, load_boilerplate
from kgraph.names import looks_named, normal_form

MAX_WORDS = 6
"""Longer runs give only their parts."""

_SYMBOLS = re.compile(r"://|[@\\|=<>^~{}$*]")
_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS", "FW"})
_MODIFIERS = frozenset({"JJ", "VBN", "VBG", "JJS"})
_AUXILIARY = frozenset({"VB", "VBZ", "VBP", "VBD", "VBN", "MD", "TO", "RB"})
_OBJECT = frozenset({"DT", "PRP$", "JJ", "JJR", "VBN", "CD"})
_JOINING = frozenset({"CC", ","})
_BEFORE_GERUND = frozenset({"DT", "PRP$", "JJ", "POS"})


@Language.component("kgraph_phrases", requires=["doc._.tokens", "doc._.words"], assigns=["doc._.phrases"])
def phrases(doc: Doc) -> Doc:
    """Write every phrase of the document to ``doc._.phrases``, in text order."""
    boilerplate = load_boilerplate()
    tokens: Tokens = doc._.tokens
    found: list[Phrase] = []
    for words in _by_sentence(doc._.words, tokens.sentence_of):
        for run in _runs(words, boilerplate.types):
            found.extend(_phrases_of(tokens, run, boilerplate))
    doc._.phrases = tuple(found)
    return doc


def _by_sentence(words: Sequence[Word], sentence_of: Sequence[int]) -> Iterator[list[Word]]:
    for _, sentence in groupby(words, key=lambda word: sentence_of[word.start]):
        yield list(sentence)


def _runs(words: Sequence[Word], types: frozenset[str]) -> Iterator[list[Word]]:
    run: list[Word] = []
    for index, word in enumerate(words):
        before = words[index - 1] if index else None
        after = words[index + 1] if index + 1 < len(words) else None
        if _belongs(word, before, after, bool(run)):
            if run and _names_apart(run[-1], word, types):
                yield run
                run = []
            run.append(word)
            continue
        if run:
            yield run
            run = []
    if run:
        yield run


def _names_apart(before: Word, word: Word, types: frozenset[str]) -> bool:
    """Return whether a name begins after a plural of its kind: "two datasets | SQuAD2.0"."""
    kind = before.text.lower()
    return kind.endswith("s") and kind in types and looks_named(word.text)


def _belongs(word: Word, before: Word | None, after: Word | None, inside: bool) -> bool:
    text, tag = word.text, word.tag
    if not text.isalpha():
        if not any(c.isalpha() for c in text):
            # "Llama 3", "Spearman 's": only between parts of one name.
            return inside and text.isdigit() and before is not None and before.tag.startswith("NNP")
        if _SYMBOLS.search(text):
            return False
    if len(text) == 1 and not text.isupper():
        return False
    if tag in _NOUNS or looks_named(text):
        return True
    if tag == "POS" or text in load_wording().possessives:
        return inside and after is not None and (after.tag in _NOUNS or after.tag == "JJ")
    if tag == "CD":
        return inside and any(c.isdigit() for c in text)
    if tag not in _MODIFIERS:
        return False
    if inside and before is not None:
        if text.lower() in load_wording().linking_participles:
            return False
        if tag == "VBG":
            # "work analyzing in-context learning": a verb if it has an object. Between
            # singular nouns it is a noun ("entity unlearning tasks").
            has_object = after is not None and (
                after.tag in _OBJECT or (after.tag in _NOUNS and before.tag in {"NNS", "NNPS"})
            )
            return before.tag not in _NOUNS or not has_object
        return tag != "VBN" or (after is not None and after.tag in _NOUNS | _MODIFIERS)
    if tag == "VBN":
        return before is None or before.tag not in _AUXILIARY
    if tag == "VBG":
        return before is not None and before.tag in _BEFORE_GERUND
    if tag == "JJS":
        return text.lower() in load_wording().superlatives
    return True


def _phrases_of(tokens: Tokens, run: Sequence[Word], boilerplate: Boilerplate) -> Iterator[Phrase]:
    lowered = [word.text.lower() for word in run]
    first = 0
    while first < len(run) and lowered[first] in boilerplate.openers:
        first += 1
    last = len(run)
    while last > first and not _closes(run[last - 1], last - 1 > first):
        last -= 1
    if last - first > 1 and lowered[last - 1] in boilerplate.types and looks_named(run[last - 2].text):
        # "the TOFU dataset" names TOFU. "a dataset of …" is dropped as a generic word.
        last -= 1
    if first >= last:
        return
    last = _without_tail(run, first, last, lowered, boilerplate)
    ends = [
        end
        for end in range(1, last + 1)
        if _closes(run[end - 1], True) and (end == last or not _qualifies(run[end - 1]))
    ]
    for start in range(last):
        if start < first and lowered[start] not in boilerplate.soft:
            continue
        if run[start].tag == "POS" or lowered[start] in load_wording().possessives:
            continue
        if start + 1 < last and run[start + 1].tag == "POS" and lowered[start] in boilerplate.generic:
            continue  # "the model's knowledge"
        opened = lowered[start] in boilerplate.openers
        for end in ends[bisect_right(ends, start) : bisect_right(ends, start + MAX_WORDS)]:
            if end - 1 == start and end == len(run) and not _closes(run[start], False):
                continue
            if opened and (end - start == 1 or end < last):
                continue  # "large language" is not a term, even if the text has "large language model"
            text = tokens.written(run[start].start, run[end - 1].end)
            if len(text) > MOST_CHARACTERS or run[end - 1].end - run[start].start > MOST_TOKENS:
                continue
            key = normal_form(text)
            if not key or boilerplate.is_boilerplate(key, named=looks_named(text)):
                continue
            maximal = start == first and end == last
            yield Phrase(run[start].start, run[end - 1].end, key, end - start, maximal, opened)


def _without_tail(
    run: Sequence[Word], first: int, last: int, lowered: Sequence[str], boilerplate: Boilerplate
) -> int:
    """Return the end of a run without a last word that adds nothing: "weight editing procedure".

    A single word may remain only if it names an act ("unlearning method"),
    because a "kernel method" is not a "kernel".
    """
    if last - first < 2 or lowered[last - 1] not in boilerplate.tails:
        return last
    before = run[last - 2]
    alone = last - first == 2
    if not _closes(before, True) or (before.tag == "JJ" and not alone):
        return last
    if alone and not lowered[last - 2].endswith(load_wording().act_endings):
        return last
    return last - 1


def _closes(word: Word, has_modifier: bool) -> bool:
    if word.tag in _NOUNS or looks_named(word.text):
        return word.text not in load_wording().possessives
    return has_modifier and (word.tag in {"CD", "VBG"} or (word.tag == "JJ" and word.text.endswith("ing")))


def _qualifies(word: Word) -> bool:
    """Return whether a word of a run only qualifies the next one, as in "next-token prediction"."""
    return word.end - word.start > 1 and not word.text.lower().endswith("ing") and not looks_named(word.text)


def is_list(tokens: Tokens, phrase: Phrase) -> bool:
    """Return whether a phrase is a list of names: "Qwen and Llama models"."""
    return phrase.size > 1 and not _JOINING.isdisjoint(tokens.tags[phrase.start + 1 : phrase.end - 1])
