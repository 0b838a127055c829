"""The component that joins tokens into words as they are written."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import Tokens, Word
from kgraph.extract.reader.segmentation import is_punctuation
from kgraph.extract.reader.wording import load_wording

_HYPHENS = frozenset("-‐‑–&_")


@Language.component("kgraph_words", requires=["doc._.tokens"], assigns=["doc._.words"])
def words(doc: Doc) -> Doc:
    """Join tokens over hyphens and ampersands that have no space around them."""
    doc._.words = tuple(_words(doc._.tokens))
    return doc


def _words(tokens: Tokens) -> Iterator[Word]:
    count = len(tokens.forms)
    forms = tokens.forms
    start = 0
    while start < count:
        end = start + 1
        while end + 1 < count and forms[end] in _HYPHENS and _joins(tokens, end):
            end += 2
        yield Word(start, end, _tag(tokens, start, end), tokens.written(start, end))
        start = end


def _joins(tokens: Tokens, middle: int) -> bool:
    before, after = tokens.forms[middle - 1], tokens.forms[middle + 1]
    return (
        tokens.ends[middle - 1] == tokens.starts[middle]
        and tokens.ends[middle] == tokens.starts[middle + 1]
        and not is_punctuation(before)
        and not before.isspace()
        and after[0].isalnum()
    )


def _tag(tokens: Tokens, start: int, end: int) -> str:
    tag = tokens.tags[end - 1]
    if end - start == 1:
        if tag == "JJ" and _qualifies_nothing(tokens, start):
            # "unlearning", and names that the tagger does not know: "We present Hubble, a suite".
            if tokens.lowered[start].endswith("ing"):
                return "NN"
            if tokens.forms[start][0].isupper() and not _starts_sentence(tokens, start):
                return "NNP"
        return tag
    # "in-context", "few-shot" and "plug-and-play" qualify a noun. "fine-tuning" and
    # "pre-training" are nouns, whatever tag their last part has.
    if tokens.lowered[end - 1].endswith("ing"):
        return "NN"
    if tokens.lowered[start] in load_wording().prefixes:
        return "JJ"
    return tag if tag.startswith("NN") or tag == "CD" else "JJ"


def _qualifies_nothing(tokens: Tokens, index: int) -> bool:
    """Return whether a word that is tagged as an adjective has no noun to qualify."""
    return index + 1 == len(tokens.tags) or not tokens.tags[index + 1].startswith(("NN", "JJ", "HYPH", "VB"))


def _starts_sentence(tokens: Tokens, index: int) -> bool:
    start, _ = tokens.sentences[tokens.sentence_of[index]]
    return index == start or tokens.forms[index - 1].isspace()
