"""Convert values of query results to one JSON-compatible form for all engines, with a size limit."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from kgraph.errors import QueryError
from kgraph.schema import graph_schema

MAX_VALUE = 16_000_000
"""Characters and list items that one value of a result may hold."""


def node(labels: Sequence[str], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a node with kgraph's main label first and the other labels sorted by name."""
    main = {label.name for label in graph_schema().labels}
    return {
        "labels": sorted(labels, key=lambda label: (label not in main, label)),
        "properties": _present(properties),
    }


def relationship(kind: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a relationship."""
    return {"type": kind, "properties": _present(properties)}


def mapping(items: Mapping[str, Any]) -> dict[str, Any]:
    """Return a map with sorted keys, because no engine defines an order."""
    return {key: items[key] for key in sorted(items)}


def moment(text: str) -> str:
    """Return a date or time in ISO 8601 without trailing zeros in the fraction of a second."""
    return re.sub(r"(\.\d*?)0+(?=\D|$)", lambda m: m[1].rstrip("."), text)


def duration(months: int, days: int, seconds: int, nanoseconds: int) -> dict[str, int]:
    """Return a duration. Nanoseconds are left out if zero."""
    whole = {"months": months, "days": days, "seconds": seconds}
    return whole | ({"nanoseconds": nanoseconds} if nanoseconds else {})


def plain(value: Any) -> Any:
    """Return a Python scalar as a value that JSON can hold. Other values are returned unchanged."""
    if isinstance(value, dt.date | dt.time):
        return moment(value.isoformat())
    if isinstance(value, dt.timedelta):
        return duration(0, value.days, value.seconds, value.microseconds * 1000)
    # JSON has no infinities and NaN. The embedded engine gives null for 0.0 / 0.0.
    return None if isinstance(value, float) and not math.isfinite(value) else value


def refuse_huge(value: Any) -> None:
    """Raise QueryError for a value of more than MAX_VALUE characters and items."""
    if _size(value, MAX_VALUE) > MAX_VALUE:
        raise QueryError(
            f"a value of the result holds more than {MAX_VALUE:,} characters or items; return less of it"
        )


def _size(value: Any, enough: int) -> int:
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return 1
    total = len(value)
    for item in value:
        if total > enough:
            break
        total += _size(item, enough - total)
    return total


def _present(properties: Mapping[str, Any]) -> dict[str, Any]:
    return mapping({key: value for key, value in properties.items() if value is not None})
