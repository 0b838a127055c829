"""Related papers, with the reason why.

The score is that of :mod:`kgraph.link.relatedness`: what papers share of
concepts and of words, weighted by rarity. Everything is read from the MENTIONS
edges and the texts themselves, so a reason is always something that both
papers literally say.
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
from kgraph.names import singular
from kgraph.store import GraphStore

_COMPARED = 500
"""Papers nearest by concepts whose exact score is computed."""

_WORD_REASONS = 2
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^a-z])")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that the suggestion shares with the seeds.

    ``concept`` is a concept's name and ``id`` its id, or, without an id, a
    word that both texts use. ``share`` is its part of the score (0..1);
    ``papers`` of the ``total`` in the graph name it (of a word: of the papers
    compared). ``seed`` is the id of the seed that is most about it; the
    sentences are where that seed and the suggestion name it.
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
    """A related paper: ``score`` is 0..1, ``reasons`` stand in the order of their share."""

    id: str
    title: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Mention:
    paper: str
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

    ``papers`` are ids, titles or unique parts of titles; several make one seed
    set, whose vectors are added. With ``among`` exactly these ids are ranked,
    those that share nothing at the end with a score of 0; else papers that
    share nothing are left out. Raises InputError for a paper that is not
    found, ids in ``among`` that the graph does not have, and a ``k`` below 1.
    """
    if k < 1:
        raise InputError("-k must be at least 1")
    if not papers:
        raise InputError("name at least one paper")
    seeds = sorted({find_paper(store, text) for text in papers})
    total = store.query("MATCH (p:Paper) RETURN count(*) AS n").rows[0]["n"]
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
    """What is needed to say where the seeds and a suggestion name what they share."""

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
        self._sentences = _sentences(store, [*seeds, *ranked], sorted(set().union(*self._by_seed.values())))

    def reasons(
        self, paper: str, concepts: Mapping[str, float], words: Mapping[str, float], score: float
    ) -> Iterator[Reason]:
        """Yield the reasons by falling share: concepts, and the strongest words beside them."""
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
    """Return the papers that share the most with the seeds; in a small graph, all papers."""
    if total <= _COMPARED:
        rows = store.query("MATCH (p:Paper) RETURN p.id AS id ORDER BY id").rows
        return [row["id"] for row in rows if row["id"] not in seeds]
    own = _mentions(store, seeds, total)
    query = _sum([unit({m.concept: m.weight for m in found}) for found in own.values()])
    rows = store.query(
        "MATCH (p:Paper)-[m:MENTIONS]->(c:Concept) WHERE c.id IN $ids "
        "RETURN p.id AS paper, c.id AS concept, c.papers AS papers, m.salience AS salience",
        {"ids": sorted(query)},
        timeout=None,
    ).rows
    shared: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        weight = concept_weight(row["salience"], row["papers"], total)
        shared[row["paper"]] += weight * query[row["concept"]]
    nearest = sorted(shared.keys() - set(seeds), key=lambda id_: (-shared[id_], id_))
    return nearest[:_COMPARED]


def _named(store: GraphStore, among: Collection[str], seeds: Sequence[str]) -> list[str]:
    rows = store.query("MATCH (p:Paper) WHERE p.id IN $ids RETURN p.id AS id", {"ids": sorted(among)}).rows
    known = {row["id"] for row in rows}
    if unknown := sorted(set(among) - known):
        shown = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
        raise InputError(f"the graph has no paper with the id {shown}")
    return sorted(known - set(seeds))


def _mentions(store: GraphStore, ids: Sequence[str], total: int) -> dict[str, list[_Mention]]:
    rows = store.query(
        "MATCH (p:Paper)-[m:MENTIONS]->(c:Concept) WHERE p.id IN $ids "
        "RETURN p.id AS paper, c.id AS concept, c.name AS name, c.aliases AS aliases, "
        "c.papers AS papers, m.salience AS salience ORDER BY paper, concept",
        {"ids": list(ids)},
        timeout=None,
    ).rows
    found: dict[str, list[_Mention]] = {}
    for row in rows:
        weight = concept_weight(row["salience"], row["papers"], total)
        aliases = tuple(row["aliases"] or ())
        mention = _Mention(row["paper"], row["concept"], row["name"], aliases, row["papers"], weight)
        found.setdefault(mention.paper, []).append(mention)
    return found


def _texts(store: GraphStore, ids: Sequence[str]) -> dict[str, _Text]:
    rows = store.query(
        "MATCH (p:Paper) WHERE p.id IN $ids "
        "RETURN p.id AS id, p.title AS title, p.abstract AS abstract ORDER BY id",
        {"ids": list(ids)},
        timeout=None,
    ).rows
    return {row["id"]: _Text(row["title"], row["abstract"] or "") for row in rows}


def _sentences(
    store: GraphStore, papers: Sequence[str], concepts: Sequence[str]
) -> Mapping[tuple[str, str], str]:
    """Return the first sentence in which each paper names each concept, the abstract's before the title."""
    rows = store.query(
        "MATCH (p:Paper)-[m:MENTIONS]->(c:Concept) WHERE p.id IN $papers AND c.id IN $concepts "
        "RETURN p.id AS paper, c.id AS concept, m.evidence AS evidence, m.evidence_fields AS fields",
        {"papers": list(papers), "concepts": list(concepts)},
        timeout=None,
    ).rows
    found = {}
    for row in rows:
        sentences = list(zip(row["fields"] or (), row["evidence"] or (), strict=True))
        in_abstract = [sentence for field, sentence in sentences if field == "abstract"]
        found[row["paper"], row["concept"]] = (in_abstract or [text for _, text in sentences] or [""])[0]
    return found


def _sentence_with(text: _Text, word: str) -> str:
    for sentence in (*_SENTENCE.split(text.abstract), text.title):
        if any(singular(found) == word for found in _WORD.findall(sentence.lower())):
            return sentence
    return ""


def _sum(vectors: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the unit vector of the sum of unit vectors."""
    summed: defaultdict[str, float] = defaultdict(float)
    for vector in vectors:
        for key, value in vector.items():
            summed[key] += value
    return unit(summed)
