"""Gold data in the one form that the benchmark reads, whatever form it was published in.

| kind | a line of the file |
|---|---|
| entities | ``{"id", "tokens", "sentences": [[first, end]], "entities": [[first, end, type]]}``, in tokens |
| marked relations | ``{"text", "label"}``, the head between ``[[ ]]`` and the tail between ``<< >>`` |
| keyphrases | ``{"id", "title", "abstract", "keyphrases"}`` |

A test collection for suggestions is one compressed JSON document: ``{"papers": {id: {"title",
"abstract": [[role, sentence]]}}, "queries": {"ID_FACET": {"cands": [id], "rel": [grade]}}}``.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from training.splits import is_for_evaluation

from evaluation.entities import KINDS, Entity
from evaluation.extraction import Span
from evaluation.marked import read_marked
from evaluation.relations import GoldRelation
from evaluation.text import TokenText, join_tokens


@dataclass(frozen=True, slots=True)
class KeyphrasePaper:
    """A paper and the keyphrases that people chose for it."""

    id: str
    title: str
    abstract: str
    keyphrases: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return title and abstract as one text, for methods without fields."""
        return f"{self.title}.\n{self.abstract}" if self.title else self.abstract

    def record(self) -> dict[str, str]:
        """Return the paper as kgraph reads it."""
        return {"id": self.id, "title": self.title, "abstract": self.abstract}


@dataclass(frozen=True, slots=True)
class AnnotatedAbstract:
    """An abstract with its entities, in characters, and the token offsets of its sentences."""

    id: str
    joined: TokenText
    tokens: tuple[str, ...]
    sentences: tuple[tuple[int, int], ...]
    entities: frozenset[Entity]

    def record(self) -> dict[str, str]:
        """Return the abstract as kgraph reads it: a paper without a title."""
        return {"id": self.id, "title": "", "abstract": self.joined.text}


@dataclass(frozen=True, slots=True)
class MarkedRelation:
    """A sentence with two marked spans, and the label of their relation."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class QueryByExample:
    """A query of CSFCube: a paper, the facet asked for, and the grade of each candidate."""

    key: str
    paper: str
    facet: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TestCollection:
    """Papers, as (title, abstract) by id, and queries with graded pools."""

    __test__ = False  # pytest must not collect it, whatever its name

    papers: Mapping[str, tuple[str, str]]
    queries: tuple[QueryByExample, ...]

    def records(self) -> list[dict[str, str]]:
        """Return the papers as kgraph reads them."""
        return [
            {"id": id_, "title": title, "abstract": abstract}
            for id_, (title, abstract) in self.papers.items()
        ]


def read_keyphrases(path: Path, limit: int | None = None) -> list[KeyphrasePaper]:
    """Return the papers of a set of keyphrases."""
    return [
        KeyphrasePaper(row["id"], row["title"], row["abstract"], tuple(row["keyphrases"]))
        for row in _rows(path, limit)
    ]


def read_abstracts(path: Path, limit: int | None = None) -> list[AnnotatedAbstract]:
    """Return the abstracts of a set of entities, without entities of a type that is not in KINDS."""
    return [_abstract(row) for row in _rows(path, limit)]


def _abstract(row: Mapping[str, Any]) -> AnnotatedAbstract:
    joined = join_tokens(row["tokens"])
    entities = {
        (*joined.span(first, end), KINDS[type_]) for first, end, type_ in row["entities"] if type_ in KINDS
    }
    sentences = tuple((first, end) for first, end in row.get("sentences", ()))
    return AnnotatedAbstract(row["id"], joined, tuple(row["tokens"]), sentences, frozenset(entities))


def read_marked_relations(path: Path, limit: int | None = None) -> list[MarkedRelation]:
    """Return the sentences of a set of marked relations."""
    return [MarkedRelation(row["text"], row["label"]) for row in _rows(path, limit)]


def relations_of(
    abstracts: list[AnnotatedAbstract], marked: list[MarkedRelation]
) -> dict[str, set[GoldRelation]]:
    """Return the relations of each abstract in characters, by finding its sentences among the marked ones."""
    by_sentence: defaultdict[tuple[str, ...], list[tuple[Span, Span, str]]] = defaultdict(list)
    for relation in marked:
        words, head, tail = read_marked(relation.text)
        by_sentence[tuple(words)].append((head, tail, relation.label))
    return {
        abstract.id: {
            GoldRelation(
                abstract.joined.span(first + head[0], first + head[1]),
                abstract.joined.span(first + tail[0], first + tail[1]),
                label,
            )
            for first, end in abstract.sentences
            for head, tail, label in by_sentence.get(abstract.tokens[first:end], ())
        }
        for abstract in abstracts
    }


def read_collection(path: Path, limit: int | None = None) -> TestCollection:
    """Return a test collection, with the first ``limit`` of its queries."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        data = json.load(file)
    papers = {
        id_: (paper["title"], " ".join(sentence for _, sentence in paper["abstract"]))
        for id_, paper in data["papers"].items()
    }
    queries = tuple(_query(key, pool) for key, pool in islice(data["queries"].items(), limit))
    return TestCollection(papers, queries)


def _query(key: str, pool: Mapping[str, Any]) -> QueryByExample:
    paper, _, facet = key.rpartition("_")
    grades = {
        candidate: grade
        for candidate, grade in zip(pool["cands"], pool["rel"], strict=True)
        if candidate != paper
    }
    return QueryByExample(key, paper, facet, grades)


def author_keywords(corpus: Path, count: int) -> list[KeyphrasePaper]:
    """Return a fixed sample of the evaluation share of a corpus, with the keywords that authors gave.

    A smaller sample is the start of a larger one, because papers are ordered by the
    hash of their id.
    """
    eligible = [paper for row in _corpus_rows(corpus) if (paper := _with_keywords(row)) is not None]
    return sorted(eligible, key=lambda paper: sha256(paper.id.encode()).digest())[:count]


def _with_keywords(row: Mapping[str, Any]) -> KeyphrasePaper | None:
    keywords = tuple(row.get("keywords") or ())
    # "Area: Topic" is an entry of a venue's taxonomy that no author wrote. Such entries were cut at
    # commas, so the keyword next to one may be part of another. Papers with one are skipped.
    if not keywords or not row.get("abstract") or any(": " in keyword for keyword in keywords):
        return None
    if not is_for_evaluation(row["id"]):
        return None
    return KeyphrasePaper(row["id"], row["title"], row["abstract"], keywords)


def _rows(path: Path, limit: int | None) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, limit)]


def _corpus_rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
