"""Related papers, with the reason why.

A paper is a vector over its concepts, weighted by salience and rarity; the
score of a suggestion is its cosine with the seeds (the formula and its sources
stand in :mod:`kgraph.link.relatedness`). Everything is read from the MENTIONS
edges, so a reason is always something that both texts literally say.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kgraph.errors import InputError
from kgraph.link.relatedness import REASONS, rarity
from kgraph.lookup import find_paper
from kgraph.store import GraphStore

_RANKED = 500
"""Candidates with the largest shared weight whose exact score is computed."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A concept that the suggestion shares with the seeds.

    ``share`` is its part of the score (0..1); ``papers`` of the ``total`` in
    the graph mention it; the sentences are where the seed and the suggestion
    name it.
    """

    concept: str
    id: str
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
    papers: int
    weight: float


def suggest(
    store: GraphStore, papers: Sequence[str], *, k: int = 10, among: Collection[str] | None = None
) -> tuple[Suggestion, ...]:
    """Return the ``k`` papers most related to the seeds, best first, ties by id.

    ``papers`` are ids, titles or unique parts of titles; several make one seed
    set, whose vectors are added. With ``among`` exactly these ids are ranked,
    those that share nothing at the end with a score of 0. Raises InputError
    for a paper that is not found, ids in ``among`` that the graph does not
    have, and a ``k`` below 1.
    """
    if k < 1:
        raise InputError("-k must be at least 1")
    if not papers:
        raise InputError("name at least one paper")
    seeds = sorted({find_paper(store, text) for text in papers})
    total = store.query("MATCH (p:Paper) RETURN count(*) AS n").rows[0]["n"]
    by_seed = _mentions(store, "p.id IN $ids", seeds, total)
    query = _seed_vector(by_seed)
    pool = _pool(store, among, seeds)
    shared = _mentions(store, "c.id IN $ids", sorted(query), total)
    dots: defaultdict[str, float] = defaultdict(float)
    for mention in shared:
        if mention.paper not in seeds and (pool is None or mention.paper in pool):
            dots[mention.paper] += mention.weight * query[mention.concept]
    nearest = sorted(dots, key=lambda id_: (-dots[id_], id_))[: max(_RANKED, 10 * k)]
    norms = _norms(store, nearest, total)
    scores = {id_: dots[id_] / norms[id_] for id_ in nearest}
    ranked = sorted(scores, key=lambda id_: (-scores[id_], id_))
    if pool is not None:
        ranked += sorted(pool - scores.keys())
    ranked = ranked[:k]
    titles = _titles(store, ranked)
    sentences = _sentences(store, [*seeds, *ranked], sorted(query))
    common: dict[str, list[_Mention]] = {id_: [] for id_ in ranked}
    for mention in shared:
        if mention.paper in common and mention.weight:
            common[mention.paper].append(mention)
    return tuple(
        Suggestion(
            id_,
            titles[id_],
            round(min(1.0, scores.get(id_, 0.0)), 4),
            tuple(_reasons(common[id_], query, by_seed, sentences, total)),
        )
        for id_ in ranked
    )


def _reasons(
    mentions: Sequence[_Mention],
    query: Mapping[str, float],
    by_seed: Sequence[_Mention],
    sentences: Mapping[tuple[str, str], str],
    total: int,
) -> Iterator[Reason]:
    """Yield the shared concepts by falling share, each with the seed that is most about it."""
    products = {mention.concept: mention.weight * query[mention.concept] for mention in mentions}
    whole = sum(products.values())
    ordered = sorted(mentions, key=lambda mention: (-products[mention.concept], mention.concept))
    for mention in ordered[:REASONS]:
        seed = max(
            (own for own in by_seed if own.concept == mention.concept),
            key=lambda own: (own.weight, own.paper),
        )
        yield Reason(
            concept=mention.name,
            id=mention.concept,
            share=round(products[mention.concept] / whole, 4),
            papers=mention.papers,
            total=total,
            seed=seed.paper,
            seed_sentence=sentences.get((seed.paper, mention.concept), ""),
            sentence=sentences.get((mention.paper, mention.concept), ""),
        )


def _mentions(store: GraphStore, where: str, ids: Sequence[str], total: int) -> list[_Mention]:
    rows = store.query(
        f"MATCH (p:Paper)-[m:MENTIONS]->(c:Concept) WHERE {where} "
        "RETURN p.id AS paper, c.id AS concept, c.name AS name, c.papers AS papers, m.salience AS salience",
        {"ids": list(ids)},
        timeout=None,
    ).rows
    return [
        _Mention(
            row["paper"],
            row["concept"],
            row["name"],
            row["papers"],
            row["salience"] * max(0.0, rarity(row["papers"], total)),
        )
        for row in rows
    ]


def _seed_vector(mentions: Sequence[_Mention]) -> Mapping[str, float]:
    """Return the unit vector of the seeds' sum, each seed a unit vector first."""
    squares: defaultdict[str, float] = defaultdict(float)
    for mention in mentions:
        squares[mention.paper] += mention.weight**2
    summed: defaultdict[str, float] = defaultdict(float)
    for mention in mentions:
        if mention.weight:
            summed[mention.concept] += mention.weight / math.sqrt(squares[mention.paper])
    norm = math.sqrt(sum(value**2 for value in summed.values()))
    return {concept: value / norm for concept, value in sorted(summed.items())}


def _pool(store: GraphStore, among: Collection[str] | None, seeds: Collection[str]) -> set[str] | None:
    if among is None:
        return None
    rows = store.query("MATCH (p:Paper) WHERE p.id IN $ids RETURN p.id AS id", {"ids": sorted(among)}).rows
    known = {row["id"] for row in rows}
    if unknown := sorted(set(among) - known):
        shown = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
        raise InputError(f"the graph has no paper with the id {shown}")
    return known - set(seeds)


def _norms(store: GraphStore, ids: Sequence[str], total: int) -> Mapping[str, float]:
    squares: defaultdict[str, float] = defaultdict(float)
    for mention in _mentions(store, "p.id IN $ids", ids, total):
        squares[mention.paper] += mention.weight**2
    return {id_: math.sqrt(value) for id_, value in squares.items()}


def _titles(store: GraphStore, ids: Sequence[str]) -> Mapping[str, str]:
    rows = store.query(
        "MATCH (p:Paper) WHERE p.id IN $ids RETURN p.id AS id, p.title AS title", {"ids": list(ids)}
    ).rows
    return {row["id"]: row["title"] for row in rows}


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
