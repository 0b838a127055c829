"""Suggest related papers, with the reasons.

:mod:`kgraph.link.relatedness` computes the score from shared concepts and
shared words, weighted by rarity. Both come from the mentions in the graph and
from the texts, so each reason is literally in both papers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kgraph.errors import InputError
from kgraph.link.relatedness import (
    REASONS,
    WORD_SHARE,
    concept_weight,
    products,
    shares,
    unit,
    word_vectors,
    words_of,
)
from kgraph.lookup import find_paper
from kgraph.store import GraphStore
from kgraph.store.reading import first_sentences, mentions_of, paper_ids, papers_naming, papers_total

_COMPARED = 500
"""The exact score is computed for this many papers, the nearest by concepts."""

_WORD_REASONS = 2
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^a-z])")


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that the suggestion shares with the seeds.

    ``concept`` is the name of a concept and ``id`` its id. Without an id, it is
    a word that both texts use. ``share`` is its part of the score (0..1).
    ``papers`` of ``total`` papers name it. The total counts the graph for a
    concept, and the compared papers for a word. ``seed`` is the id of the seed
    that is most about it. The sentences are those in which that seed and the
    suggestion name it.
    """

    concept: str
    id: str | None
    share: float
    papers: int
    total: int
    seed: str
    seed_sentence: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A related paper with its ``score`` (0..1) and its reasons, the largest share first."""

    id: str
    title: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Mention:
    concept: str
    name: str
    aliases: tuple[str, ...]
    papers: int
    weight: float


@dataclass(frozen=True, slots=True)
class _Text:
    title: str
    abstract: str


def suggest(
    store: GraphStore, papers: Sequence[str], *, k: int = 10, among: Collection[str] | None = None
) -> tuple[Suggestion, ...]:
    """Return the ``k`` papers most related to the seeds, best first, ties by id.

    ``papers`` are ids, titles or unique parts of titles. The vectors of several
    seeds are added. With ``among``, exactly these ids are ranked, and papers
    that share nothing come last with a score of 0. Otherwise papers that share
    nothing are left out. Raises InputError for a paper that is not found, ids
    in ``among`` that the graph does not have, and a ``k`` below 1.
    """
    if k < 1:
        raise InputError("-k must be at least 1")
    if not papers:
        raise InputError("name at least one paper")
    seeds = sorted({find_paper(store, text) for text in papers})
    total = papers_total(store)
    pool = _nearest(store, seeds, total) if among is None else _named(store, among, seeds)

    mentions = _mentions(store, [*seeds, *pool], total)
    concepts = {id_: unit({m.concept: m.weight for m in found}) for id_, found in mentions.items()}
    texts = _texts(store, [*seeds, *pool])
    words = word_vectors({id_: words_of(text.title, text.abstract) for id_, text in texts.items()})
    seed_concepts = _sum([concepts.get(seed, {}) for seed in seeds])
    seed_words = _sum([words[seed] for seed in seeds])

    scores = {
        id_: (1 - WORD_SHARE) * sum(products(seed_concepts, concepts.get(id_, {})).values())
        + WORD_SHARE * sum(products(seed_words, words[id_]).values())
        for id_ in pool
    }
    ranked = sorted(scores, key=lambda id_: (-scores[id_], id_))[:k]
    forms = {m.concept: (m.name, *m.aliases) for seed in seeds for m in mentions.get(seed, ())}
    explainer = _Explainer(store, seeds, ranked, mentions, texts, words, total)
    found = []
    for id_ in ranked:
        if scores[id_] == 0 and among is None:
            break
        parts, others = shares(
            products(seed_concepts, concepts.get(id_, {})), products(seed_words, words[id_]), forms
        )
        reasons = tuple(explainer.reasons(id_, parts, others, scores[id_]))
        found.append(Suggestion(id_, texts[id_].title, round(min(1.0, scores[id_]), 4), reasons))
    return tuple(found)


class _Explainer:
    """Finds the sentences in which the seeds and a suggestion name what they share."""

    def __init__(
        self,
        store: GraphStore,
        seeds: Sequence[str],
        ranked: Sequence[str],
        mentions: Mapping[str, Sequence[_Mention]],
        texts: Mapping[str, _Text],
        words: Mapping[str, Mapping[str, float]],
        total: int,
    ) -> None:
        self._seeds = seeds
        self._by_seed = {seed: {m.concept: m for m in mentions.get(seed, ())} for seed in seeds}
        self._texts = texts
        self._words = words
        self._total = total
        self._sentences = first_sentences(
            store, [*seeds, *ranked], sorted(set().union(*self._by_seed.values()))
        )

    def reasons(
        self, paper: str, concepts: Mapping[str, float], words: Mapping[str, float], score: float
    ) -> Iterator[Reason]:
        """Yield the reasons by falling share: the concepts and the strongest words."""
        strongest = sorted(words, key=lambda word: (-words[word], word))
        kept = strongest[: _WORD_REASONS if concepts else REASONS]
        named = [(value, key, True) for key, value in concepts.items()]
        plain = [(words[word], word, False) for word in kept]
        for value, key, is_concept in sorted([*named, *plain], key=lambda r: (-r[0], r[1]))[:REASONS]:
            share = round(value / score, 4)
            yield self._concept(paper, key, share) if is_concept else self._word(paper, key, share)

    def _concept(self, paper: str, id_: str, share: float) -> Reason:
        own = [(found[id_].weight, seed) for seed, found in self._by_seed.items() if id_ in found]
        seed = max(own)[1]
        mention = self._by_seed[seed][id_]
        return Reason(
            concept=mention.name,
            id=id_,
            share=share,
            papers=mention.papers,
            total=self._total,
            seed=seed,
            seed_sentence=self._sentences.get((seed, id_), ""),
            sentence=self._sentences.get((paper, id_), ""),
        )

    def _word(self, paper: str, word: str, share: float) -> Reason:
        seed = max(self._seeds, key=lambda seed: (self._words[seed].get(word, 0.0), seed))
        return Reason(
            concept=word,
            id=None,
            share=share,
            papers=sum(word in vector for vector in self._words.values()),
            total=len(self._words),
            seed=seed,
            seed_sentence=_sentence_with(self._texts[seed], word),
            sentence=_sentence_with(self._texts[paper], word),
        )


def _nearest(store: GraphStore, seeds: Sequence[str], total: int) -> list[str]:
    """Return the papers that share the most concepts with the seeds, or all papers of a small graph."""
    if total <= _COMPARED:
        return [id_ for id_ in paper_ids(store) if id_ not in seeds]
    own = _mentions(store, seeds, total)
    query = _sum([unit({m.concept: m.weight for m in found}) for found in own.values()])
    shared: defaultdict[str, float] = defaultdict(float)
    for paper, concept, papers, salience in papers_naming(store, sorted(query)):
        shared[paper] += concept_weight(salience, papers, total) * query[concept]
    nearest = sorted(shared.keys() - set(seeds), key=lambda id_: (-shared[id_], id_))
    return nearest[:_COMPARED]


def _named(store: GraphStore, among: Collection[str], seeds: Sequence[str]) -> list[str]:
    """Return the ids of ``among`` without the seeds. Raises InputError for unknown ids."""
    rows = store.query("MATCH (p:Paper) WHERE p.id IN $ids RETURN p.id AS id", {"ids": sorted(among)}).rows
    known = {row["id"] for row in rows}
    if unknown := sorted(set(among) - known):
        shown = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
        raise InputError(f"the graph has no paper with the id {shown}")
    return sorted(known - set(seeds))


def _mentions(store: GraphStore, ids: Sequence[str], total: int) -> dict[str, list[_Mention]]:
    """Return the weighted concepts of each paper that names any."""
    found: defaultdict[str, list[_Mention]] = defaultdict(list)
    for mention in mentions_of(store, ids):
        weight = concept_weight(mention.salience, mention.papers, total)
        found[mention.paper].append(
            _Mention(mention.concept, mention.name, mention.aliases, mention.papers, weight)
        )
    return dict(found)


def _texts(store: GraphStore, ids: Sequence[str]) -> dict[str, _Text]:
    """Return title and abstract of each paper."""
    rows = store.query(
        "MATCH (p:Paper) WHERE p.id IN $ids RETURN p ORDER BY p.id", {"ids": list(ids)}, timeout=None
    ).rows
    papers = [row["p"]["properties"] for row in rows]
    # A paper that a statement made may have no title.
    return {
        paper["id"]: _Text(
            paper.get("title") or paper.get("name") or paper["id"], paper.get("abstract") or ""
        )
        for paper in papers
    }


def _sentence_with(text: _Text, word: str) -> str:
    """Return the first sentence that has the word, of the abstract before the title, or an empty text."""
    for sentence in (*_SENTENCE.split(text.abstract), text.title):
        if word in words_of("", sentence):
            return sentence
    return ""


def _sum(vectors: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the unit vector of the sum of unit vectors."""
    summed: defaultdict[str, float] = defaultdict(float)
    for vector in vectors:
        for key, value in vector.items():
            summed[key] += value
    return unit(summed)
