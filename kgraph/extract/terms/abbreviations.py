"""The component that finds the abbreviations that a paper defines.

Schwartz & Hearst, "A simple algorithm for identifying abbreviation definitions
in biomedical text" (PSB 2003), in both orders: ``long form (SF)`` and
``SF (long form)``, and in the spelled-out order ``SF for Long Form``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import Abbreviation
from kgraph.extract.reader.wording import load_wording
from kgraph.names import is_acronym, looks_named

_BRACKETS = re.compile(r"\(([^()]{2,100})\)")
_WORD_BEFORE = re.compile(r"([^\s()\[\],;:]+)\s*$")
_CUT = re.compile(r"[;,]")
_SENTENCE_END = re.compile(r"[.!?]\s")


@Language.component("kgraph_abbreviations", assigns=["doc._.abbreviations"])
def abbreviations(doc: Doc) -> Doc:
    """Write the pairs to ``doc._.abbreviations``, in text order, each short form once."""
    text: str = doc.user_data["text"]
    found: dict[str, Abbreviation] = {}
    for pair in sorted(find_abbreviations(text), key=lambda pair: pair.short_start):
        found.setdefault(pair.short, pair)
    doc._.abbreviations = tuple(found.values())
    return doc


def find_abbreviations(text: str) -> Iterator[Abbreviation]:
    """Yield the pairs that a text defines, with offsets in it."""
    for match in _BRACKETS.finditer(text):
        inner = _CUT.split(match.group(1))[0].strip(" \"'“”‘’")
        inner_start = text.index(inner, match.start()) if inner else match.start()
        if is_short_form(inner):
            sentence_start = _sentence_start(text, match.start())
            before = text[sentence_start : match.start()]
            long = long_form(inner, before)
            if long:
                yield Abbreviation(inner, long, inner_start, sentence_start + before.rindex(long))
                continue
        word = _WORD_BEFORE.search(text, max(0, match.start() - 40), match.start())
        outer = match.group(1).strip()
        if (
            word
            and " " in outer
            and is_short_form(word.group(1))
            and long_form(word.group(1), outer) == outer
        ):
            start = text.index(outer, match.start())
            yield Abbreviation(word.group(1), outer, word.start(1), start)
    for match in load_wording().spelled_out.finditer(text):
        short, long = match.group("short"), match.group("long")
        if is_short_form(short) and long_form(short, long) == long:
            yield Abbreviation(short, long, match.start("short"), match.start("long"))


def is_short_form(text: str) -> bool:
    """Return whether a text can be a short form: one word of 2 to 12 characters written like a name."""
    return (
        2 <= len(text) <= 12
        and " " not in text
        and text[0].isalnum()
        and not text.isdigit()
        and (is_acronym(text) or looks_named(text) or sum(c.isupper() for c in text) > 1)
    )


def long_form(short: str, before: str) -> str:
    """Return the end of ``before`` that spells out ``short``, or an empty string.

    The characters of the short form are matched from right to left, the first
    of them at the start of a word (Schwartz & Hearst 2003, figure 1). A plural
    s of the short form needs no counterpart.
    """
    letters = re.sub(r"[^\w]", "", short)
    if len(letters) > 2 and letters[-1] == "s" and letters[-2].isupper():
        letters = letters[:-1]
    window = before.split()[-min(len(letters) + 5, len(letters) * 2) :]
    if not window:
        return ""
    text = before[_start_of_last(before, len(window)) :].rstrip(" \"'“”‘’-–,")
    index = len(text)
    for number, letter in enumerate(reversed(letters.lower())):
        index -= 1
        first = number == len(letters) - 1
        while index >= 0 and (
            text[index].lower() != letter or (first and index > 0 and text[index - 1].isalnum())
        ):
            index -= 1
        if index < 0:
            return ""
    long = text[index:]
    words = re.split(r"[\s-]+", long)
    if len(long) <= len(short) or short in long.split() or re.search(r"[()\[\]{}=<>]", long):
        return ""
    return long if len(words) <= len(letters) + 5 else ""


def _start_of_last(text: str, words: int) -> int:
    matches = list(re.finditer(r"\S+", text))
    return matches[-words].start()


def _sentence_start(text: str, end: int) -> int:
    earliest = max(0, end - 200, text.rfind("\n", 0, end) + 1)
    breaks = [match.end() for match in _SENTENCE_END.finditer(text, earliest, end)]
    return breaks[-1] if breaks else earliest
