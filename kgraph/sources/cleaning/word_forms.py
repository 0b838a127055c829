"""The usual spelling of words: "state-of-the-art", "efficient", "BERT", "Bayesian"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kgraph.data import read_text


def usual_form(letters: str) -> str | None:
    """Return the usual spelling of a word given in any case and without hyphens, or None if it is unknown."""
    return _forms().get(letters.lower())


def is_known(word: str) -> bool:
    """Return whether a word is in the list, in any case, with or without hyphens."""
    return word.replace("-", "").lower() in _forms()


@cache
def _forms() -> Mapping[str, str]:
    return {form.replace("-", "").lower(): form for form in read_text("word_forms.txt.gz").split()}
