"""Replace every figure, metric and data set of a sentence by a mark, so that rules can be short patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Span

from kgraph.extract.document import Candidate, Phrase, Tokens
from kgraph.extract.measurements.figures import Figure
from kgraph.extract.measurements.metrics import Metric, metrics, offsets
from kgraph.extract.measurements.rules import DATA_SET, FIGURE, METRIC, result_rules
from kgraph.extract.terms.kinds import is_named, known_names
from kgraph.model import Kind
from kgraph.names import normal_form

_MARKED_KINDS = frozenset({"metric", "dataset"})
_SPACED = re.compile(r"(?P<space>\s+)|\S+")

PhrasesByKind = Mapping[tuple[Kind, int], Sequence[tuple[Phrase, Candidate]]]
"""The phrases of each kind in each sentence, by kind and index of the sentence."""


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A sentence with marks.

    ``source`` is the original sentence, ``text`` the one with marks.
    ``figures``, ``metrics`` and ``data_sets`` map the index of a mark in
    ``text`` to what it replaces, data sets as offsets in ``source``.
    ``offsets`` has the offset in ``source`` of each character of ``text``.
    """

    doc: Doc
    span: Span
    source: str
    text: str
    figures: Mapping[int, Figure]
    metrics: Mapping[int, Metric]
    data_sets: Mapping[int, tuple[int, int]]
    offsets: Sequence[int]


def phrases_by_kind(doc: Doc) -> PhrasesByKind:
    """Return the phrases of a document that are metrics and data sets by their kind."""
    kinds: Mapping[str, Kind] = doc._.kinds
    tokens: Tokens = doc._.tokens
    found: dict[tuple[Kind, int], list[tuple[Phrase, Candidate]]] = {}
    for candidate in doc._.candidates:
        kind = kinds[candidate.key]
        if kind in _MARKED_KINDS:
            for phrase in candidate.phrases:
                found.setdefault((kind, tokens.sentence_of[phrase.start]), []).append((phrase, candidate))
    return found


def mark(
    doc: Doc, span: Span, source: str, figures: Sequence[Figure], phrases: PhrasesByKind
) -> MarkedSentence:
    """Return a sentence with marks; of two that overlap, the first keeps its mark."""
    index = doc._.tokens.sentence_of[span.start]
    data_sets = list(_data_sets(doc, span, source, phrases.get(("dataset", index), ())))
    taken = _ends_of_taken([*((figure.before, figure.end) for figure in figures), *data_sets], len(source))
    candidates = metrics(doc, span, source, phrases.get(("metric", index), ()))
    named = _longest(
        [shortened for metric in candidates if (shortened := _without_taken(metric, taken, source))],
        len(source),
    )
    marks = {metric.start: (METRIC, metric.end) for metric in named}
    marks |= {start: (DATA_SET, end) for start, end in data_sets}
    marks |= {figure.before: (FIGURE, figure.end) for figure in figures}
    text = ""
    text_offsets: list[int] = []
    indices: dict[int, int] = {}
    covered = 0
    for start in [*sorted(marks), len(source)]:
        symbol, end = marks.get(start, ("", start))
        if start < covered:
            continue
        for part in _SPACED.finditer(source, covered, start):
            # One space for any white space, so that patterns need only a space.
            text += " " if part["space"] else part.group()
            text_offsets += range(part.start(), part.start() + 1 if part["space"] else part.end())
        indices[start] = len(text)
        text += symbol
        text_offsets.append(start)
        covered = end
    return MarkedSentence(
        doc,
        span,
        source,
        text,
        {indices[figure.before]: figure for figure in figures if figure.before in indices},
        {indices[metric.start]: metric for metric in named if metric.start in indices},
        {indices[start]: (start, end) for start, end in data_sets if start in indices},
        text_offsets,
    )


def _without_taken(metric: Metric, taken: Sequence[int], source: str) -> Metric | None:
    """Return a metric without the figures and data sets at the start of its phrase: "COCO | mask AP".

    ``taken`` are those of :func:`_ends_of_taken`.
    """
    start = max([metric.start, *taken[metric.start : metric.end]])
    while start < metric.end and source[start] in " -":
        start += 1
    return replace(metric, start=start) if start < metric.end else None


def _ends_of_taken(spans: Iterable[tuple[int, int]], length: int) -> list[int]:
    """Return, for each character of a sentence, the end of the span that covers it, or 0."""
    ends = [0] * length
    for start, end in spans:
        ends[start:end] = [max(end, other) for other in ends[start:end]]
    return ends


def _longest(found: Sequence[Metric], length: int) -> list[Metric]:
    """Return metrics that do not overlap, the longest of those that do. ``length`` is the sentence's."""
    kept: list[Metric] = []
    covered = bytearray(length)
    for metric in sorted(found, key=lambda metric: (metric.start - metric.end, metric.start)):
        if not any(covered[metric.start : metric.end]):
            covered[metric.start : metric.end] = b"\1" * (metric.end - metric.start)
            kept.append(metric)
    return kept


def _data_sets(
    doc: Doc, span: Span, source: str, phrases: Sequence[tuple[Phrase, Candidate]]
) -> Iterator[tuple[int, int]]:
    """Yield the offsets of the data sets that a sentence names. "three benchmarks" is not a name.

    ``phrases`` are those of the sentence that are data sets by their kind.
    """
    names = known_names()
    covered = -1
    for phrase, candidate in sorted(phrases, key=lambda found: (found[0].start, -found[0].end)):
        start, end = offsets(doc, span, phrase)
        if kind_word := result_rules().kind_word.search(source, start, end):
            end = kind_word.start()
        is_known = normal_form(source[start:end]) in names
        if start >= covered and (is_known or (is_named(candidate) and not source[start:end].endswith("s"))):
            yield start, end
            covered = end
