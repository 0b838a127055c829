"""The component that tidies what was read as entities: whole words, whole brackets, one sentence, a name."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import MOST_CHARACTERS, MOST_TOKENS, Entity, Tokens
from kgraph.names import looks_named

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_EDGES = frozenset(",.;:\"'“”‘’`-–—")
_HEADS = ("NN", "FW", "CD", "VBG", "SYM", "LS", "ADD", "XX")
"""Tags that the only word of a name may have."""

_NEVER_LAST = frozenset({"IN", "DT", "TO", "CC", "PRP", "PRP$", "WDT", "WRB", "MD", "VBZ", "VBP", "VBD"})
"""Tags of words that no name ends in: "memorization in"."""


@Language.component("kgraph_spans", requires=["doc._.tokens", "doc._.entities"], assigns=["doc._.entities"])
def spans(doc: Doc) -> Doc:
    """Cut punctuation off the ends of entities, and leave out what is no name then."""
    tokens: Tokens = doc._.tokens
    tidied = (tidy(tokens, entity) for entity in doc._.entities)
    doc._.entities = tuple(entity for entity in tidied if entity is not None)
    return doc


def tidy(tokens: Tokens, entity: Entity) -> Entity | None:
    """Return an entity without punctuation at its ends, or None where no name is left.

    Dropped are those that go on over the end of a sentence, hold half a
    bracket, or end in a word that is no noun ("pretrained", "small").
    """
    start, end = entity.start, entity.end
    if tokens.sentence_of[start] != tokens.sentence_of[end - 1] or start < tokens.title < end:
        return None
    forms = tokens.forms
    while start < end and _is_loose(forms, start, end, start):
        start += 1
    while start < end and (_is_loose(forms, start, end, end - 1) or tokens.tags[end - 1] in _NEVER_LAST):
        end -= 1
    if start == end:
        return None
    too_long = end - start > MOST_TOKENS or tokens.ends[end - 1] - tokens.starts[start] > MOST_CHARACTERS
    if too_long or _half_brackets(forms[start:end]):
        return None
    last = end - 1
    if forms[last] in _CLOSING or tokens.tags[last].startswith(_HEADS) or looks_named(forms[last]):
        return replace(entity, start=start, end=end)
    return None if end - start == 1 else replace(entity, start=start, end=end)


def _is_loose(forms: Sequence[str], start: int, end: int, place: int) -> bool:
    """Whether a token at an end is punctuation that belongs to nothing inside."""
    form = forms[place]
    if form in _OPENING or form in _CLOSING:
        return _half_brackets(forms[start:end])
    return form in _EDGES or form.isspace()


def _half_brackets(forms: Sequence[str]) -> bool:
    depth = 0
    for form in forms:
        depth += (form in _OPENING) - (form in _CLOSING)
        if depth < 0:
            return True
    return depth > 0
