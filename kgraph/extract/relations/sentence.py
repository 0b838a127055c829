"""A sentence with the candidates that it mentions, for rules over the words between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec
from spacy.tokens import Doc, Span

from kgraph.extract.document import Candidate, Phrase, Tokens
from kgraph.extract.relations.definitions import relation_definitions
from kgraph.extract.terms.phrases import is_list


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

    def mention_after(self, offset: int) -> SentenceMention | None:
        """Return the mention after an offset, or None if more than articles and adjectives is between."""
        for mention in self.mentions:
            if mention.start >= offset:
                skipped = relation_definitions().skipped
                return mention if skipped.match(self.text[offset : mention.start]) else None
        return None

    def enumeration(self, first: SentenceMention) -> Iterator[SentenceMention]:
        """Yield a mention and those that a list joins to it: "A, B and C"."""
        definitions = relation_definitions()
        yield first
        index = self.mentions.index(first)
        for before, after in zip(self.mentions[index:], self.mentions[index + 1 :], strict=False):
            between = definitions.kind_word.sub("", self.text[before.end : after.start])
            if not definitions.list_separator.match(between):
                return
            yield after

    def mentions_between(self, start: int, end: int) -> Iterator[SentenceMention]:
        """Yield the mentions between two offsets."""
        for mention in self.mentions:
            if start <= mention.start and mention.end <= end:
                yield mention


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
