"""Components that cut a document into sentences and into words as they are written."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import Word

_HYPHENS = frozenset("-‐‑–&_")
_PREFIXES = frozenset(
    {"by", "cross", "in", "inter", "intra", "multi", "non", "off", "on", "out", "per", "to", "un"}
)
_ENDINGS = frozenset(".!?")
_CLOSERS = frozenset("\"'”’)]}")


@Language.component("kgraph_sentences", assigns=["token.is_sent_start"])
def sentences(doc: Doc) -> Doc:
    """Start a sentence after ``.``, ``!`` or ``?``, and where title and abstract meet.

    A full stop ends a sentence when what follows does not go on in lower case
    (but "e.g." and "vs." are single tokens of spaCy's tokeniser already).
    """
    boundary = doc._.title_length
    ended = False
    for token in doc:
        if token.is_space:
            token.is_sent_start = token.i == 0
            ended = ended or token.idx <= boundary < token.idx + len(token)
            continue
        starts = token.i == 0 or (
            ended and not token.is_punct and not (token.is_lower and token.idx > boundary + 2)
        )
        token.is_sent_start = starts
        if token.text[-1] in _ENDINGS and (token.is_punct or token.idx < boundary):
            ended = token.idx >= boundary
        elif starts or not (ended and token.text in _CLOSERS):
            ended = False
    return doc


@Language.component("kgraph_words", assigns=["doc._.words"])
def words(doc: Doc) -> Doc:
    """Join tokens over hyphens and ampersands that have no space around them."""
    doc._.words = tuple(_words(doc))
    return doc


def _words(doc: Doc) -> Iterator[Word]:
    start = 0
    while start < len(doc):
        end = start + 1
        while end + 1 < len(doc) and _joins(doc, end):
            end += 2
        yield Word(start, end, _tag(doc, start, end))
        start = end


def _joins(doc: Doc, middle: int) -> bool:
    before, hyphen, after = doc[middle - 1], doc[middle], doc[middle + 1]
    return (
        hyphen.text in _HYPHENS
        and not before.whitespace_
        and not hyphen.whitespace_
        and not before.is_punct
        and not before.is_space
        and (after.is_alpha or after.text[0].isalnum())
    )


def _tag(doc: Doc, start: int, end: int) -> str:
    last = doc[end - 1]
    tag = last.tag_
    if end - start == 1:
        return "NN" if tag == "JJ" and _is_gerund(doc, start) else tag
    # "in-context", "few-shot", "plug-and-play" qualify; "fine-tuning" and
    # "pre-training" are nouns, whatever the tagger thinks of their last part.
    if last.lower_.endswith("ing"):
        return "NN"
    if doc[start].lower_ in _PREFIXES:
        return "JJ"
    return tag if tag.startswith("NN") or tag == "CD" else "JJ"


def _is_gerund(doc: Doc, place: int) -> bool:
    """Whether a word in -ing that the tagger takes for an adjective has no noun to qualify."""
    following = doc[place + 1] if place + 1 < len(doc) else None
    return doc[place].lower_.endswith("ing") and (
        following is None or not following.tag_.startswith(("NN", "JJ", "HYPH", "VB"))
    )
