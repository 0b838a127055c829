"""The numbers that papers report as nodes, tied to the concepts of their metric and data set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kgraph.link.aliases import LinkedConcept
from kgraph.model import Evidence, Extraction, Kind, Mention, Node, Result
from kgraph.names import bounded

_ADDS_NOTHING = frozenset({"", "score", "scores", "rate", "rates", "value", "values", "level", "levels"})


@dataclass(frozen=True, slots=True)
class Reported:
    """A result of one paper as a node, with the ids of the concepts that are its metric and data set."""

    paper: str
    node: Node
    metric: str | None
    dataset: str | None


def reported_results(
    paper_id: str, extraction: Extraction, concepts: Iterable[LinkedConcept]
) -> Iterator[Reported]:
    """Yield the results of one paper, whose linked concepts are given, in the order of the text.

    A concept is a result's metric or data set where it is mentioned in those
    very words; so names are resolved as they are everywhere in the paper.
    """
    own = tuple(concepts)
    for result in extraction.results:
        place = f"{result.figure.field}-{result.figure.start}"
        id_ = bounded(f"{paper_id}#{place}")
        properties = {key: value for key, value in _properties(result).items() if value is not None}
        yield Reported(
            paper_id,
            Node(id_, {"id": id_, **properties}),
            _named_by(result.metric_mention, own),
            _named_by(result.dataset_mention, own, "dataset"),
        )


def result_name(result: Result) -> str:
    """Return a result in a few words: "accuracy 93% on CIFAR-10", "perplexity -6.17 points"."""
    if result.change is not None:
        number = _with_unit(result.change, result.unit, signed=True)
    elif result.before is not None and result.value is not None:
        number = f"{result.before:g} → {_with_unit(result.value, result.unit)}"
    else:
        number = _with_unit(result.value or 0.0, result.unit)
    bound = f"{result.qualifier} " if result.qualifier else ""
    return f"{result.metric} {bound}{number}" + (f" on {result.dataset}" if result.dataset else "")


def _with_unit(number: float, unit: str | None, *, signed: bool = False) -> str:
    # All digits that were written: a general format would round 18,000.5 away.
    text = f"{number:+.10g}" if signed else f"{number:.10g}"
    if unit is None:
        return text
    return f"{text}{unit}" if unit in {"%", "x", "°"} else f"{text} {unit}"


def _properties(result: Result) -> dict[str, Any]:
    name = result_name(result)
    seen: Evidence = result.evidence
    return {
        "name": name,
        "title": name,
        "metric": result.metric,
        "dataset": result.dataset,
        "value": result.value,
        "before": result.before,
        "change": result.change,
        "unit": result.unit,
        "relative": result.relative,
        "qualifier": result.qualifier,
        "figure": result.figure.text,
        "confidence": result.confidence,
        "evidence": [seen.text],
        "evidence_fields": [seen.field],
        "evidence_starts": [seen.start],
        "evidence_ends": [seen.end],
        "produced_by": [seen.producer],
    }


def _named_by(
    place: Mention | None, concepts: Iterable[LinkedConcept], kind: Kind | None = None
) -> str | None:
    """Return the concept that is mentioned by the words of a place, or by most of them up to their end."""
    if place is None:
        return None
    found = [
        (mention.start, concept.id)
        for concept in concepts
        if kind is None or concept.kind == kind
        for mention in concept.mentions
        if mention.field == place.field
        and place.start <= mention.start < mention.end <= place.end
        and place.text[mention.end - place.start :].strip().lower() in _ADDS_NOTHING
    ]
    return min(found)[1] if found else None
