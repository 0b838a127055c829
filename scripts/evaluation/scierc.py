"""The types of entities and the labels of relations of SciERC (Luan et al., EMNLP 2018)."""

from __future__ import annotations

from collections.abc import Mapping

from kgraph.extract.reader.entities import GENERIC

KINDS: Mapping[str, str] = {
    "Task": "task",
    "Method": "method",
    "Metric": "metric",
    "Material": "dataset",
    "OtherScientificTerm": "concept",
    "Generic": GENERIC,
}
"""The types as kinds of kgraph's entity reader. The weights of the relation model have this order."""

LABELS = (
    "USED-FOR",
    "HYPONYM-OF",
    "PART-OF",
    "FEATURE-OF",
    "EVALUATE-FOR",
    "COMPARE",
    "CONJUNCTION",
)
"""The labels. The weights of the relation model have this order. ``relations.toml`` maps them to
relationship types, except FEATURE-OF."""
