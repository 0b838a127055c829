"""Whether a record obeys ``schemas/paper.schema.json``, and if not, why in plain words.

The schema file is the only place that holds the rules. jsonschema decides; a
quick check compiled from the same file spares it the records (nearly all) that
are plainly right, because it takes longer than reading them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from kgraph.schema import schema_text

Check = Callable[[Any], bool]

_ANNOTATIONS = frozenset({"$schema", "$id", "title", "description", "$comment", "examples", "default"})
_TYPES: Mapping[str, type] = {
    "null": type(None),
    "boolean": bool,
    "integer": int,
    "string": str,
    "array": list,
    "object": dict,
}
_ARTICLED = {"null": "null", "integer": "a whole number", "array": "a list", "object": "an object"}


@cache
def paper_schema() -> Mapping[str, Any]:
    """Return the schema of a paper record."""
    schema: Mapping[str, Any] = json.loads(schema_text("paper.schema.json"))
    return schema


def fault(record: Any) -> str | None:
    """Return why a parsed record breaks the schema, in words for its author; None if it does not."""
    quick, validator = _checks()
    if quick is not None and quick(record):
        return None
    errors = list(validator.iter_errors(record))
    # A title of the wrong type also makes the choice "title or abstract" fail; the type says more.
    error = best_match(error for error in errors if error.validator != "anyOf") or next(iter(errors), None)
    return None if error is None else _in_words(error)


def compile_check(schema: Mapping[str, Any]) -> Check | None:
    """Return a fast check that accepts only what the schema accepts (it may refuse more).

    None if the schema uses a keyword that this does not know.
    """
    checks: list[Check] = []
    for keyword, rule in schema.items():
        if keyword in _ANNOTATIONS:
            continue
        check = _KEYWORDS[keyword](rule) if keyword in _KEYWORDS else None
        if check is None:
            return None
        checks.append(check)
    return _all(checks)


@cache
def _checks() -> tuple[Check | None, Draft202012Validator]:
    schema = paper_schema()
    return compile_check(schema), Draft202012Validator(schema)


def _all(checks: Sequence[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]
    return lambda value: all(check(value) for check in checks)


def _compile_type(rule: str | list[str]) -> Check | None:
    names = [rule] if isinstance(rule, str) else rule
    types = frozenset(_TYPES[name] for name in names if name in _TYPES)
    # Not isinstance: True is an int for it, and none for JSON.
    return lambda value: type(value) in types


def _compile_properties(rule: Mapping[str, Any]) -> Check | None:
    checks = {name: compile_check(schema) for name, schema in rule.items()}
    known = {name: check for name, check in checks.items() if check is not None}
    if len(known) < len(checks):
        return None

    def check(value: Any) -> bool:
        return isinstance(value, dict) and all(
            known[name](entry) for name, entry in value.items() if name in known
        )

    return check


def _compile_items(rule: Mapping[str, Any]) -> Check | None:
    check = compile_check(rule)
    if check is None:
        return None
    return lambda value: value is None or (isinstance(value, list) and all(map(check, value)))


def _compile_any_of(rule: Sequence[Mapping[str, Any]]) -> Check | None:
    checks = [check for check in map(compile_check, rule) if check is not None]
    if len(checks) < len(rule):
        return None
    return lambda value: any(check(value) for check in checks)


_KEYWORDS: Mapping[str, Callable[[Any], Check | None]] = {
    "type": _compile_type,
    "properties": _compile_properties,
    "items": _compile_items,
    "anyOf": _compile_any_of,
    "required": lambda rule: lambda value: isinstance(value, dict) and all(name in value for name in rule),
    # As in the schema's language, these say nothing of values of other types.
    "minLength": lambda rule: lambda value: not isinstance(value, str) or len(value) >= rule,
    "maxLength": lambda rule: lambda value: not isinstance(value, str) or len(value) <= rule,
    "minimum": lambda rule: lambda value: not isinstance(value, int | float) or value >= rule,
    "maximum": lambda rule: lambda value: not isinstance(value, int | float) or value <= rule,
}


def _in_words(error: ValidationError) -> str:
    # The library's own messages quote the whole record.
    place = "".join(f"[{step}]" if isinstance(step, int) else str(step) for step in error.absolute_path)
    subject = place or "the record"
    match error.validator:
        case "type":
            rule: Any = error.validator_value
            wanted = " or ".join(map(_named, [rule] if isinstance(rule, str) else rule))
            return f"{subject} is {_json_type(error.instance)}, expected is {wanted}"
        case "anyOf" | "required":
            return "it has neither a title nor an abstract"
        case "minLength":
            return f"{subject} is empty"
        case "maxLength":
            return f"{subject} has more than {error.validator_value} characters"
        case "minimum":
            return f"{subject} is less than {error.validator_value}"
        case "maximum":
            return f"{subject} is more than {error.validator_value}"
    return f"{subject} breaks the rule {error.validator!r} of schemas/paper.schema.json"


def _json_type(value: Any) -> str:
    if isinstance(value, float):
        return "a number that is not whole" if isfinite(value) else "not a finite number"
    return _named(next(name for name, kind in _TYPES.items() if type(value) is kind))


def _named(json_type: str) -> str:
    return _ARTICLED.get(json_type, f"a {json_type}")
