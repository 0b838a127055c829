"""Build the extraction of a paper from a document that every component has read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from spacy.tokens import Doc

from kgraph.extract.document import Candidate, Phrase, Tokens, mention, sentence_evidence
from kgraph.extract.terms.selection import further, select
from kgraph.model import Evidence, Extraction, Kind, Mention, PaperConcept, Relation

_SENTENCES_KEPT = 3


def read_document(doc: Doc) -> Extraction:
    """Return the selected concepts of a document, and its relations and results."""
    kept = select(doc)
    sentences: dict[int, Evidence] = {}
    tokens, kinds, salience = doc._.tokens, doc._.kinds, doc._.salience
    longest = _longest(kept)

    def concept(candidate: Candidate) -> PaperConcept:
        key = candidate.key
        phrases = _own_mentions(tokens, candidate.phrases, longest)
        return _concept(tokens, candidate, phrases, kinds[key], salience[key], sentences)

    concepts = tuple(map(concept, kept))
    rest = tuple(map(concept, further(doc, kept)))
    names = {candidate.key: candidate.name for candidate in kept}
    relations: dict[tuple[str, str | None, str], Relation] = {}
    for found in doc._.relations:
        head = found.head
        if found.tail not in names or (head is not None and (head not in names or head == found.tail)):
            continue
        relation = Relation(
            found.type,
            None if head is None else names[head],
            names[found.tail],
            found.evidence,
            found.confidence,
        )
        relations.setdefault((relation.type, relation.head, relation.tail), relation)
    ordered = sorted(relations.values(), key=lambda r: (r.type, r.head or "", r.tail))
    pairs = tuple((pair.short, pair.long) for pair in doc._.abbreviations)
    return Extraction(concepts, tuple(ordered), rest, pairs, doc._.results)


def _concept(
    tokens: Tokens,
    candidate: Candidate,
    phrases: Sequence[Phrase],
    kind: Kind,
    salience: float,
    by_sentence: dict[int, Evidence],
) -> PaperConcept:
    return PaperConcept(
        name=candidate.name,
        kind=kind,
        salience=round(salience, 4),
        aliases=candidate.aliases,
        mentions=tuple(_mentions(tokens, phrases)),
        evidence=tuple(_evidence(tokens, phrases, by_sentence)),
    )


def _longest(kept: Iterable[Candidate]) -> Mapping[int, Phrase]:
    """Return the longest phrase of the kept candidates at each token."""
    phrases = (phrase for candidate in kept for phrase in candidate.phrases)
    ordered = sorted(phrases, key=lambda phrase: phrase.end - phrase.start)
    return {token: phrase for phrase in ordered for token in range(phrase.start, phrase.end)}


def _own_mentions(
    tokens: Tokens, phrases: Sequence[Phrase], longest: Mapping[int, Phrase]
) -> Sequence[Phrase]:
    """Return the mentions outside longer ones, and all mentions of forms that occur only inside them."""
    apart = {phrase for phrase in phrases if not _is_inside(phrase, longest)}
    forms = {tokens.written(phrase.start, phrase.end).lower() for phrase in apart}
    return [
        phrase
        for phrase in phrases
        if phrase in apart or tokens.written(phrase.start, phrase.end).lower() not in forms
    ]


def _is_inside(phrase: Phrase, longest: Mapping[int, Phrase]) -> bool:
    """Return whether a mention is part of a longer one, as in "neural language model"."""
    outer = longest.get(phrase.start, phrase)
    longer = phrase.end - phrase.start < outer.end - outer.start
    return longer and outer.start <= phrase.start and phrase.end <= outer.end


def _mentions(tokens: Tokens, phrases: Iterable[Phrase]) -> Iterator[Mention]:
    seen: set[tuple[int, int]] = set()
    for phrase in phrases:
        if (phrase.start, phrase.end) not in seen:
            seen.add((phrase.start, phrase.end))
            yield mention(tokens, phrase)


def _evidence(
    tokens: Tokens, phrases: Iterable[Phrase], by_sentence: dict[int, Evidence]
) -> Iterator[Evidence]:
    """Yield the sentences of the first mentions. ``by_sentence`` caches those of the document."""
    indices = dict.fromkeys(tokens.sentence_of[phrase.start] for phrase in phrases)
    for index in islice(indices, _SENTENCES_KEPT):
        if index not in by_sentence:
            by_sentence[index] = sentence_evidence(tokens, *tokens.sentences[index], "phrases")
        yield by_sentence[index]
