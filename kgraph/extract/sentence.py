"""One sentence with the things it names, for rules that look at what stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spacy.tokens import Doc, Span

from kgraph.extract.document import Candidate, Phrase, text_of

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


@dataclass(frozen=True, slots=True)
class Named:
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
    for span in doc.sents:
        inside = [phrase for phrase in doc._.phrases if span.start <= phrase.start < span.end]
        names = tuple(
            Named(
                doc[phrase.start].idx - span.start_char,
                doc[phrase.end - 1].idx + len(doc[phrase.end - 1]) - span.start_char,
                by_phrase[phrase.start, phrase.end],
                phrase,
            )
            for phrase in _longest(inside)
            if (phrase.start, phrase.end) in by_phrase
        )
        yield Sentence(span, text_of(doc, span.start, span.end), names)


def _longest(phrases: list[Phrase]) -> Iterator[Phrase]:
    reached = -1
    for phrase in sorted(phrases, key=lambda phrase: (phrase.start, -phrase.end)):
        if phrase.start >= reached:
            yield phrase
            reached = phrase.end
