"""The results of papers as nodes, joined to the concepts of their metric and data set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kgraph.link.aliases import LinkedConcept
from kgraph.link.evidence import evidence_properties
from kgraph.link.name_words import name_words
from kgraph.model import Extraction, Kind, Mention, Node, Result
from kgraph.names import bounded
from kgraph.quantities import quantity_text


@dataclass(frozen=True, slots=True)
class LinkedResult:
    """A result of one paper as a node, with the ids of the concepts that are its metric and data set."""

    paper: str
    node: Node
    metric: str | None
    dataset: str | None


def linked_results(
    paper_id: str, extraction: Extraction, concepts: Iterable[LinkedConcept]
) -> Iterator[LinkedResult]:
    """Yield the results of one paper, whose linked concepts are given, in the order of the text.

    A concept is the metric or data set of a result if the paper mentions it
    with the same words. So these names are resolved as all others of the paper.
    """
    own = tuple(concepts)
    for result in extraction.results:
        id_ = bounded(f"{paper_id}#{result.figure.field}-{result.figure.start}")
        properties = {key: value for key, value in _properties(result).items() if value is not None}
        yield LinkedResult(
            paper_id,
            Node(id_, {"id": id_, **properties}),
            _mentioned_concept(result.metric_mention, own),
            _mentioned_concept(result.dataset_mention, own, "dataset"),
        )


def result_name(result: Result) -> str:
    """Return a result in a few words: "accuracy 93% on CIFAR-10", "perplexity -6.17 points"."""
    if result.change is not None:
        number = quantity_text(result.change, result.unit, signed=True)
    elif result.before is not None and result.value is not None:
        number = f"{quantity_text(result.before)} → {quantity_text(result.value, result.unit)}"
    else:
        number = quantity_text(result.value or 0.0, result.unit)
    bound = f"{result.qualifier} " if result.qualifier else ""
    return f"{result.metric} {bound}{number}" + (f" on {result.dataset}" if result.dataset else "")


def _properties(result: Result) -> dict[str, Any]:
    name = result_name(result)
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
        **evidence_properties([result.evidence]),
    }


def _mentioned_concept(
    name: Mention | None, concepts: Iterable[LinkedConcept], kind: Kind | None = None
) -> str | None:
    """Return the id of the concept with the longest mention inside a name that reaches to its end.

    Of the name, only a word such as "score" may follow the mention.
    """
    if name is None:
        return None
    endings = {"", *name_words().metric_endings}
    found = [
        (mention.start, concept.id)
        for concept in concepts
        if kind is None or concept.kind == kind
        for mention in concept.mentions
        if mention.field == name.field
        and name.start <= mention.start < mention.end <= name.end
        and name.text[mention.end - name.start :].strip().lower() in endings
    ]
    return min(found)[1] if found else None
