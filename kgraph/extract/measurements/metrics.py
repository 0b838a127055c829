"""Which words of a sentence name a metric, and whether a higher number of it is better."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Span

from kgraph.data import read_json
from kgraph.extract.document import Candidate, Phrase
from kgraph.extract.terms.kinds import is_named, known_names
from kgraph.names import normal_form


@dataclass(frozen=True, slots=True)
class Metric:
    """Words that name a metric, by their offsets in the sentence.

    ``better`` is 1 where higher is better, -1 where lower is, 0 where that is
    not known. A ``cost`` counts only in what became of it: how many parameters
    a model has is no result, that it needs 40% fewer is one. A ``speedup`` is
    itself a change.
    """

    start: int
    end: int
    better: int
    cost: bool = False
    speedup: bool = False


@dataclass(frozen=True, slots=True)
class MetricWords:
    """``pattern`` finds known metrics; ``better`` says which way each is better, by normal form.

    ``costs`` and ``speedups`` are such metrics; ``settings`` are phrases that
    only look like metrics ("learning rate").
    """

    pattern: re.Pattern[str]
    better: Mapping[str, int]
    costs: frozenset[str]
    speedups: frozenset[str]
    settings: frozenset[str]


_TOP = re.compile(r"\b(?:top|rank)[- ]?\d+[ -]$", re.IGNORECASE)
_NOT_PART = re.compile(
    r"(?:.*['’]s |.*\b(?:cuts?|reduces?|improve[sd]?|increases?|lowers?|boosts?|achieves?|attains?|reaches?) "
    r"|(?:fewer|less|more|greater|smaller|larger|low|lower|high|higher|fast|boosted|overall|average|mean|total"
    r"|absolute|relative|best|better|of|in)[ -])*",
    re.IGNORECASE,
)
_A_CHANGE = re.compile(r"(?:reduction|improvement|gain|increase|drop|decrease|degradation)$")
_HEADS = frozenset({"agreement", "coefficient", "distance", "error", "index", "overlap", "rate", "score"})
"""Last words of a phrase that make it a number to report, where other evidence says that it is a metric."""
_AT = r"[A-Za-z]+@(?:\d+(?:\.\d+)?|k\b|K\b)"
_COMPOUND = re.compile(r"(?:\w+-)+$")
_VARIANT = (
    r"(?:[-@]?\d+(?:\.\d+)?(?![\w%])|-[LNW]\b|s\b)?(?:[ -](?:scores?|rates?|values?|levels?|metrics?)\b)?"
)


@cache
def load_metric_words() -> MetricWords:
    """Read the list that ships with the package."""
    data: dict[str, list[str]] = read_json("metrics.json")
    higher = [*data["higher"], *data["speedups"]]
    lower = [*data["lower"], *data["costs"]]
    words = sorted({*higher, *lower}, key=lambda word: (-len(word), word))
    # What is written in capitals is an abbreviation only so: "MAP" is no "map".
    known = "|".join(
        re.escape(word) if word != word.lower() else f"(?i:{re.escape(word)})".replace(r"\ ", "[ -]")
        for word in words
    )
    return MetricWords(
        re.compile(rf"(?<![\w@^])(?:{_AT}|(?P<known>{known}){_VARIANT})(?![\w@]|-\w)"),
        {normal_form(word): 1 for word in higher} | {normal_form(word): -1 for word in lower},
        frozenset(map(normal_form, data["costs"])),
        frozenset(map(normal_form, data["speedups"])),
        frozenset(map(normal_form, data["settings"])),
    )


def metrics(
    doc: Doc, sentence: Span, text: str, of_kind: Sequence[tuple[Phrase, Candidate]]
) -> Iterator[Metric]:
    """Yield what names a metric in a sentence: known words, and phrases of that kind, as long as they go.

    ``text`` is the sentence as the paper writes it, ``of_kind`` are the
    phrases of the document that are metrics by their kind.
    """
    words = load_metric_words()
    matches = list(words.pattern.finditer(text))
    starts = _phrase_starts(doc, sentence) if matches else {}
    for match in matches:
        key = normal_form(match["known"]) if match["known"] else ""
        head = match.end("known") if match["known"] else match.end()
        start = min(match.start(), starts.get(match.end(), match.start()), starts.get(head, match.start()))
        if compound := _COMPOUND.search(text, 0, start):
            start = compound.start()
        start = _with_top(text, _without_openers(text, start, match.start()))
        if not _is_setting(normal_form(text[start : match.end()]), words):
            yield Metric(
                start, match.end(), words.better.get(key, 1), key in words.costs, key in words.speedups
            )
    for phrase, candidate in of_kind:
        if not sentence.start <= phrase.start < sentence.end or _A_CHANGE.search(phrase.key):
            continue
        tails = tuple(_tails(phrase.key))
        measures = tails[-1] in _HEADS or any(tail in words.better for tail in tails) or is_named(candidate)
        if measures and not _is_setting(candidate.key, words) and not _is_setting(phrase.key, words):
            start, end = offsets(doc, sentence, phrase)
            end = start + len(text[start:end].rstrip(".,;:"))
            key = next((key for key in _tails(candidate.key) if key in words.better), "")
            if candidate.key not in known_names():
                start = _without_openers(text, start, end)
            yield Metric(start, end, words.better.get(key, 0), key in words.costs, key in words.speedups)


def offsets(doc: Doc, sentence: Span, phrase: Phrase) -> tuple[int, int]:
    """Return where a phrase stands in its sentence, in characters."""
    last = doc[phrase.end - 1]
    return doc[phrase.start].idx - sentence.start_char, last.idx + len(last) - sentence.start_char


def _is_setting(key: str, words: MetricWords) -> bool:
    parts = key.split()
    return key in words.settings or (len(parts) > 1 and " ".join(parts[-2:]) in words.settings)


def _tails(key: str) -> Iterator[str]:
    parts = key.split()
    yield from (" ".join(parts[place:]) for place in range(len(parts)))


def _phrase_starts(doc: Doc, sentence: Span) -> Mapping[int, int]:
    """Return where the longest phrase that ends at an offset of the sentence begins."""
    starts: dict[int, int] = {}
    for phrase in doc._.phrases:
        if sentence.start <= phrase.start < sentence.end:
            start, end = offsets(doc, sentence, phrase)
            starts[end] = min(start, starts.get(end, start))
    return starts


def _without_openers(text: str, start: int, end: int) -> int:
    """Return where a metric's own words begin: "the model's low | latency"."""
    match = _NOT_PART.match(text, start, end)
    return match.end() if match else start


def _with_top(text: str, start: int) -> int:
    """Return where "top-1" begins before an offset; it is no noun, and no part of a phrase."""
    match = _TOP.search(text, max(0, start - 9), start)
    return match.start() if match else start
