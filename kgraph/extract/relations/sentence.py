"""One sentence with the things it names, for rules that look at what stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec
from spacy.tokens import Doc, Span

from kgraph.extract.document import Candidate, Phrase, Tokens
from kgraph.extract.terms.phrases import is_list

_SKIPPED = re.compile(
    r"""^[\s"'“”‘’`,:(–—-]*
    (?:(?:the|a|an|our|its|their|this|these|both|such|to|use|of|simple|new|novel|first|first-ever|yet|as|
          very|strong|several|various|many|some|different|existing|recent|popular|standard|other|two|three|
          four|five|six|seven|eight|nine|ten|multiple|large|small|effective|efficient|general|called|namely|
          named|dubbed|termed|e\.g\.,?|i\.e\.,?|challenging|public|real-world|widely|used|widely-used|
          unified|lightweight|state-of-the-art|sota|current|previous|prior|traditional|\d+)\b[\s"'“”‘’`,:(–—-]*)*$""",
    re.IGNORECASE | re.VERBOSE,
)
_AND = re.compile(
    r"^[\s\"'“”‘’)]*(?:,|,? ?(?:and|or|as well as|&)|/)\s*(?:the |a |an )?[\s\"'“”‘’(]*$", re.IGNORECASE
)
_LAST_WORD = re.compile(r"^\s+(?:data ?sets?|benchmarks?|corpora|corpus|tasks?|models?|baselines?)\s*$")


class Named(msgspec.Struct, frozen=True):
    """A candidate where a sentence names it: character offsets in the sentence."""

    start: int
    end: int
    candidate: Candidate
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Sentence:
    """The original text of a sentence and the longest phrases in it, in their order."""

    span: Span
    text: str
    names: tuple[Named, ...]

    def after(self, offset: int) -> Named | None:
        """Return what is named right after an offset: only articles and the like may stand between."""
        for named in self.names:
            if named.start >= offset:
                return named if _SKIPPED.match(self.text[offset : named.start]) else None
        return None

    def listed(self, first: Named) -> Iterator[Named]:
        """Yield a name and those that a list joins to it: "A, B and C"."""
        yield first
        place = self.names.index(first)
        for before, after in zip(self.names[place:], self.names[place + 1 :], strict=False):
            between = _LAST_WORD.sub("", self.text[before.end : after.start])
            if not _AND.match(between):
                return
            yield after

    def within(self, start: int, end: int) -> Iterator[Named]:
        """Yield what is named between two offsets."""
        for named in self.names:
            if start <= named.start and named.end <= end:
                yield named


def sentences_of(doc: Doc, by_phrase: Mapping[tuple[int, int], Candidate]) -> Iterator[Sentence]:
    """Yield the sentences of a document, each with its longest phrases that are candidates."""
    tokens: Tokens = doc._.tokens
    inside: dict[int, list[Phrase]] = {}
    for phrase in doc._.phrases:
        inside.setdefault(tokens.sentence_of[phrase.start], []).append(phrase)
    for place, (start, end) in enumerate(tokens.sentences):
        offset = tokens.starts[start]
        names = tuple(
            Named(
                tokens.starts[phrase.start] - offset,
                tokens.ends[phrase.end - 1] - offset,
                by_phrase[phrase.start, phrase.end],
                phrase,
            )
            for phrase in _longest(tokens, inside.get(place, []))
            if (phrase.start, phrase.end) in by_phrase
        )
        yield Sentence(doc[start:end], tokens.written(start, end), names)


def _longest(tokens: Tokens, phrases: list[Phrase]) -> Iterator[Phrase]:
    """Yield the longest phrases; of "Qwen and Llama models" its parts, since that is said of each."""
    reached = -1
    for phrase in sorted(phrases, key=lambda phrase: (phrase.start, -phrase.end)):
        if phrase.start >= reached and not is_list(tokens, phrase):
            yield phrase
            reached = phrase.end
