"""SciERC's annotated abstracts as text with character spans, and as one tag a token."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.scierc import KINDS
from spacy.tokens import Doc

from kgraph.extract.reader.entities import GENERIC, TAGS, spans_of

_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}
_CLOSING = re.compile(r"[.,;:!?)\]}%]|'s|n't")
_OPENING = ("(", "[")


@dataclass(frozen=True, slots=True)
class GoldText:
    """A text and its entities: (first character, character after the last, kind)."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


def read_scierc(path: Path) -> list[GoldText]:
    """Return the abstracts of a SciERC file, written as a person would, without spaces before commas."""
    return [_gold(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _gold(row: dict[str, list]) -> GoldText:  # type: ignore[type-arg]
    text = ""
    offsets: list[tuple[int, int]] = []
    for token in row["tokens"]:
        token = _BRACKETS.get(token, token)
        if text and not _CLOSING.fullmatch(token) and not text.endswith(_OPENING):
            text += " "
        offsets.append((len(text), len(text) + len(token)))
        text += token
    spans = [(offsets[start][0], offsets[end - 1][1], KINDS[kind]) for start, end, kind in row["entities"]]
    return GoldText(text, tuple(sorted(spans)))


def tags_of(doc: Doc, spans: Sequence[tuple[int, int, str]]) -> list[int]:
    """Return the index in TAGS of every token. Of spans that overlap, the longest counts."""
    tags = [TAGS.index("O")] * len(doc)
    for start, end, kind in sorted(spans, key=lambda span: span[0] - span[1]):
        span = doc.char_span(start, end, alignment_mode="expand")
        if span is None or any(tags[token.i] for token in span):
            continue
        for token in span:
            tags[token.i] = TAGS.index(f"{'B' if token.i == span.start else 'I'}-{kind}")
    return tags


def span_f1(texts: Sequence[GoldText], docs: Sequence[Doc], tags: Sequence[Iterable[int]]) -> float:
    """Return micro F1 of spans with their kinds, without the generic ones, in percent."""
    hits = found = wanted = 0
    for text, doc, tagged in zip(texts, docs, tags, strict=True):
        got = {
            (doc[start].idx, doc[end - 1].idx + len(doc[end - 1]), kind)
            for start, end, kind in spans_of(tagged)
            if kind != GENERIC
        }
        want = {span for span in text.spans if span[2] != GENERIC}
        hits, found, wanted = hits + len(got & want), found + len(got), wanted + len(want)
    return 200 * hits / max(1, found + wanted)
