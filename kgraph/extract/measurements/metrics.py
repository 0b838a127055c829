"""Find the metrics of a sentence, and whether a higher value of each is better."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Span

from kgraph.data import compile_pattern, expand, read_toml
from kgraph.extract.document import MOST_CHARACTERS, Candidate, Phrase
from kgraph.extract.terms.kinds import is_named, known_names
from kgraph.names import normal_form


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric in a sentence; ``start`` and ``end`` are character offsets in the sentence.

    ``better`` is 1 if higher is better, -1 if lower is, 0 if that is not known.
    A ``cost`` is a result only as a change: 40% fewer parameters, but not the
    number of parameters. A ``speedup`` is itself a change.
    """

    start: int
    end: int
    better: int
    cost: bool = False
    speedup: bool = False


@dataclass(frozen=True, slots=True)
class MetricWords:
    """The names of metrics, by normal form, and the wording around them (``metrics.toml`` explains each).

    ``known`` finds known metrics, ``better`` says which direction is better.
    """

    known: re.Pattern[str]
    better: Mapping[str, int]
    costs: frozenset[str]
    speedups: frozenset[str]
    settings: frozenset[str]
    heads: frozenset[str]
    after_rank: re.Pattern[str]
    not_part: re.Pattern[str]
    change: re.Pattern[str]
    compound: re.Pattern[str]


_RANK_LENGTH = 9
"""Characters before a metric in which "top-1" is searched."""


@cache
def load_metric_words() -> MetricWords:
    """Return the list that ships with kgraph."""
    data = read_toml("metrics.toml")
    names: Mapping[str, Sequence[str]] = data["names"]
    patterns: Mapping[str, str | Sequence[str]] = data["patterns"]
    higher = [*names["higher"], *names["speedups"]]
    lower = [*names["lower"], *names["costs"]]
    words = sorted({*higher, *lower}, key=lambda word: (-len(word), word))
    known = "|".join(
        re.escape(word) if word != word.lower() else f"(?i:{re.escape(word)})".replace(r"\ ", "[ -]")
        for word in words
    )
    at_cutoff, variant = expand(patterns["at_cutoff"], {}), expand(patterns["variant"], {})
    return MetricWords(
        known=re.compile(rf"(?<![\w@^])(?:{at_cutoff}|(?P<known>{known}){variant})(?![\w@]|-\w)"),
        better={normal_form(word): 1 for word in higher} | {normal_form(word): -1 for word in lower},
        costs=frozenset(map(normal_form, names["costs"])),
        speedups=frozenset(map(normal_form, names["speedups"])),
        settings=frozenset(map(normal_form, names["settings"])),
        heads=frozenset(names["heads"]),
        after_rank=compile_pattern(patterns["after_rank"]),
        not_part=compile_pattern(patterns["not_part"]),
        change=compile_pattern(patterns["change"]),
        compound=compile_pattern(patterns["compound"]),
    )


def metrics(
    doc: Doc, sentence: Span, text: str, of_kind: Sequence[tuple[Phrase, Candidate]]
) -> Iterator[Metric]:
    """Yield the metrics of a sentence: known names, extended to their phrase, and phrases of that kind.

    ``text`` is the original sentence, ``of_kind`` are its phrases that are
    metrics by their kind.
    """
    words = load_metric_words()
    matches = list(words.known.finditer(text))
    starts = _phrase_starts(doc, sentence) if matches else {}
    for match in matches:
        key = normal_form(match["known"]) if match["known"] else ""
        head = match.end("known") if match["known"] else match.end()
        start = min(match.start(), starts.get(match.end(), match.start()), starts.get(head, match.start()))
        if compound := words.compound.search(text, max(0, start - MOST_CHARACTERS), start):
            start = compound.start()
        start = _with_top(text, _without_openers(text, start, match.start()))
        if not _is_setting(normal_form(text[start : match.end()]), words):
            yield Metric(
                start, match.end(), words.better.get(key, 1), key in words.costs, key in words.speedups
            )
    for phrase, candidate in of_kind:
        if words.change.search(phrase.key):
            continue
        tails = tuple(_tails(phrase.key))
        measures = (
            tails[-1] in words.heads or any(tail in words.better for tail in tails) or is_named(candidate)
        )
        if measures and not _is_setting(candidate.key, words) and not _is_setting(phrase.key, words):
            start, end = offsets(doc, sentence, phrase)
            end = start + len(text[start:end].rstrip(".,;:"))
            key = next((key for key in _tails(candidate.key) if key in words.better), "")
            if candidate.key not in known_names():
                start = _without_openers(text, start, end)
            yield Metric(start, end, words.better.get(key, 0), key in words.costs, key in words.speedups)


def offsets(doc: Doc, sentence: Span, phrase: Phrase) -> tuple[int, int]:
    """Return the character offsets of a phrase in its sentence."""
    last = doc[phrase.end - 1]
    return doc[phrase.start].idx - sentence.start_char, last.idx + len(last) - sentence.start_char


def _is_setting(key: str, words: MetricWords) -> bool:
    parts = key.split()
    return key in words.settings or (len(parts) > 1 and " ".join(parts[-2:]) in words.settings)


def _tails(key: str) -> Iterator[str]:
    parts = key.split()
    yield from (" ".join(parts[index:]) for index in range(len(parts)))


def _phrase_starts(doc: Doc, sentence: Span) -> Mapping[int, int]:
    """Return the start of the longest phrase for each offset at which a phrase ends."""
    starts: dict[int, int] = {}
    phrases: Sequence[Phrase] = doc._.phrases
    first, end = (
        bisect_left(phrases, token, key=lambda phrase: phrase.start)
        for token in (sentence.start, sentence.end)
    )
    for phrase in phrases[first:end]:
        start, last = offsets(doc, sentence, phrase)
        starts[last] = min(start, starts.get(last, start))
    return starts


def _without_openers(text: str, start: int, end: int) -> int:
    """Return the start of the metric in a phrase: "the model's low | latency"."""
    match = load_metric_words().not_part.match(text, start, end)
    return match.end() if match else start


def _with_top(text: str, start: int) -> int:
    """Return the start of "top-1" before an offset, which is not part of a noun phrase."""
    match = load_metric_words().after_rank.search(text, max(0, start - _RANK_LENGTH), start)
    return match.start() if match else start
