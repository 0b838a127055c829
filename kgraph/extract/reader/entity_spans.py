"""The component that cleans the spans of entities: whole words, whole brackets, one sentence, a name."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from msgspec.structs import replace
from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import MOST_CHARACTERS, MOST_TOKENS, Entity, Tokens, Word
from kgraph.names import looks_named

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_EDGES = frozenset(",.;:\"'“”‘’`-–—")
_HEADS = ("NN", "FW", "CD", "VBG", "SYM", "LS", "ADD", "XX")
"""Tags that the only word of a name may have."""

_NEVER_LAST = frozenset({"IN", "DT", "TO", "CC", "PRP", "PRP$", "WDT", "WRB", "MD", "VBZ", "VBP", "VBD"})
"""Tags of words that cannot end a name: "memorization in"."""


_LONGEST_SPAN = 4 * MOST_TOKENS
"""Tokens of a span that may be a name after its ends are trimmed, at most. Trimming takes quadratic time."""


@Language.component(
    "kgraph_spans",
    requires=["doc._.tokens", "doc._.words", "doc._.entities"],
    assigns=["doc._.entities"],
)
def spans(doc: Doc) -> Doc:
    """Clean the spans of ``doc._.entities``, and drop those that are not names."""
    tokens: Tokens = doc._.tokens
    words: Sequence[Word] = doc._.words
    starts = [word.start for word in words]
    cleaned = (clean_span(tokens, words, starts, entity) for entity in doc._.entities)
    doc._.entities = tuple(_without_overlaps(entity for entity in cleaned if entity is not None))
    return doc


def clean_span(tokens: Tokens, words: Sequence[Word], starts: Sequence[int], entity: Entity) -> Entity | None:
    """Return an entity of whole words without punctuation at its ends, or None if it is not a name.

    ``starts`` are the first tokens of the words. An entity that begins or ends
    inside a word gets the whole word ("LoRA fine" → "LoRA fine-tuning"), or
    loses it if it would end in an adjective ("CCLINC Korean" → "CCLINC" before
    "-to-English"). Entities are dropped that are only the start of one word
    ("server" in "server-initiated"), reach over the end of a sentence, have
    half a bracket, or are one word that is not a noun ("pretrained").
    """
    if entity.end - entity.start > _LONGEST_SPAN:
        return None
    trimmed = _trimmed(tokens, entity.start, entity.end)
    if trimmed is None or not _is_in_one_sentence(tokens, entity.start, entity.end):
        return None
    start, end = trimmed
    start = words[bisect_right(starts, start) - 1].start
    last_word = words[bisect_right(starts, end - 1) - 1]
    if last_word.end > end and last_word.start <= start:
        return None
    if last_word.end > end and not _can_end_name(last_word):
        trimmed = _trimmed(tokens, start, last_word.start)
        if trimmed is None:
            return None
        start, end = trimmed
    else:
        end = last_word.end
    return replace(entity, start=start, end=end) if _is_name(tokens, start, end) else None


def _trimmed(tokens: Tokens, start: int, end: int) -> tuple[int, int] | None:
    """Return a span without loose punctuation and last words that cannot end a name, or None if empty."""
    forms = tokens.forms
    while start < end and _is_loose(forms, start, end, start):
        start += 1
    while start < end and (_is_loose(forms, start, end, end - 1) or tokens.tags[end - 1] in _NEVER_LAST):
        end -= 1
    return (start, end) if start < end else None


def _can_end_name(word: Word) -> bool:
    return word.tag.startswith(_HEADS) or looks_named(word.text)


def _is_in_one_sentence(tokens: Tokens, start: int, end: int) -> bool:
    same_sentence = tokens.sentence_of[start] == tokens.sentence_of[end - 1]
    return same_sentence and not start < tokens.title < end


def _is_name(tokens: Tokens, start: int, end: int) -> bool:
    last = end - 1
    forms = tokens.forms
    too_long = end - start > MOST_TOKENS or tokens.ends[last] - tokens.starts[start] > MOST_CHARACTERS
    if too_long or _has_half_bracket(forms[start:end]) or not _is_in_one_sentence(tokens, start, end):
        return False
    is_one_token = end - start == 1
    return (
        not is_one_token
        or forms[last] in _CLOSING
        or tokens.tags[last].startswith(_HEADS)
        or looks_named(forms[last])
    )


def _without_overlaps(entities: Iterable[Entity]) -> list[Entity]:
    """Return entities in text order; of two that share a word, the second one, which has the head noun."""
    kept: list[Entity] = []
    for entity in entities:
        if kept and entity.start < kept[-1].end:
            kept.pop()
        kept.append(entity)
    return kept


def _is_loose(forms: Sequence[str], start: int, end: int, index: int) -> bool:
    """Return whether a token at an end of a span is punctuation that belongs to nothing inside."""
    form = forms[index]
    if form in _OPENING or form in _CLOSING:
        return _has_half_bracket(forms[start:end])
    return form in _EDGES or form.isspace()


def _has_half_bracket(forms: Sequence[str]) -> bool:
    depth = 0
    for form in forms:
        depth += (form in _OPENING) - (form in _CLOSING)
        if depth < 0:
            return True
    return depth > 0
