"""The relation model: a log-linear model over words that can be read.

It is a maximum-entropy classifier over shallow features, as in Kambhatla (ACL
2004) and Zhou et al. (ACL 2005), without a parser (:mod:`features
<kgraph.extract.relations.features>`). ``scripts/train-relations`` trained it on
SciERC (Luan et al. 2018). The file of weights names its training data and its
scores.

A feature has a row of 2 × labels numbers. For words between two mentions, its
first half counts for a relation from left to right and its second for one from
right to left. For a feature of one mention, its first half counts where the
mention is the head and its second where it is the tail. So every feature is
looked up once, the sum of a mention is computed once a sentence, and both
directions come out together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgraph.data import read_json
from kgraph.extract.relations.features import (
    PreparedWords,
    Span,
    between_features,
    kind_features,
    mention_features,
    sentence_features,
)

NONE = "NONE"
"""The label of two mentions without a relation."""

Numbers = NDArray[np.float32]

Paired = tuple[PreparedWords, Sequence[Span], Sequence[tuple[int, int]]]
"""A sentence, its mentions by rising start, and the pairs of them to classify, as indices."""


@dataclass(frozen=True, slots=True)
class RelationModel:
    """Weights. With L labels, T kinds of mention, and F features:

    ``rows`` says which row of ``weights`` (F + 1 × 2L, the last 0) a feature
    has; ``kind_rows``, ``kind_weights`` (× T, the last row 0) and ``kind_bias``
    (T) predict the kind of a mention. ``bias`` has L numbers,
    ``end_kind_weights`` (2 × T × L) the weights of the kind of head and of tail,
    ``kind_pair_weights`` (2 × T × T × L) those of kinds of head and tail together, where
    the head comes first and where it comes last. ``sharpness`` multiplies scores
    so that probabilities are calibrated.
    """

    labels: tuple[str, ...]
    rows: Mapping[str, int]
    weights: Numbers
    kind_rows: Mapping[str, int]
    kind_weights: Numbers
    kind_bias: Numbers
    bias: Numbers
    end_kind_weights: Numbers
    kind_pair_weights: Numbers
    sharpness: float


def scores_of_sentences(model: RelationModel, sentences: Sequence[Paired]) -> Numbers:
    """Return scores of pairs of mentions, pairs × 2 directions × L, before any softmax.

    A sentence is its words, its mentions as words [start, end) by rising start, and the pairs of
    them as indices, the first of a pair before the second. Direction 0 takes the first as head,
    direction 1 the second. The pairs of all sentences follow one another. They are summed
    together because most of the time goes into calling numpy.
    """
    labels = len(model.labels)
    spans = [(words, span) for words, of_sentence, _ in sentences for span in of_sentence]
    features_of_mention = [mention_features(*mention) for mention in spans]
    features_of_kind = [
        kind_features(*mention, seen) for mention, seen in zip(spans, features_of_mention, strict=True)
    ]
    kinds = _softmax(_sums(model.kind_rows, model.kind_weights, features_of_kind) + model.kind_bias)
    lists = [sentence_features(words) for words, _, _ in sentences]
    lists += features_of_mention
    one: list[int] = []
    two: list[int] = []
    sentence_of_pair: list[int] = []
    offset = 0
    for index, (words, of_sentence, pairs) in enumerate(sentences):
        for first, second in pairs:
            between = between_spans(of_sentence, first, second)
            lists.append(between_features(words, of_sentence[first], of_sentence[second], between))
            one.append(offset + first)
            two.append(offset + second)
            sentence_of_pair.append(index)
        offset += len(of_sentence)
    sums = _sums(model.rows, model.weights, lists)
    around, own, apart = np.split(sums, [len(sentences), len(sentences) + len(spans)])
    as_head = own[:, :labels] + kinds @ model.end_kind_weights[0]
    as_tail = own[:, labels:] + kinds @ model.end_kind_weights[1]
    found: Numbers = (
        apart.reshape(len(one), 2, labels) + (model.bias + around[sentence_of_pair, :labels])[:, None]
    )
    found[:, 0] += as_head[one] + as_tail[two]
    found[:, 1] += as_head[two] + as_tail[one]
    for direction, (heads, tails) in enumerate(((one, two), (two, one))):
        both = kinds[heads][:, :, None] * kinds[tails][:, None, :]
        found[:, direction] += both.reshape(len(one), -1) @ model.kind_pair_weights[direction].reshape(
            -1, labels
        )
    return found


def between_spans(spans: Sequence[Span], first: int, second: int) -> Sequence[Span]:
    """Return the mentions between two mentions, given by their indices in ``spans``."""
    start, end = spans[first][1], spans[second][0]
    return [span for span in spans[first + 1 : second] if start <= span[0] and span[1] <= end]


def probabilities(model: RelationModel, sentences: Sequence[Paired]) -> Numbers:
    """Return the probability of each label, pairs × 2 directions × L; :data:`NONE` is one of the labels.

    The pairs of all sentences follow one another. Each direction sums to 1.
    """
    return _softmax(scores_of_sentences(model, sentences) * model.sharpness)


@cache
def load_relation_model() -> RelationModel:
    """Return the model of every pair of mentions, in which most are labelled :data:`NONE`."""
    return relation_model_of(read_json("relation_model.json.gz"))


def relation_model_of(data: Mapping[str, Any]) -> RelationModel:
    """Return the model that a file of weights holds: whole numbers of ``scale`` for each feature."""
    scale = data["scale"]

    def numbers(values: Any, unit: float = 1.0) -> Numbers:
        return np.array(values, dtype=np.float32) * np.float32(unit)

    features, kind_features = data["features"], data["kind_features"]
    return RelationModel(
        labels=tuple(data["labels"]),
        rows={name: row for row, name in enumerate(features)},
        weights=numbers([*features.values(), [0] * 2 * len(data["labels"])], scale),
        kind_rows={name: row for row, name in enumerate(kind_features)},
        kind_weights=numbers([*kind_features.values(), [0] * len(data["kinds"])], scale),
        kind_bias=numbers(data["kind_bias"], scale),
        bias=numbers(data["bias"]),
        end_kind_weights=numbers(data["end_kind_weights"]),
        kind_pair_weights=numbers(data["kind_pair_weights"]),
        sharpness=data["sharpness"],
    )


def _sums(rows: Mapping[str, int], weights: Numbers, lists: Sequence[Sequence[str]]) -> Numbers:
    """Return the sum of the rows of each list of features; no list is empty, and the last row is 0."""
    unknown = len(weights) - 1
    indices = [rows.get(feature, unknown) for features in lists for feature in features]
    starts = [0, *accumulate(len(features) for features in lists)][:-1]
    total: Numbers = np.add.reduceat(weights[indices], starts, axis=0)
    return total


def _softmax(scores: Numbers) -> Numbers:
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: Numbers = shifted / shifted.sum(axis=-1, keepdims=True)
    return chances
