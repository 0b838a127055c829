"""Read the arguments of commands that are more than a word."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kgraph.errors import InputError


def parameters(pairs: Iterable[str]) -> dict[str, Any]:
    """Return the parameters of ``k=v`` pairs. A value that parses as JSON is JSON, any other is text.

    A number that JSON would write differently is text, because 2401.00010 is
    the id of a paper. Raises InputError for a pair without a name or ``=``.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise InputError(f"--param {pair!r}: write it as name=value")
        try:
            parsed = json.loads(value, parse_constant=_refuse_constant)
            is_number = isinstance(parsed, int | float) and not isinstance(parsed, bool)
            found[name] = value if is_number and json.dumps(parsed) != value.strip() else parsed
        except (ValueError, RecursionError):
            found[name] = value
    return found


def read_ids(path: Path) -> set[str]:
    """Return the ids in a file, one a line. Raises InputError if it cannot be read or is empty."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    found = {line.strip() for line in text.splitlines()} - {""}
    if not found:
        raise InputError(f"{path}: contains no ids; write one a line")
    return found


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
