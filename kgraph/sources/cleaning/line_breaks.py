"""Words broken at line ends: "effi-\\ncient", or "effi- cient" after the lines were joined."""

from __future__ import annotations

import re
from collections.abc import Set

from kgraph.data import read_toml
from kgraph.sources.cleaning.word_forms import is_known, usual_form

_BROKEN = re.compile(
    r"(?<![\w-])(?P<first>(?:[^\W_]{1,40}-){0,4}[^\W\d_]{1,40})-(?P<space>\s{1,40})"
    r"(?P<second>[^\W\d_][^\W_]*(?:-\w+)*)"
)
_TRIGGER = re.compile(r"[^\W\d_]-\s")
_WORD = re.compile(r"\w+(?:-\w+)*")
_WORDS = {name: frozenset(words) for name, words in read_toml("cleaning.toml")["line_breaks"].items()}


def join_broken_words(text: str, words: Set[str]) -> str:
    """Return a text with broken words joined, with a hyphen where the word has one.

    ``words`` are those of the paper in lower case, which decide first. Then the list
    of usual spellings decides. A space after a hyphen stays where both parts are
    words ("pre- and post-training", "two tasks- detection and tracking").
    """

    def replacement(found: re.Match[str]) -> str:
        joint = _joint(found["first"], found["second"], "\n" in found["space"], words)
        return found[0] if joint is None else found["first"] + joint + found["second"]

    return _BROKEN.sub(replacement, text)


def has_broken_words(text: str) -> bool:
    """Return whether a hyphen between letters is followed by a space or a line end."""
    return ("- " in text or "-\n" in text or "-\t" in text) and _TRIGGER.search(text) is not None


def words_of(text: str) -> Set[str]:
    """Return the words of a text in lower case, those with hyphens as a whole."""
    return frozenset(_WORD.findall(text.lower()))


def _joint(first: str, second: str, at_line_end: bool, words: Set[str]) -> str | None:
    """Return what joins two parts, a hyphen or nothing, or None if the text is right as it is."""
    if second.lower() in _WORDS["conjunctions"]:
        return None
    last, next_ = first.rpartition("-")[2], second.partition("-")[0]
    for left, right in ((first, second), (last, next_)):
        if f"{left}-{right}".lower() in words:
            return "-"
        if f"{left}{right}".lower() in words:
            return ""
        form = usual_form(f"{left}{right}".replace("-", ""))
        if form is not None:
            return "-" if _has_hyphen_after(form, len(left.replace("-", ""))) else ""
    if last.lower() in _WORDS["prefixes"]:
        return "-"
    if next_[0].isupper() and not (last.isupper() and next_.isupper()):
        return "-" if at_line_end else None
    if next_.lower() in _WORDS["second_parts"]:
        return "-"
    known = is_known(last), is_known(next_)
    if at_line_end:
        return "-" if all(known) else ""
    return "" if not known[1] and len(next_) > 1 else None


def _has_hyphen_after(form: str, letters: int) -> bool:
    """Return whether a spelling has a hyphen after so many letters."""
    for index, character in enumerate(form):
        if letters == 0:
            return character == "-"
        letters -= character != "-"
        if letters == 0 and form[index + 1 : index + 2] == "-":
            return True
    return False
