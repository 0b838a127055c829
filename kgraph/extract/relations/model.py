"""What a sentence says of two things that it names: a log-linear model over words that can be read.

The model is a maximum-entropy classifier over shallow features, as in Kambhatla
(ACL 2004) and Zhou et al. (ACL 2005), without a parser: the words between the
two and the skeleton of function words among them, the words beside each, their
last words and kinds. Words are backed by clusters that were learned without
labels (Miller et al. 2004), so that "outperforms" teaches "surpasses". It was
trained on SciERC (Luan et al. 2018) by ``scripts/train-relations``; the weights
say on which files and what they reached.

A feature has a row of 2 × labels numbers. For what stands between, its first
half speaks for the relation that runs from left to right and its second for
right to left; for what belongs to one mention, its first half counts where the
mention is the head and its second where it is the tail. So everything is looked
up once, a mention's share once a sentence, and both directions come out together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kgraph.data import read_json
from kgraph.model import RelationType
from kgraph.names import singular

NONE = "NONE"
"""The label of two things of which the sentence says nothing."""


class Statement(NamedTuple):
    """A relationship type, and how it is had from a label.

    ``least`` is the probability from which it is stated; ``turned`` swaps head
    and tail; a ``symmetric`` one has no direction.
    """

    type: RelationType
    least: float = 0.5
    turned: bool = False
    symmetric: bool = False


STATEMENTS: Mapping[str, Statement] = {
    "USED-FOR": Statement("USED_FOR", least=0.4),
    "HYPONYM-OF": Statement("IS_A", least=0.5),
    "PART-OF": Statement("PART_OF", least=0.5),
    # In SciERC the metric or data set is the head, and what it measures the tail.
    "EVALUATE-FOR": Statement("EVALUATED_BY", least=0.4, turned=True),
    "COMPARE": Statement("COMPARED_WITH", least=0.4, symmetric=True),
    # Two things in a list are little related: only sure ones are worth an edge.
    "CONJUNCTION": Statement("CONJUNCTION", least=0.6, symmetric=True),
}
"""SciERC's labels as relationships of the graph, each from a probability that is right 6 times in 10.

FEATURE-OF is left out: "a property of" is no part, and the model hardly ever is sure of it.
"""

Span = tuple[int, int]
Numbers = NDArray[np.float32]

_FUNCTION_WORDS = frozenset(
    """
    a an the of in on for to from by with using via through as at into onto over under between among within
    without and or nor but , ; : ( ) . - -- " ' ` '' `` / than that which who where when while is are was were
    be been being has have had can could may its their our this these those such it they we both not no other
    including like based called named compared against versus also then thus if because e.g. i.e. 's each all
    more most less better
    """.split()  # noqa: SIM905 - a list literal of these would take a screen
)
_PREPOSITIONS = frozenset(
    """
    of in on for to from by with using via through as at into over under between among within without than
    """.split()  # noqa: SIM905
)
_FILLERS = frozenset({"the", "a", "an", "W"})
_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "(", "-RSB-": ")", "[": "(", "]": ")"}
_BOUNDS = (0, 1, 2, 4, 7, 12)
_LONGEST_WHOLE = 5
_LONGEST_SKELETON = 8
_UNKNOWN = "?"
_MARK = "M"  # no word in lower case


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence made ready: its words in normal form, in the singular, and the cluster of each.

    ``written`` are the words as they stand, ``classes`` the words with those
    that are not function words replaced by their cluster.
    """

    written: Sequence[str]
    normal: Sequence[str]
    singular: Sequence[str]
    clusters: Sequence[str]
    classes: Sequence[str]


Paired = tuple[Words, Sequence[Span], Sequence[tuple[int, int]]]
"""A sentence, its mentions as words [start, end) by rising start, and the pairs of them to look at."""


@dataclass(frozen=True, slots=True)
class RelationModel:
    """Weights. With L labels, T kinds of thing, and F features:

    ``rows`` says which row of ``weights`` (F + 1 × 2L, the last 0) a feature
    has; ``kind_rows``, ``kind_weights`` (× T, the last row 0) and ``kind_bias``
    (T) guess what kind of thing a mention is. ``bias`` has L numbers,
    ``of_kinds`` (2 × T × L) the weights of the kind of head and of tail,
    ``of_pairs`` (2 × T × T × L) those of kinds of head and tail together, where
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
    of_kinds: Numbers
    of_pairs: Numbers
    sharpness: float


def make_ready(words: Sequence[str]) -> Words:
    """Return the words of a sentence with their normal forms and clusters."""
    normal = [_normal(word) for word in words]
    clusters = load_clusters()
    own = [clusters.get(word, _UNKNOWN) for word in normal]
    classes = [
        word if word in _FUNCTION_WORDS else cluster for word, cluster in zip(normal, own, strict=True)
    ]
    return Words(words, normal, [_singular(word) for word in normal], own, classes)


def sentence_features(words: Words) -> list[str]:
    """Return what a sentence holds anywhere: its words, each once, in the singular."""
    return ["s " + word for word in dict.fromkeys(words.singular)]


def mention_features(words: Words, span: Span) -> list[str]:
    """Return what can be seen of one mention: its words, their clusters, the words beside it."""
    start, end = span
    normal, clusters = words.normal, words.clusters
    last = words.singular[end - 1]
    before = normal[max(0, start - 2) : start]
    after = normal[end : end + 2]
    found = [
        "l " + last,
        "l3 " + last[-3:],
        "l4 " + last[-4:],
        "cl " + clusters[end - 1],
        "w " + _written(words.written[end - 1]),
        f"n {min(4, end - start)}",
        "p " + " ".join(before[-1:]),
        "a " + " ".join(after[:1]),
        "pp " + " ".join(before),
        "aa " + " ".join(after),
    ]
    found += ["d " + cluster for cluster in clusters[start : end - 1]]
    found += ["pc " + cluster for cluster in clusters[max(0, start - 2) : start]]
    found += ["ac " + cluster for cluster in clusters[end : end + 2]]
    found += ["pb " + word for word in normal[max(0, start - 5) : start]]
    found += ["ab " + word for word in normal[end : end + 5]]
    return found


def kind_features(words: Words, span: Span, seen: Sequence[str]) -> list[str]:
    """Return what says of which kind a mention is; ``seen`` are its :func:`mention_features`."""
    start, end = span
    clusters = words.clusters
    inside = words.singular[start:end]
    found = [*seen[:10], "2 " + inside[-1][-2:], "f " + inside[0], "wf " + _written(words.written[start])]
    found += ["i " + word for word in inside]
    found += ["ii " + " ".join(pair) for pair in pairwise(inside)]
    found += ["d " + cluster for cluster in clusters[start : end - 1]]
    found += ["pc " + cluster for cluster in clusters[max(0, start - 1) : start]]
    return found


def between_features(words: Words, first: Span, second: Span, others: Sequence[Span] = ()) -> list[str]:
    """Return what stands between two mentions, of which ``first`` comes first.

    ``others`` are the mentions between them, by rising start.
    """
    start, end = first[1], max(first[1], second[0])
    between = words.singular[start:end]
    classes = words.classes[start:end]
    found = ["", f"far {_bucket(len(between))}"]
    found += ["1 " + word for word in between]
    framed = ["^", *between, "$"]
    found += [f"2 {one} {two}" for one, two in pairwise(framed)]
    found += [
        f"3 {one} {two} {three}" for one, two, three in zip(framed, framed[1:], framed[2:], strict=False)
    ]
    found += ["c " + name for name, word in zip(classes, between, strict=True) if word not in _FUNCTION_WORDS]
    found += [f"cc {one} {two}" for one, two in pairwise(["^", *classes, "$"])]
    if len(between) <= _LONGEST_SKELETON:
        found.append("call " + " ".join(classes))
    if len(between) <= _LONGEST_WHOLE:
        found.append("all " + " ".join(between))
    skeleton = _skeleton(words.normal[start:end])
    if len(skeleton) <= _LONGEST_SKELETON:
        found.append("sk " + " ".join(skeleton))
    bare = [word for word in skeleton if word not in _FILLERS]
    if len(bare) <= _LONGEST_SKELETON - 2:
        found.append("bare " + " ".join(bare))
    prepositions = [word for word in skeleton if word in _PREPOSITIONS] or ["-"]
    found += [f"sk2 {one} {two}" for one, two in pairwise(skeleton)]
    found.append("by " + " ".join(prepositions[:3]))
    found.append("by1 " + prepositions[0])
    found.append("by9 " + prepositions[-1])
    if not set(words.singular[slice(*first)]).isdisjoint(words.singular[slice(*second)]):
        found.append("overlap")
    if words.singular[first[1] - 1] == words.singular[second[1] - 1]:
        found += ["same", f"same {_bucket(len(between))}"]
    found.append(f"over {min(3, len(others))}")
    if others:
        marked = _skeleton(_with_marks(words.normal[start:end], start, others))
        if len(marked) <= _LONGEST_SKELETON:
            found.append("mk " + " ".join(marked))
        found += [f"mk2 {one} {two}" for one, two in pairwise(marked)]
    return found


def scores_of_sentences(model: RelationModel, sentences: Sequence[Paired]) -> Numbers:
    """Return scores of pairs of mentions, pairs × 2 directions × L, before any softmax.

    A sentence is its words, its mentions as words [start, end) by rising start, and the pairs of
    them as indices, the first of a pair before the second. Direction 0 takes the first as head,
    direction 1 the second. The pairs of all sentences follow one another. They are summed
    together because most of the time goes into calling numpy.
    """
    labels = len(model.labels)
    spans = [(words, span) for words, of_sentence, _ in sentences for span in of_sentence]
    of_mentions = [mention_features(*mention) for mention in spans]
    of_kinds = [kind_features(*mention, seen) for mention, seen in zip(spans, of_mentions, strict=True)]
    kinds = _softmax(_sums(model.kind_rows, model.kind_weights, of_kinds) + model.kind_bias)
    lists = [sentence_features(words) for words, _, _ in sentences]
    lists += of_mentions
    one: list[int] = []
    two: list[int] = []
    of_pair: list[int] = []
    offset = 0
    for place, (words, of_sentence, pairs) in enumerate(sentences):
        for first, second in pairs:
            between = between_spans(of_sentence, first, second)
            lists.append(between_features(words, of_sentence[first], of_sentence[second], between))
            one.append(offset + first)
            two.append(offset + second)
            of_pair.append(place)
        offset += len(of_sentence)
    sums = _sums(model.rows, model.weights, lists)
    around, own, apart = np.split(sums, [len(sentences), len(sentences) + len(spans)])
    as_head = own[:, :labels] + kinds @ model.of_kinds[0]
    as_tail = own[:, labels:] + kinds @ model.of_kinds[1]
    found: Numbers = apart.reshape(len(one), 2, labels) + (model.bias + around[of_pair, :labels])[:, None]
    found[:, 0] += as_head[one] + as_tail[two]
    found[:, 1] += as_head[two] + as_tail[one]
    for direction, (heads, tails) in enumerate(((one, two), (two, one))):
        both = kinds[heads][:, :, None] * kinds[tails][:, None, :]
        found[:, direction] += both.reshape(len(one), -1) @ model.of_pairs[direction].reshape(-1, labels)
    return found


def between_spans(spans: Sequence[Span], first: int, second: int) -> Sequence[Span]:
    """Return the mentions that stand wholly between two of them; the places are those in ``spans``."""
    start, end = spans[first][1], spans[second][0]
    return [span for span in spans[first + 1 : second] if start <= span[0] and span[1] <= end]


def probabilities(model: RelationModel, sentences: Sequence[Paired]) -> Numbers:
    """Return the probability of each label, pairs × 2 directions × L; :data:`NONE` is one of the labels.

    The pairs of all sentences stand one after the other. Each direction sums to 1.
    """
    return _softmax(scores_of_sentences(model, sentences) * model.sharpness)


@cache
def load_relation_model() -> RelationModel:
    """Return the model of every pair of mentions, in which most are labelled :data:`NONE`."""
    return relation_model_of(read_json("statement_model.json.gz"))


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
        of_kinds=numbers(data["of_kinds"]),
        of_pairs=numbers(data["of_pairs"]),
        sharpness=data["sharpness"],
    )


@cache
def load_clusters() -> Mapping[str, str]:
    """Return the cluster of each word that has one, named after its commonest member."""
    clusters: dict[str, list[str]] = {
        name: members.split() for name, members in read_json("word_clusters.json.gz")["clusters"].items()
    }
    return {member: name for name, members in clusters.items() for member in members}


def _sums(rows: Mapping[str, int], weights: Numbers, lists: Sequence[Sequence[str]]) -> Numbers:
    """Return the sum of the rows of each list of features; no list is empty, and the last row is 0."""
    unknown = len(weights) - 1
    places = [rows.get(feature, unknown) for features in lists for feature in features]
    starts = [0, *accumulate(len(features) for features in lists)][:-1]
    total: Numbers = np.add.reduceat(weights[places], starts, axis=0)
    return total


def _softmax(scores: Numbers) -> Numbers:
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: Numbers = shifted / shifted.sum(axis=-1, keepdims=True)
    return chances


@lru_cache(maxsize=50_000)
def _normal(word: str) -> str:
    word = _BRACKETS.get(word, word)
    if re.search(r"\d", word) and not re.search(r"[^\W\d]", word):
        return "0"
    return word.lower()


@lru_cache(maxsize=50_000)
def _singular(word: str) -> str:
    return singular(word)


def _written(word: str) -> str:
    """Return how a word is written: capitals alone, mixed, a capital first, or neither."""
    if len(word) > 1 and word.isupper():
        return "AA"
    if word[:1].isupper():
        return "Aa" if word[1:].islower() or len(word) == 1 else "Ax"
    return "a"


def _with_marks(words: Sequence[str], start: int, mentions: Sequence[Span]) -> list[str]:
    """Return words, of which the first has the number ``start``, with one mark for each mention."""
    found: list[str] = []
    reached = start
    for first, last in mentions:
        if first >= reached:
            found += [*words[reached - start : first - start], _MARK]
            reached = last
    return [*found, *words[reached - start :]]


def _skeleton(words: Sequence[str]) -> list[str]:
    """Return function words as they are, and each run of other words as one "W"."""
    found: list[str] = []
    for word in words:
        kept = word if word in _FUNCTION_WORDS or word == _MARK else "W"
        if kept != "W" or not found or found[-1] != "W":
            found.append(kept)
    return found


def _bucket(distance: int) -> int:
    return sum(distance > bound for bound in _BOUNDS)
