"""How well ``kgraph suggest`` ranks the candidate pools of CSFCube."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from evaluation.command import run
from evaluation.extraction import write_jsonl
from evaluation.gold import QueryByExample, TestCollection
from evaluation.ranking import average_precision, ndcg


@dataclass(frozen=True, slots=True)
class RankingScores:
    """Mean average precision and mean nDCG%20 over queries, in percent."""

    map: float
    ndcg: float


def suggested_rankings(command: str, collection: TestCollection) -> dict[str, list[str]]:
    """Build a graph of all papers and rank each pool with ``suggest --among``.

    Returns the rankings by the key of the query. Raises CommandError if a command fails.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        papers, store = folder / "papers.jsonl", folder / "papers.kg"
        write_jsonl(papers, collection.records())
        run([command, "build", str(papers), "--store", str(store)])
        return {
            query.key: _suggested(command, query, store, folder / "pool.txt") for query in collection.queries
        }


def ranking_scores(
    collection: TestCollection, rankings: Mapping[str, Sequence[str]]
) -> dict[str, RankingScores]:
    """Return the scores of each facet and of "all" queries. Incomplete rankings are completed."""
    grades = {
        query.key: [
            query.grades[paper] for paper in complete_ranking(rankings[query.key], query.grades, query.key)
        ]
        for query in collection.queries
    }
    facets = dict.fromkeys(query.facet for query in collection.queries)
    return {
        facet: _mean([grades[query.key] for query in collection.queries if facet in ("all", query.facet)])
        for facet in (*facets, "all")
    }


def complete_ranking(suggested: Sequence[str], pool: Mapping[str, int], key: str) -> list[str]:
    """Return the whole pool: suggested papers in their order, then the others in a fixed random order.

    The order of the others depends on the query alone, so a method gains nothing by
    leaving candidates out.
    """
    ranked = [paper for paper in dict.fromkeys(suggested) if paper in pool]
    others = pool.keys() - set(ranked)
    return ranked + sorted(others, key=lambda paper: sha256(f"{key} {paper}".encode()).digest())


def _suggested(command: str, query: QueryByExample, store: Path, pool: Path) -> list[str]:
    # In an order without meaning, so that ties cannot favour the order of the collection.
    shuffled = complete_ranking((), query.grades, query.key)
    pool.write_text("".join(f"{paper}\n" for paper in shuffled), encoding="utf-8")
    size = str(len(query.grades))
    options = ["--among", str(pool), "-k", size, "--store", str(store), "--format", "json"]
    return [row["id"] for row in json.loads(run([command, "suggest", query.paper, *options]))]


def _mean(rankings: Sequence[Sequence[int]]) -> RankingScores:
    return RankingScores(
        map=100 * sum(map(average_precision, rankings)) / len(rankings),
        ndcg=100 * sum(map(ndcg, rankings)) / len(rankings),
    )
