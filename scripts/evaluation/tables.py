"""The tables of the benchmark: each measures kgraph, and where there are any, other methods."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from evaluation.command import run
from evaluation.entities import entity_scores
from evaluation.extraction import extract
from evaluation.gold import (
    author_keywords,
    read_abstracts,
    read_collection,
    read_keyphrases,
    read_marked_relations,
    relations_of,
)
from evaluation.labels import label_scores
from evaluation.manifest import MissingDataError, gold_sets, sha256
from evaluation.packages import MissingPackageError, reference_name, require
from evaluation.relations import relation_counts
from evaluation.suggestions import RankingScores, ranking_scores, suggested_rankings

SCRIPTS = Path(__file__).resolve().parents[1]
KGRAPH = "kgraph"
"""The name of kgraph's row in every table."""
KEYWORD_PAPERS = 500
SPEED_PAPERS = 1000

Row = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Table:
    """Figures by system and column.

    ``settings`` are the conditions of the measurement, ``data`` the SHA-256 of each
    file that was measured on.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Mapping[str, Row]
    settings: Mapping[str, str | int]
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Bench:
    """The data folder, the command that is measured, and how many items of a set to look at.

    ``report`` takes a sentence on each part of a table that is skipped.
    """

    data: Path
    kgraph: str
    limit: int | None
    report: Callable[[str], None]

    def find(self, name: str) -> Path:
        """Return the file of a gold set. Raises MissingDataError."""
        return gold_sets()[name].find(self.data)

    def limited(self, most: int) -> int:
        """Return a number of items: ``most``, or the limit if it is smaller."""
        return min(most, self.limit or most)


class NothingMeasuredError(Exception):
    """Every part of a table was skipped. The parts were reported one by one."""


def entities(bench: Bench) -> Table:
    """Measure entities on SciERC."""
    path = bench.find("scierc")
    abstracts = read_abstracts(path, bench.limit)
    found = extract(bench.kgraph, [abstract.record() for abstract in abstracts])
    scores = entity_scores({abstract.id: abstract.entities for abstract in abstracts}, found)
    row = {
        "f1": scores.typed.f1,
        "p": scores.typed.precision,
        "r": scores.typed.recall,
        "span-f1": scores.spans.f1,
    }
    return _table("entities", f"Entities of {path.name}, in percent", {KGRAPH: row}, [path], len(abstracts))


def keyphrases(bench: Bench) -> Table:
    """Measure keyphrases on three sets, with unsupervised methods for comparison."""
    require("nltk")
    # Imported here, since spaCy and NLTK take seconds to load.
    from evaluation import peers
    from evaluation.keyphrases import RankedPhrase, mean_keyphrase_f1

    rows: dict[str, dict[str, float]] = {KGRAPH: {}}
    paths, count = [], 0
    for name, k in (("inspec", 10), ("semeval2017", 15), ("corpus", 5)):
        try:
            path = bench.find(name)
        except MissingDataError as missing:
            bench.report(f"keyphrases: {missing}")
            continue
        papers = (
            author_keywords(path, bench.limited(KEYWORD_PAPERS))
            if name == "corpus"
            else read_keyphrases(path, bench.limit)
        )
        paths.append(path)
        count += len(papers)
        column = f"{'keywords' if name == 'corpus' else name}@{k}"
        gold = [paper.keyphrases for paper in papers]
        found = extract(bench.kgraph, [paper.record() for paper in papers])
        ours = [
            [
                RankedPhrase(concept.name, tuple(mention.text for mention in concept.mentions))
                for concept in found[paper.id].concepts
            ]
            for paper in papers
        ]
        rows[KGRAPH][column] = mean_keyphrase_f1(gold, ours, k)
        ranked = peers.rankings(
            [paper.text for paper in papers], lambda text: bench.report(f"keyphrases: {text}")
        )
        for peer, rankings in ranked.items():
            phrases = [[RankedPhrase(phrase) for phrase in ranking] for ranking in rankings]
            rows.setdefault(peer, {})[column] = mean_keyphrase_f1(gold, phrases, k)
    if not paths:
        raise NothingMeasuredError
    return _table("keyphrases", "Keyphrases: mean F1, in percent", rows, paths, count, **peers.versions())


def relations(bench: Bench) -> Table:
    """Measure the labels of SciERC's relations between spans that are given."""
    from evaluation.relation_labels import label_marked

    path = bench.find("scierc-relations")
    marked = read_marked_relations(path, bench.limit)
    given = [label_marked(relation.text) for relation in marked]
    scores = label_scores([relation.label for relation in marked], given)
    row = {"macro-f1": scores.macro, "micro-f1": scores.micro}
    title = f"Relations of {path.name} between given spans, in percent"
    return _table("relations", title, {KGRAPH: row}, [path], len(marked))


def relations_end_to_end(bench: Bench) -> Table:
    """Measure SciERC's relations from plain text."""
    paths = bench.find("scierc"), bench.find("scierc-relations")
    abstracts = read_abstracts(paths[0], bench.limit)
    gold = relations_of(abstracts, read_marked_relations(paths[1]))
    counted = relation_counts(gold, extract(bench.kgraph, [abstract.record() for abstract in abstracts]))
    row = {"f1": counted.f1, "p": counted.precision, "r": counted.recall}
    title = f"Relations of {paths[1].name} from plain text, in percent"
    return _table("relations-end-to-end", title, {KGRAPH: row}, paths, len(abstracts))


def suggestions(bench: Bench) -> Table:
    """Measure suggestions on CSFCube, with TF-IDF for comparison."""
    from evaluation.tfidf import tfidf_rankings  # loads scipy

    path = bench.find("csfcube")
    collection = read_collection(path, bench.limit)
    rows = {
        KGRAPH: _ranking_row(ranking_scores(collection, suggested_rankings(bench.kgraph, collection))),
        "TF-IDF": _ranking_row(ranking_scores(collection, tfidf_rankings(collection))),
        "random order": _ranking_row(
            ranking_scores(collection, {query.key: [] for query in collection.queries})
        ),
    }
    title = f"Suggestions for the queries of {path.name}, in percent"
    return _table("suggestions", title, rows, [path], len(collection.queries))


def _ranking_row(scores: Mapping[str, RankingScores]) -> dict[str, float]:
    """Return the columns: first those of all queries, then those of each facet."""
    row = {"map": scores["all"].map, "ndcg%20": scores["all"].ndcg}
    for facet in sorted(scores.keys() - {"all"}):
        row |= {f"{facet}.map": scores[facet].map, f"{facet}.ndcg%20": scores[facet].ndcg}
    return row


def names(bench: Bench) -> Table:
    """Measure which names are linked to one concept, with scripts/names."""
    path = bench.find("corpus")
    context = [] if bench.limit is None else ["--context", str(bench.limit)]
    measured = json.loads(_script("names", str(path), "--json", *context))
    columns = ("precision", "recall", "f1")
    rows = {
        KGRAPH if half == "held-out" else f"{KGRAPH}, {half} pairs": {
            column: 100 * measured[f"{half}: all"][column] for column in columns
        }
        for half in ("held-out", "development")
    }
    pairs = measured["held-out: all"]["pairs"]
    title = "Pairs of names that mean one thing: held-out half, in percent"
    return _table("names", title, rows, [path], pairs, context=bench.limit or 2000)


def speed(bench: Bench) -> Table:
    """Measure papers per second with scripts/bench, with the whole of en_core_web_sm for comparison."""
    reference_name()
    path, count = bench.find("corpus"), bench.limited(SPEED_PAPERS)
    printed = _script("bench", str(path), "--papers", str(count), "--only", "extraction", "--json")
    measured = json.loads(printed)["extraction"]["papers_per_second"]
    columns = tuple(next(iter(measured.values())))
    ratio = {column: measured[KGRAPH][column] / measured["en_core_web_sm"][column] for column in columns}
    rows = {
        KGRAPH: measured[KGRAPH] | {f"times, {column}": times for column, times in ratio.items()},
        "en_core_web_sm": measured["en_core_web_sm"],
    }
    return _table("speed", "Papers per second, by number of processes", rows, [path], count)


TABLES: Mapping[str, Callable[[Bench], Table]] = {
    "entities": entities,
    "keyphrases": keyphrases,
    "relations": relations,
    "relations-end-to-end": relations_end_to_end,
    "suggestions": suggestions,
    "names": names,
    "speed": speed,
}
"""The measurements by the name of their table. Each raises MissingDataError or MissingPackageError if a
set or package that it cannot do without is missing, NothingMeasuredError if all its parts were skipped,
and CommandError if kgraph fails."""

SKIPPED = (MissingDataError, MissingPackageError, NothingMeasuredError)
"""The exceptions after which the other tables are still measured."""


def _table(
    name: str,
    title: str,
    rows: Mapping[str, Row],
    paths: list[Path] | tuple[Path, ...],
    items: int,
    **settings: str | int,
) -> Table:
    columns = tuple(dict.fromkeys(chain.from_iterable(rows.values())))
    return Table(
        name, title, columns, rows, {"items": items, **settings}, {path.name: sha256(path) for path in paths}
    )


def _script(name: str, *arguments: str) -> str:
    return run([sys.executable, str(SCRIPTS / name), *arguments])
