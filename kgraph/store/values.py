"""Values of query results in one form for all engines: what JSON can hold, and not without bound."""

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
    """Return a node; kgraph's own first label stands first, the others by name."""
    first = {label.name for label in graph_schema().labels}
    return {
        "labels": sorted(labels, key=lambda label: (label not in first, label)),
        "properties": _present(properties),
    }


def relationship(kind: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a relationship."""
    return {"type": kind, "properties": _present(properties)}


def mapping(items: Mapping[str, Any]) -> dict[str, Any]:
    """Return a map with its keys in order, as no engine says in which one it gives them."""
    return {key: items[key] for key in sorted(items)}


def moment(text: str) -> str:
    """Return a date or time in ISO 8601 with the digits of a second that it has, and no zeros behind them."""
    return re.sub(r"(\.\d*?)0+(?=\D|$)", lambda m: m[1].rstrip("."), text)


def duration(months: int, days: int, seconds: int, nanoseconds: int) -> dict[str, int]:
    """Return a duration; what is zero but for the first three is left out."""
    whole = {"months": months, "days": days, "seconds": seconds}
    return whole | ({"nanoseconds": nanoseconds} if nanoseconds else {})


def plain(value: Any) -> Any:
    """Return a scalar of Python as JSON can hold it; other values as they are."""
    if isinstance(value, dt.date | dt.time):
        return moment(value.isoformat())
    if isinstance(value, dt.timedelta):
        return duration(0, value.days, value.seconds, value.microseconds * 1000)
    # No JSON can hold them, and the embedded engine itself gives null for 0.0 / 0.0.
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
