"""The output of ``kgraph extract``, which is what the benchmark measures."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.command import run

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the title or abstract that names a concept, with its character offsets."""

    field: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of a paper."""

    name: str
    kind: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A statement: head and tail are names of concepts, ``head`` is None where it is the paper."""

    type: str
    head: str | None
    tail: str
    field: str
    sentence: Span


@dataclass(frozen=True, slots=True)
class ReportedResult:
    """A number that a paper reports. ``value`` is None if only a change is reported."""

    metric: str
    dataset: str | None
    value: float | None


@dataclass(frozen=True, slots=True)
class Extracted:
    """One paper: concepts by falling salience, relations and results."""

    concepts: tuple[Concept, ...]
    relations: tuple[Relation, ...]
    results: tuple[ReportedResult, ...]


NOTHING = Extracted((), (), ())
"""The extraction of a paper that the command does not print."""


def extract(command: str, papers: Iterable[Mapping[str, Any]]) -> dict[str, Extracted]:
    """Run ``COMMAND extract`` over records of papers and return its output by the id of the paper.

    Raises CommandError if the command fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "papers.jsonl")
        write_jsonl(path, papers)
        printed = run([command, "extract", str(path), "--format", "jsonl"])
    return {row["id"]: read_extracted(row) for row in map(json.loads, printed.splitlines())}


def read_extracted(row: Mapping[str, Any]) -> Extracted:
    """Read one line of the output."""
    return Extracted(
        concepts=tuple(
            Concept(
                concept["name"],
                concept["kind"],
                tuple(
                    Mention(mention["field"], (mention["start"], mention["end"]), mention["text"])
                    for mention in concept["mentions"]
                ),
            )
            for concept in row["concepts"]
        ),
        relations=tuple(
            Relation(
                relation["type"],
                relation["head"],
                relation["tail"],
                relation["evidence"]["field"],
                (relation["evidence"]["start"], relation["evidence"]["end"]),
            )
            for relation in row["relations"]
        ),
        results=tuple(
            ReportedResult(result["metric"], result["dataset"], result["value"]) for result in row["results"]
        ),
    )


def write_jsonl(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Write records as JSON Lines."""
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
