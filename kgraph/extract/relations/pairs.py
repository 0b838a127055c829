"""The component that reads what a sentence states of two of the things that it names.

The trained model of :mod:`kgraph.extract.relations.model` looks at pairs of the
longest phrases in a sentence; the rules of :mod:`kgraph.extract.relations.rules` have
spoken before, and where both say the same the surer one counts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import Found, Tokens, Word, sentence_evidence
from kgraph.extract.relations.model import (
    STATEMENTS,
    Paired,
    RelationModel,
    Span,
    Statement,
    load_relation_model,
    make_ready,
    probabilities,
)
from kgraph.extract.relations.sentence import Named, Sentence
from kgraph.model import Evidence, Kind

Chances = Sequence[Sequence[float]]
"""Probabilities of one pair, 2 directions × labels."""

_PRODUCER = "relation-model"

_FARTHEST = 8
"""Words between two mentions up to which they are looked at."""

_CROSSED = 1
"""Mentions that may stand between two. To look farther adds 4 statements to 100, the unsure ones."""


@Language.component(
    "kgraph_statements",
    requires=["doc._.words", "doc._.sentences", "doc._.kinds", "doc._.roles"],
    assigns=["doc._.roles"],
)
def statements(doc: Doc) -> Doc:
    """Add what sentences state of two candidates to ``doc._.roles``, keeping the surest first."""
    model = load_relation_model()
    kinds: Mapping[str, Kind] = doc._.kinds
    words: Sequence[Word] = doc._.words
    starts = [word.start for word in words]
    found: list[Found] = list(doc._.roles)
    asked: list[tuple[Sentence, Sequence[Named], Paired]] = []
    for sentence in doc._.sentences:
        # A noun phrase that nobody else uses is too often no thing at all.
        names = [named for named in sentence.names if kinds[named.candidate.key] != "phrase"]
        if len(names) > 1:
            paired = _paired(words, starts, sentence, names)
            if paired[2]:
                asked.append((sentence, names, paired))
    if asked:
        chances = iter(probabilities(model, [paired for _, _, paired in asked]).tolist())
        for sentence, named, (_, _, pairs) in asked:
            of_pairs = zip(pairs, chances, strict=False)  # the next so many
            found.extend(_stated(doc._.tokens, model, sentence, named, of_pairs))
    doc._.roles = tuple(sorted(found, key=lambda relation: -relation.confidence))
    return doc


def _paired(
    of_doc: Sequence[Word], starts: Sequence[int], sentence: Sentence, names: Sequence[Named]
) -> Paired:
    """Return a sentence as the model takes it."""
    # A word may reach over the start of a sentence ("end.-Next"), and a name may start inside a
    # word ("BERT" in "non-BERT"); both then count as the whole of it. A defined long form may go
    # on behind what was taken for the end of a sentence.
    offset = bisect_right(starts, sentence.span.start) - 1
    words = of_doc[offset : bisect_left(starts, sentence.span.end)]
    spans = [
        (
            bisect_right(starts, named.phrase.start) - 1 - offset,
            min(bisect_left(starts, named.phrase.end) - offset, len(words)),
        )
        for named in names
    ]
    return make_ready([word.text for word in words]), spans, list(_near(names, spans))


def _stated(
    tokens: Tokens,
    model: RelationModel,
    sentence: Sentence,
    names: Sequence[Named],
    chances: Iterable[tuple[tuple[int, int], Chances]],
) -> Iterator[Found]:
    seen: Evidence | None = None
    for (first, second), of_pair in chances:
        best = surest(model, of_pair)
        if best is None:
            continue
        statement, turned, confidence = best
        head, tail = (names[second], names[first]) if turned else (names[first], names[second])
        seen = seen or sentence_evidence(tokens, sentence.span.start, sentence.span.end, _PRODUCER)
        yield Found(statement.type, head.candidate.key, tail.candidate.key, seen, round(confidence, 3))


def _near(names: Sequence[Named], spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of names to look at, by their places."""
    for second in range(1, len(names)):
        for first in range(max(0, second - _CROSSED - 1), second):
            apart = spans[second][0] - spans[first][1]
            if 0 <= apart <= _FARTHEST and names[first].candidate.key != names[second].candidate.key:
                yield first, second


def surest(model: RelationModel, chances: Chances) -> tuple[Statement, bool, float] | None:
    """Return the surest statement of a pair (2 directions × labels), whether it is turned, and its chance.

    A symmetric label counts in both directions together. None if nothing
    reaches what its type asks for.
    """
    best: tuple[Statement, bool, float] | None = None
    for place, label in enumerate(model.labels):
        statement = STATEMENTS.get(label)
        if statement is None:
            continue
        forward, backward = chances[0][place], chances[1][place]
        if statement.symmetric:
            options = [(False, min(1.0, forward + backward))]
        else:
            options = [(statement.turned, forward), (not statement.turned, backward)]
        for turned, chance in options:
            if chance >= statement.least and (best is None or chance > best[2]):
                best = statement, turned, chance
    return best
