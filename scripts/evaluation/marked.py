"""Sentences with a marked head and tail, the form in which relations are published and classified."""

from __future__ import annotations

_MARKS = frozenset({"[[", "]]", "<<", ">>"})

WordSpan = tuple[int, int]
"""Index of the first word, and after the last one."""


def read_marked(text: str) -> tuple[list[str], WordSpan, WordSpan]:
    """Return the words of a marked sentence, and its head and tail as words [start, end).

    Raises ValueError if a mark is missing.
    """
    words: list[str] = []
    offsets: dict[str, int] = {}
    for word in text.split():
        if word in _MARKS:
            offsets[word] = len(words)
        else:
            words.append(word)
    try:
        head, tail = (offsets["[["], offsets["]]"]), (offsets["<<"], offsets[">>"])
    except KeyError as missing:
        raise ValueError(f"the mark {missing.args[0]} is missing in: {text}") from None
    return words, head, tail
