"""The features of the relation model: shallow, without a parser, and readable.

They are the words between two mentions and the skeleton of function words among
them, the words next to each mention, and its last words and kind. Words are
backed by clusters that were learned without labels (Miller et al. 2004), so that
"outperforms" teaches "surpasses".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from kgraph.data import read_json, read_toml
from kgraph.names import singular

Span = tuple[int, int]
"""The words of a mention: [start, end)."""

_OTHER = "W"
"""Any run of words that are not function words."""

_BOUNDS = (0, 1, 2, 4, 7, 12)
_LONGEST_WHOLE = 5
_LONGEST_SKELETON = 8
_UNKNOWN = "?"
_MARK = "M"  # Never equal to a word, since words are in lower case.


@dataclass(frozen=True, slots=True)
class PreparedWords:
    """A sentence as the features need it: its words, in normal form, in the singular, and their clusters.

    ``written`` are the words of the text, ``classes`` the words with those
    that are not function words replaced by their cluster.
    """

    written: Sequence[str]
    normal: Sequence[str]
    singular: Sequence[str]
    clusters: Sequence[str]
    classes: Sequence[str]


@dataclass(frozen=True, slots=True)
class WordLists:
    """The lists of ``relation_words.toml``."""

    function_words: frozenset[str]
    prepositions: frozenset[str]
    articles: frozenset[str]
    brackets: Mapping[str, str]


@cache
def word_lists() -> WordLists:
    """Return the word lists that the model was trained with."""
    data = read_toml("relation_words.toml")
    return WordLists(
        frozenset(data["function_words"]),
        frozenset(data["prepositions"]),
        frozenset(data["articles"]),
        data["brackets"],
    )


def prepare_words(words: Sequence[str]) -> PreparedWords:
    """Return the words of a sentence with their normal forms and clusters."""
    normal = [_normal(word) for word in words]
    clusters = load_clusters()
    function_words = word_lists().function_words
    own = [clusters.get(word, _UNKNOWN) for word in normal]
    classes = [word if word in function_words else cluster for word, cluster in zip(normal, own, strict=True)]
    return PreparedWords(words, normal, [_singular(word) for word in normal], own, classes)


def sentence_features(words: PreparedWords) -> list[str]:
    """Return the features of a whole sentence: its words, each once, in the singular."""
    return ["s " + word for word in dict.fromkeys(words.singular)]


def mention_features(words: PreparedWords, span: Span) -> list[str]:
    """Return the features of one mention: its words, their clusters, the words next to it."""
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


def kind_features(words: PreparedWords, span: Span, seen: Sequence[str]) -> list[str]:
    """Return the features that show the kind of a mention; ``seen`` are its :func:`mention_features`."""
    start, end = span
    clusters = words.clusters
    inside = words.singular[start:end]
    found = [*seen[:10], "2 " + inside[-1][-2:], "f " + inside[0], "wf " + _written(words.written[start])]
    found += ["i " + word for word in inside]
    found += ["ii " + " ".join(pair) for pair in pairwise(inside)]
    found += ["d " + cluster for cluster in clusters[start : end - 1]]
    found += ["pc " + cluster for cluster in clusters[max(0, start - 1) : start]]
    return found


def between_features(
    words: PreparedWords, first: Span, second: Span, others: Sequence[Span] = ()
) -> list[str]:
    """Return the features of the words between two mentions, of which ``first`` comes first.

    ``others`` are the mentions between them, by rising start.
    """
    lists = word_lists()
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
    found += [
        "c " + name for name, word in zip(classes, between, strict=True) if word not in lists.function_words
    ]
    found += [f"cc {one} {two}" for one, two in pairwise(["^", *classes, "$"])]
    if len(between) <= _LONGEST_SKELETON:
        found.append("call " + " ".join(classes))
    if len(between) <= _LONGEST_WHOLE:
        found.append("all " + " ".join(between))
    skeleton = _skeleton(words.normal[start:end])
    if len(skeleton) <= _LONGEST_SKELETON:
        found.append("sk " + " ".join(skeleton))
    bare = [word for word in skeleton if word != _OTHER and word not in lists.articles]
    if len(bare) <= _LONGEST_SKELETON - 2:
        found.append("bare " + " ".join(bare))
    prepositions = [word for word in skeleton if word in lists.prepositions] or ["-"]
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


@cache
def load_clusters() -> Mapping[str, str]:
    """Return the cluster of each word that has one, named after its commonest member."""
    clusters: dict[str, list[str]] = {
        name: members.split() for name, members in read_json("word_clusters.json.gz")["clusters"].items()
    }
    return {member: name for name, members in clusters.items() for member in members}


@lru_cache(maxsize=50_000)
def _normal(word: str) -> str:
    word = word_lists().brackets.get(word, word)
    if re.search(r"\d", word) and not re.search(r"[^\W\d]", word):
        return "0"
    return word.lower()


@lru_cache(maxsize=50_000)
def _singular(word: str) -> str:
    return singular(word)


def _written(word: str) -> str:
    """Return the pattern of capitals of a word: only capitals, mixed, a capital first, or none."""
    if len(word) > 1 and word.isupper():
        return "AA"
    if word[:1].isupper():
        return "Aa" if word[1:].islower() or len(word) == 1 else "Ax"
    return "a"


def _with_marks(words: Sequence[str], start: int, mentions: Sequence[Span]) -> list[str]:
    """Return the words with one mark for each mention; ``start`` is the index of the first word."""
    found: list[str] = []
    covered = start
    for first, last in mentions:
        if first >= covered:
            found += [*words[covered - start : first - start], _MARK]
            covered = last
    return [*found, *words[covered - start :]]


def _skeleton(words: Sequence[str]) -> list[str]:
    """Return function words as they are, and each run of other words as one "W"."""
    function_words = word_lists().function_words
    found: list[str] = []
    for word in words:
        kept = word if word in function_words or word == _MARK else _OTHER
        if kept != _OTHER or not found or found[-1] != _OTHER:
            found.append(kept)
    return found


def _bucket(distance: int) -> int:
    return sum(distance > bound for bound in _BOUNDS)
