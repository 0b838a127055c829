"""The words that every room of kgraph speaks.

Frozen dataclasses without behaviour beyond what follows from their own
fields. ``sources`` make papers, ``extract`` makes extractions, ``link`` makes
batches of nodes and edges, and a ``store`` keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Field = Literal["title", "abstract"]
Kind = Literal["task", "method", "dataset", "metric", "concept", "phrase"]
RelationType = Literal[
    "INTRODUCES",
    "USES",
    "EVALUATES_ON",
    "COMPARES_WITH",
    "IS_A",
    "PART_OF",
    "USED_FOR",
    "EVALUATED_BY",
    "COMPARED_WITH",
    "CONJUNCTION",
]

KIND_LABELS: Mapping[Kind, str] = {
    "task": "Task",
    "method": "Method",
    "dataset": "Dataset",
    "metric": "Metric",
}
"""Kinds that give a concept a second label in the graph."""


@dataclass(frozen=True, slots=True)
class Organization:
    """An affiliation as a page gives it: a handle and a name to show."""

    handle: str
    name: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as a source gave it.

    ``date`` is ISO 8601 (``YYYY-MM-DD``) or absent; ``source`` is the name of
    the file it was read from. Two papers are the same if their ``id`` is.
    """

    id: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organizations: tuple[Organization, ...] = ()
    date: str | None = None
    year: int | None = None
    comments: int | None = None
    venue: str | None = None
    url: str | None = None
    keywords: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that was left out: where it stands and why.

    ``line`` counts from 1; ``record`` names the record as a person would find
    it (its title or id), or is empty.
    """

    file: str
    line: int
    record: str
    reason: str

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line else ""
        record = f" ({self.record})" if self.record else ""
        return f"{self.file}{line}{record}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about a file that the reader of the summary should know."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that names a concept.

    Offsets are in characters of that field: ``getattr(paper, field)[start:end] == text``.
    """

    field: Field
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence that says so, its offsets in its field, and what read it there."""

    field: Field
    start: int
    end: int
    text: str
    producer: str


@dataclass(frozen=True, slots=True)
class PaperConcept:
    """A concept as one paper speaks of it.

    ``name`` is the form that the paper prefers (the long form of an
    abbreviation), ``aliases`` are its other surface forms, ``salience`` says
    how much the paper is about it (0..1) and ``evidence`` holds the sentences
    of its first mentions.
    """

    name: str
    kind: Kind
    salience: float
    aliases: tuple[str, ...]
    mentions: tuple[Mention, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """Something that a sentence says of two things.

    ``head`` and ``tail`` are names of concepts of the same paper; a ``head``
    of ``None`` is the paper itself. ``confidence`` is in 0..1.
    """

    type: RelationType
    head: str | None
    tail: str
    evidence: Evidence
    confidence: float


@dataclass(frozen=True, slots=True)
class Result:
    """A number that a paper reports, of which metric and on which data set; all of it in one sentence.

    ``value`` is what the metric came to, with ``before`` what it came from.
    Where only the difference is written, it is the ``change``: below zero
    where the metric fell. A change in ``x`` is a factor ("4x fewer" is -4).
    ``relative`` tells whether it is a share of what was there before, and is
    None where the text leaves that open, as "by 5%" does. ``unit`` is ``%``,
    ``points``, ``x`` or a unit as written; ``qualifier`` bounds the number
    ("up to").

    ``metric`` and ``dataset`` are written as in the text (``speed`` and
    ``frame rate`` where a unit or "faster" says so); a data set that the
    sentence does not tie to the number is absent. The mentions say where
    number, metric and data set stand.
    """

    metric: str
    dataset: str | None
    value: float | None
    before: float | None
    change: float | None
    unit: str | None
    relative: bool | None
    qualifier: str | None
    figure: Mention
    metric_mention: Mention
    dataset_mention: Mention | None
    evidence: Evidence
    confidence: float


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read out of one paper; concepts by falling salience.

    ``further`` are phrases that are not salient enough to be kept for this
    paper alone; the linker takes one up where other papers are about it.
    ``abbreviations`` are the pairs (short form, long form) that the paper
    itself defines. ``results`` stand in the order of the text.
    """

    concepts: tuple[PaperConcept, ...]
    relations: tuple[Relation, ...]
    further: tuple[PaperConcept, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """A canonical concept of the whole corpus.

    ``id`` is its normalised form, unique in the graph; ``name`` the form that
    people write most; ``papers`` how many papers mention it.
    """

    id: str
    name: str
    kind: Kind
    aliases: tuple[str, ...]
    papers: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A relationship between two nodes that are named by their ids."""

    head: str
    tail: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """A node: its id, the labels it has besides its first, its properties."""

    id: str
    properties: Mapping[str, Any]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeBatch:
    """Nodes of one label, in the order of their ids."""

    label: str
    nodes: Sequence[Node]


@dataclass(frozen=True, slots=True)
class EdgeBatch:
    """Relationships of one type between nodes of two labels."""

    type: str
    head_label: str
    tail_label: str
    edges: Sequence[Edge]
