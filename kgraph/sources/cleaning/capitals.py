"""Texts in capitals, written again as if in sentence case."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from kgraph.sources.cleaning.word_forms import usual_form

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_LETTERS = re.compile(r"[^\W\d_]+")
_STARTS_SENTENCE = re.compile(r"(?:\A|[.!?:]\s+|\n\s*)[\"'“‘(\[]*\Z")
_FEWEST_WORDS = 3
_FEWEST_LETTERS = 12
_LONGEST_ACRONYM = 5
_VOWELS = frozenset("AEIOUY")


def is_in_capitals(text: str) -> bool:
    """Return whether a text has several words, all in capitals."""
    if not text.isupper():
        return False
    words = _LETTERS.findall(text)
    return (
        len([word for word in words if len(word) > 1]) >= _FEWEST_WORDS
        and sum(map(len, words)) >= _FEWEST_LETTERS
    )


def written_forms(text: str) -> Mapping[str, str]:
    """Return the most frequent form of each word of a text, by the word in lower case.

    The first word of a sentence does not count, unless it has a capital inside.
    """
    counts: dict[str, Counter[str]] = {}
    for found in _WORD.finditer(text):
        word = found[0]
        if word[1:] == word[1:].lower() and _STARTS_SENTENCE.search(
            text, max(0, found.start() - 6), found.start()
        ):
            continue
        counts.setdefault(word.lower(), Counter())[word] += 1
    return {key: max(forms, key=lambda form: (forms[form], form)) for key, forms in counts.items()}


def to_sentence_case(text: str, forms: Mapping[str, str]) -> str:
    """Return a text in capitals in sentence case.

    ``forms`` are those of the paper's other text. Words that it lacks get their usual
    spelling. Unknown words of at most 5 letters, or without a vowel, stay acronyms.
    """

    def replacement(found: re.Match[str]) -> str:
        word = found[0]
        form = forms.get(word.lower()) or _usual_case(word)
        starts = _STARTS_SENTENCE.search(text, max(0, found.start() - 6), found.start())
        return form[0].upper() + form[1:] if starts and form.islower() else form

    return _WORD.sub(replacement, text)


def _usual_case(word: str) -> str:
    form = usual_form(word)
    if form is not None and form.lower() == word.lower():
        return form
    base, apostrophe, rest = word.partition("'")
    if apostrophe:
        return f"{_usual_case(base)}'{rest.lower()}"
    if any(map(str.isdigit, word)):
        return word
    is_acronym = len(word) <= _LONGEST_ACRONYM or not _VOWELS & set(word)
    return word if is_acronym else word.lower()
