"""A sentence with the candidates that it mentions, for rules over the words between them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec
from spacy.tokens import Doc, Span

from kgraph.extract.document import Candidate, Phrase, Tokens
from kgraph.extract.relations.wording import load_wording
from kgraph.extract.terms.phrases import is_list

LONGEST_GAP = 200
"""Characters between a mention and the wording next to it, at most. Without a bound, the time for a long
text without mentions would grow with the square of its length."""


class SentenceMention(msgspec.Struct, frozen=True):
    """A mention of a candidate in a sentence; ``start`` and ``end`` are character offsets in the sentence."""

    start: int
    end: int
    candidate: Candidate
    phrase: Phrase

    @property
    def key(self) -> str:
        """Return the key of the candidate."""
        return self.candidate.key


@dataclass(frozen=True, slots=True)
class Sentence:
    """The original text of a sentence and the longest phrases in it that are candidates, in text order."""

    span: Span
    text: str
    mentions: tuple[SentenceMention, ...]

    def first_from(self, offset: int) -> int:
        """Return the index of the first mention that starts at an offset or after it."""
        return bisect_left(self.mentions, offset, key=lambda mention: mention.start)

    def index_after(self, offset: int) -> int | None:
        """Return the index of the mention after an offset.

        Return None if more than articles and adjectives is between.
        """
        index = self.first_from(offset)
        if index == len(self.mentions):
            return None
        start = self.mentions[index].start
        is_next = start - offset <= LONGEST_GAP and load_wording().skipped.match(self.text, offset, start)
        return index if is_next else None

    def list_from(self, index: int) -> range:
        """Return the indices of a mention and of those that a list joins to it: "A, B and C"."""
        end = index + 1
        while end < len(self.mentions) and self.is_joined(end - 1):
            end += 1
        return range(index, end)

    def is_joined(self, index: int) -> bool:
        """Return whether a list joins a mention to the next one."""
        wording = load_wording()
        between = self.text[self.mentions[index].end : self.mentions[index + 1].start]
        return bool(wording.list_separator.match(wording.kind_word.sub("", between)))


def sentences_of(doc: Doc, by_phrase: Mapping[tuple[int, int], Candidate]) -> Iterator[Sentence]:
    """Yield the sentences of a document, each with its longest phrases that are candidates."""
    tokens: Tokens = doc._.tokens
    by_sentence: dict[int, list[Phrase]] = {}
    for phrase in doc._.phrases:
        by_sentence.setdefault(tokens.sentence_of[phrase.start], []).append(phrase)
    for index, (start, end) in enumerate(tokens.sentences):
        offset = tokens.starts[start]
        mentions = tuple(
            SentenceMention(
                tokens.starts[phrase.start] - offset,
                tokens.ends[phrase.end - 1] - offset,
                by_phrase[phrase.start, phrase.end],
                phrase,
            )
            for phrase in _longest_phrases(tokens, by_sentence.get(index, []))
            if (phrase.start, phrase.end) in by_phrase
        )
        yield Sentence(doc[start:end], tokens.written(start, end), mentions)


def _longest_phrases(tokens: Tokens, phrases: list[Phrase]) -> Iterator[Phrase]:
    """Yield the longest phrases. Of "Qwen and Llama models" yield the parts, since the text is about each."""
    covered = -1
    for phrase in sorted(phrases, key=lambda phrase: (phrase.start, -phrase.end)):
        if phrase.start >= covered and not is_list(tokens, phrase):
            yield phrase
            covered = phrase.end
