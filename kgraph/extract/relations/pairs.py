"""The component that classifies pairs of concepts which a sentence mentions, with the relation model.

It runs after the rules. Where both find the same relation, the one with the
higher confidence counts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import CandidateRelation, Tokens, Word, sentence_evidence
from kgraph.extract.relations.definitions import ModelLabel, relation_definitions
from kgraph.extract.relations.features import Span, prepare_words
from kgraph.extract.relations.model import Paired, RelationModel, load_relation_model, probabilities
from kgraph.extract.relations.sentence import Sentence, SentenceMention
from kgraph.model import Evidence, Kind

PairProbabilities = Sequence[Sequence[float]]
"""Probabilities of one pair, 2 directions × labels."""

_PRODUCER = "relation-model"

_FARTHEST = 8
"""Largest number of words between the two mentions of a pair."""

_CROSSED = 1
"""Largest number of mentions between the two of a pair. A larger one adds 4 % relations, the unsure ones."""


@Language.component(
    "kgraph_relation_model",
    requires=["doc._.words", "doc._.sentences", "doc._.kinds", "doc._.relations"],
    assigns=["doc._.relations"],
)
def relation_model(doc: Doc) -> Doc:
    """Add relations between the candidates of a sentence to ``doc._.relations``, by falling confidence."""
    model = load_relation_model()
    kinds: Mapping[str, Kind] = doc._.kinds
    words: Sequence[Word] = doc._.words
    starts = [word.start for word in words]
    found: list[CandidateRelation] = list(doc._.relations)
    inputs: list[tuple[Sentence, Sequence[SentenceMention], Paired]] = []
    for sentence in doc._.sentences:
        # A noun phrase without a kind too often names nothing.
        mentions = [mention for mention in sentence.mentions if kinds[mention.key] != "phrase"]
        if len(mentions) > 1:
            paired = _model_input(words, starts, sentence, mentions)
            if paired[2]:
                inputs.append((sentence, mentions, paired))
    if inputs:
        per_pair = iter(probabilities(model, [paired for _, _, paired in inputs]).tolist())
        for sentence, paired_mentions, (_, _, pairs) in inputs:
            # strict=False: the iterator goes on with the pairs of the next sentence.
            classified = zip(pairs, per_pair, strict=False)
            found.extend(_relations_of(doc._.tokens, model, sentence, paired_mentions, classified))
    doc._.relations = tuple(sorted(found, key=lambda relation: -relation.confidence))
    return doc


def _model_input(
    doc_words: Sequence[Word], starts: Sequence[int], sentence: Sentence, mentions: Sequence[SentenceMention]
) -> Paired:
    """Return the words of a sentence, the spans of its mentions and the pairs to classify."""
    # A word may reach over the start of a sentence ("end.-Next"), and a name may start inside a
    # word ("BERT" in "non-BERT"). Both then count as the whole word. A defined long form may end
    # after the end of the sentence that was detected.
    offset = bisect_right(starts, sentence.span.start) - 1
    words = doc_words[offset : bisect_left(starts, sentence.span.end)]
    spans = [
        (
            bisect_right(starts, mention.phrase.start) - 1 - offset,
            min(bisect_left(starts, mention.phrase.end) - offset, len(words)),
        )
        for mention in mentions
    ]
    return prepare_words([word.text for word in words]), spans, list(_near_pairs(mentions, spans))


def _relations_of(
    tokens: Tokens,
    model: RelationModel,
    sentence: Sentence,
    mentions: Sequence[SentenceMention],
    classified: Iterable[tuple[tuple[int, int], PairProbabilities]],
) -> Iterator[CandidateRelation]:
    evidence: Evidence | None = None
    for (first, second), probabilities_of_pair in classified:
        best = most_probable(model, probabilities_of_pair)
        if best is None:
            continue
        label, turned, probability = best
        head, tail = (mentions[second], mentions[first]) if turned else (mentions[first], mentions[second])
        evidence = evidence or sentence_evidence(tokens, sentence.span.start, sentence.span.end, _PRODUCER)
        yield CandidateRelation(label.type, head.key, tail.key, evidence, round(probability, 3))


def _near_pairs(mentions: Sequence[SentenceMention], spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of mentions to classify, by their indices."""
    for second in range(1, len(mentions)):
        for first in range(max(0, second - _CROSSED - 1), second):
            distance = spans[second][0] - spans[first][1]
            if 0 <= distance <= _FARTHEST and mentions[first].key != mentions[second].key:
                yield first, second


def most_probable(
    model: RelationModel, probabilities_of_pair: PairProbabilities
) -> tuple[ModelLabel, bool, float] | None:
    """Return the most probable label of a pair, whether its direction is turned, and its probability.

    The probabilities of a symmetric label in both directions are added.
    Return None if no label reaches the probability that it needs.
    """
    labels = relation_definitions().labels
    best: tuple[ModelLabel, bool, float] | None = None
    for column, name in enumerate(model.labels):
        label = labels.get(name)
        if label is None:
            continue
        forward, backward = probabilities_of_pair[0][column], probabilities_of_pair[1][column]
        if label.symmetric:
            options = [(False, min(1.0, forward + backward))]
        else:
            options = [(label.turned, forward), (not label.turned, backward)]
        for turned, probability in options:
            if probability >= label.least and (best is None or probability > best[2]):
                best = label, turned, probability
    return best
