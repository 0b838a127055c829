"""Texts that say that a value is absent."""

from __future__ import annotations

from kgraph.data import compile_pattern, read_toml

_PATTERNS = {
    name: compile_pattern(pattern) for name, pattern in read_toml("cleaning.toml")["placeholders"].items()
}
_LONGEST = 60


def is_no_abstract(text: str) -> bool:
    """Return whether an abstract is a placeholder such as "[No abstract available]" or "N/A"."""
    return len(text) <= _LONGEST and _PATTERNS["abstract"].fullmatch(text.strip(" .!*[]()<>\"'")) is not None


def is_no_value(text: str) -> bool:
    """Return whether a title, name or keyword is a placeholder such as "[No author name available]"."""
    return len(text) <= _LONGEST and _PATTERNS["value"].fullmatch(text) is not None
