"""The language of a paper's text, as far as it is certain."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from kgraph.data import read_toml
from kgraph.sources.cleaning.word_forms import is_known

ENGLISH = "en"

_READ = 1000
"""Characters that are examined."""
_ENGLISH_WORDS = tuple(f" {word} " for word in read_toml("cleaning.toml")["english"]["words"])
_FEWEST_ENGLISH_WORDS = 3
_LEAST_SHARE = 0.08
_LEAST_KNOWN = 0.6
_MOST_WORDS = 12
_FEWEST_LETTERS = 20
_CERTAIN = 0.7
_WORD = re.compile(r"[^\W\d_]+")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1aff\u2c80-\u2dff\u3040-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")


def detect_language(title: str, abstract: str) -> str | None:
    """Return the ISO 639 code of a text's language, or None if it is not certain.

    English is recognised by its function words, and a short text by words that the
    list of spellings has. Only other texts need the detector. A text in Latin script
    is of another language only if the detector is certain.
    """
    text = f"{title}\n{abstract}"[:_READ]
    if _has_english_words(text):
        return ENGLISH
    letters = sum(map(str.isalpha, text))
    foreign = len(_OTHER_SCRIPT.findall(text))
    if 2 * foreign > letters:
        return _detected(text)[0]
    if _has_known_words(text):
        return ENGLISH
    if letters < _FEWEST_LETTERS:
        return None
    language, certainty = _detected(text)
    return language if certainty >= _CERTAIN else None


def _has_english_words(text: str) -> bool:
    folded = text.lower()
    found = sum(map(folded.count, _ENGLISH_WORDS))
    return found >= _FEWEST_ENGLISH_WORDS and found >= _LEAST_SHARE * folded.count(" ")


def _has_known_words(text: str) -> bool:
    """Return whether a text is too short to have function words, and most of its words are English."""
    words = _WORD.findall(text)
    return 0 < len(words) <= _MOST_WORDS and sum(map(is_known, words)) >= _LEAST_KNOWN * len(words)


def _detected(text: str) -> tuple[str, float]:
    language, certainty = _detector().classify(text)
    return language, certainty


@cache
def _detector() -> Any:
    # Loading takes a second, and most builds never need it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
