"""Flatten a NetworkX graph so that it can be written as GraphML and GEXF.

Both formats know strings, numbers and booleans only, and are XML 1.0, which
cannot hold most control characters.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import networkx as nx

from kgraph.schema import graph_schema

Scalar = str | int | float | bool

_NOT_XML = re.compile(r"[^\t\n\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_LINE_END = re.compile(r"\r\n?")

_RESERVED = re.compile(
    r"(id|key|label|labels|networkx_key|type|weight|start|end|pid|parents|slices|spells|viz)_*"
)
"""Names that NetworkX reads or writes as part of a format, or that are set here. The pattern includes
trailing underscores, so that a renamed attribute never takes the name of another one."""


def flatten(graph: nx.MultiDiGraph[Any]) -> nx.MultiDiGraph[str]:
    """Return a copy of the graph with string ids and scalar attributes.

    ``graph`` is the result of :func:`kgraph.export.networkx_graph.to_networkx`.

    - A node is ``LABEL:ID``. Its attribute ``label`` is the name, and
      ``labels`` is all labels, separated by colons. The id is in ``id_``.
    - The key of an edge is unique in the graph, as GEXF requires. Its
      attribute ``label`` is the relationship type.
    - A list or map is JSON text, and an attribute with values of several types
      is text. A missing value is left out.
    - Line ends become ``\\n``. Characters that XML 1.0 cannot hold become U+FFFD.
    - A property whose name the formats reserve gets an underscore at its end.
    """
    flat: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    ids: dict[tuple[str, str], str] = {}
    for (label, id_), attributes in graph.nodes(data=True):
        ids[label, id_] = key = _free_id(flat, xml_text(f"{label}:{id_}"))
        own = {name: value for name, value in attributes.items() if name != "labels"}
        flat.add_node(key)
        flat.nodes[key].update(
            {
                "label": xml_text(str(attributes.get("name") or id_)),
                "labels": ":".join(attributes["labels"]),
                **_flat_attributes(own),
            }
        )
    for number, (head, tail, kind, attributes) in enumerate(graph.edges(keys=True, data=True)):
        key = f"{kind}-{number}"
        flat.add_edge(ids[head], ids[tail], key=key)
        flat.edges[ids[head], ids[tail], key].update({"label": kind, **_flat_attributes(attributes)})
    _unify_types(data for _, data in flat.nodes(data=True))
    _unify_types(data for _, _, data in flat.edges(data=True))
    return flat


def xml_text(text: str) -> str:
    """Return text that XML 1.0 keeps as it is."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", _LINE_END.sub("\n", text))


def _free_id(graph: nx.MultiDiGraph[str], id_: str) -> str:
    # Two ids may differ only in characters that were replaced.
    candidate, number = id_, 1
    while candidate in graph:
        number += 1
        candidate = f"{id_} ({number})"
    return candidate


def _flat_attributes(attributes: Mapping[str, Any]) -> dict[str, Scalar]:
    return {
        xml_text(f"{name}_" if _RESERVED.fullmatch(name) else name): _scalar(value)
        for name, value in attributes.items()
        if value is not None
    }


def _scalar(value: Any) -> Scalar:
    if isinstance(value, bool | int | float):
        return value
    return xml_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _unify_types(items: Iterable[dict[str, Scalar]]) -> None:
    """Give each attribute one type: float for numbers of two types or declared as such, else text."""
    rows = list(items)
    types: defaultdict[str, set[type]] = defaultdict(set)
    for row in rows:
        for name, value in row.items():
            types[name].add(type(value))
    declared = _declared_floats()
    convert: dict[str, Callable[[Any], Scalar]] = {}
    for name, found in types.items():
        if found <= {int, float}:
            if float in found or name in declared:
                convert[name] = float
        elif len(found) > 1:
            convert[name] = _as_text
    for row in rows:
        row.update({name: convert[name](row[name]) for name in row.keys() & convert.keys()})


def _declared_floats() -> frozenset[str]:
    schema = graph_schema()
    declared = [item.properties for item in schema.labels] + [
        item.properties for item in schema.relationships
    ]
    return frozenset(prop.name for properties in declared for prop in properties if prop.type == "float")


def _as_text(value: Scalar) -> str:
    return value if isinstance(value, str) else json.dumps(value)
