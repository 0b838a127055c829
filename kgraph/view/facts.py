"""The facts of a node for the panel of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from kgraph.model import WebLink
from kgraph.quantities import quantity_text
from kgraph.schema import Property, graph_schema
from kgraph.view.scene import Item

_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_LISTED = 8
"""Of a list, such as the other names of a concept, the panel shows this many values."""

_INCLUDED = {"year": "date"}
"""Property → the property that includes it. Only the latter is shown if a node has both."""


def facts_of(item: Item) -> dict[str, Any]:
    """Return the facts of a node: rows, and optional text, sentences and address.

    A row is a heading, a text and, for an identifier, the web address of the
    text. The rows are the properties that the schema declares as shown.
    """
    properties = item.properties
    rows = [
        row
        for prop in graph_schema().label(item.key[0]).properties
        if prop.shown and properties.get(_INCLUDED.get(prop.name, "")) is None
        for row in _rows(prop, prop.shown, properties.get(prop.name), item.name)
    ]
    rows += _measurement(properties)
    facts: dict[str, Any] = {"rows": rows}
    if properties.get("evidence"):
        facts["sentences"] = [str(sentence) for sentence in properties["evidence"]]
        facts["figure"] = str(properties.get("figure") or "")
    if properties.get("papers") is not None:
        facts["papers"] = properties["papers"]
    if properties.get("abstract"):
        facts["abstract"] = str(properties["abstract"])
    url = str(properties.get("url") or "").strip()
    if _WEB.fullmatch(url):
        facts["url"] = url
    elif url:
        rows.append(("Address", url))
    return facts


def _rows(prop: Property, heading: str, value: Any, name: str) -> list[tuple[str, ...]]:
    """Return the rows of a property: one for each identifier, and one for all other values.

    A value that repeats the name of the node is left out.
    """
    values = [str(one) for one in (value if isinstance(value, list | tuple) else [value]) if one is not None]
    values = [text for text in values if text and text != name]
    if prop.link:
        addresses = [_address(prop.link, text) for text in values]
        return [(heading, text, *found) for text, found in zip(values, addresses, strict=True)]
    return [(heading, _joined(values))] if values else []


def _joined(values: Sequence[str]) -> str:
    more = len(values) - _LISTED
    return ", ".join(values[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _address(link: WebLink, value: str) -> tuple[str, ...]:
    """Return the web address of an identifier, or nothing if the value is not a valid one."""
    if not re.fullmatch(link.pattern, value):
        return ()
    return (link.address.replace("{}", quote(value, safe="/:", errors="replace")),)


def _measurement(properties: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the rows of a result: metric, value, change and data set."""
    unit = str(properties.get("unit") or "")
    bound = f"{properties['qualifier']} " if properties.get("qualifier") else ""
    share = " of the value before" if properties.get("relative") else ""

    def amount(name: str, *, signed: bool = False) -> str:
        number = properties.get(name)
        return "" if number is None else quantity_text(float(number), unit, signed=signed)

    value, change = amount("value"), amount("change", signed=True)
    rows = {
        "Metric": properties.get("metric"),
        "Value": value and bound + value,
        "Before": amount("before"),
        "Change": change and bound + change + share,
        "Data set": properties.get("dataset"),
    }
    return [(name, str(text)) for name, text in rows.items() if text]
