"""An extraction as JSON: what ``kgraph extract`` prints and what the cache keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kgraph.model import Evidence, Extraction, Mention, Paper, PaperConcept, Relation


def to_record(paper: Paper, extraction: Extraction) -> dict[str, Any]:
    """Return the line that ``kgraph extract`` prints for a paper; its keys are a contract."""
    read = extraction_to_json(extraction)
    return {
        "id": paper.id,
        "title": paper.title,
        "concepts": read["concepts"],
        "relations": read["relations"],
    }


def extraction_to_json(extraction: Extraction) -> dict[str, Any]:
    """Return an extraction as dicts and lists; :func:`extraction_from_json` is its inverse."""
    return {
        "concepts": [asdict(concept) for concept in extraction.concepts],
        "relations": [asdict(relation) for relation in extraction.relations],
        "further": [asdict(concept) for concept in extraction.further],
        "abbreviations": [list(pair) for pair in extraction.abbreviations],
    }


def extraction_from_json(data: Mapping[str, Any]) -> Extraction:
    """Return the extraction that a dict of :func:`extraction_to_json` describes."""
    return Extraction(
        concepts=tuple(_concept(concept) for concept in data["concepts"]),
        relations=tuple(
            Relation(
                relation["type"],
                relation["head"],
                relation["tail"],
                Evidence(**relation["evidence"]),
                relation["confidence"],
            )
            for relation in data["relations"]
        ),
        further=tuple(_concept(concept) for concept in data["further"]),
        abbreviations=tuple((short, long) for short, long in data["abbreviations"]),
    )


def _concept(data: Mapping[str, Any]) -> PaperConcept:
    return PaperConcept(
        name=data["name"],
        kind=data["kind"],
        salience=data["salience"],
        aliases=tuple(data["aliases"]),
        mentions=tuple(Mention(**mention) for mention in data["mentions"]),
        evidence=tuple(Evidence(**seen) for seen in data["evidence"]),
    )
