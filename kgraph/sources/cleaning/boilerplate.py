"""Parts of an abstract that are not its text: labels of sections, keywords, copyright and contact lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kgraph.data import compile_pattern, expand_fragments, read_toml

_DATA = read_toml("cleaning.toml")


@cache
def _patterns(table: str) -> Mapping[str, re.Pattern[str]]:
    """Return the compiled patterns of a table, whose other entries are lists of signs."""
    entries = dict(_DATA[table])
    fragments = expand_fragments(entries.pop("fragments", {}))
    return {
        name: compile_pattern(pattern, fragments)
        for name, pattern in entries.items()
        if not name.startswith("signs")
    }


_SIGNS_OF_KEYWORDS: Sequence[str] = _DATA["keywords"]["signs"]
_SIGNS_OF_NOTICES: Sequence[str] = _DATA["notices"]["signs"]
_SIGNS_OF_CLASSIFICATIONS: Sequence[str] = _DATA["notices"]["signs_of_classifications"]

_LABEL_MARK = re.compile(r"[:—–\n]| -")
_LONGEST_LABEL = 24
_FEWEST_BARE_LABELS = 3
_KEYWORD_SEPARATOR = re.compile(r"\s*[;•·|]\s*|\s+[—–-]\s+")
_COMMA = re.compile(r"\s*,\s*")
_LINE_EDGE = re.compile(r"(?<!\s)\s*\n\s*")
_LONGEST_KEYWORD = 80
_MOST_WORDS = 8
_LONGEST_NOTICE = 400
_MOST_WORDS_BY_ADDRESS = 4
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(©\[]|arXiv:)|\n+")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class TextAndKeywords:
    """An abstract without its list of keywords, and the keywords."""

    text: str
    keywords: tuple[str, ...]


def remove_labels(text: str) -> str:
    """Return an abstract without the labels of its sections: "METHODS: We test" becomes "We test"."""
    text = _patterns("sections")["abstract_prefix"].sub("", text)
    if not _may_have_labels(text):
        return text
    if "\n" in text:
        text = _patterns("sections")["label_line"].sub("", text)
    text = _patterns("sections")["marked_label"].sub("", text)
    bare = list(_patterns("sections")["bare_label"].finditer(text))
    if len(bare) >= _FEWEST_BARE_LABELS and bare[0].start() == 0:
        text = _patterns("sections")["bare_label"].sub("", text)
    return text


def _may_have_labels(text: str) -> bool:
    if _patterns("sections")["starts_with_label"].match(text):
        return True
    marks = (found.start() for found in _LABEL_MARK.finditer(text))
    return any(
        _patterns("sections")["ends_in_label"].search(text, max(0, mark - _LONGEST_LABEL), mark)
        for mark in marks
    )


def split_keywords(text: str) -> TextAndKeywords:
    """Return an abstract without a list such as "Keywords: a; b", and the entries of the list."""
    folded = text.lower()
    if not any(sign in folded for sign in _SIGNS_OF_KEYWORDS):
        return TextAndKeywords(text, ())
    keywords: list[str] = []

    def replacement(found: re.Match[str]) -> str:
        entries = _keyword_entries(found["list"])
        keywords.extend(entries)
        return "\n" if entries else found[0]

    remaining = _patterns("keywords")["list"].sub(replacement, text)
    return TextAndKeywords(_LINE_EDGE.sub("\n", remaining).strip() if keywords else text, tuple(keywords))


def _keyword_entries(written: str) -> list[str]:
    """Return the entries of a list, or nothing if some are too long for keywords."""
    written = written.rstrip(". ")
    entries = _KEYWORD_SEPARATOR.split(written)
    if len(entries) == 1:
        entries = _COMMA.split(written)
    entries = list(filter(None, entries))
    fit = all(len(entry) <= _LONGEST_KEYWORD and len(entry.split()) <= _MOST_WORDS for entry in entries)
    return entries if fit else []


def remove_notices(text: str) -> str:
    """Return an abstract without copyright, licence and contact lines and codes of classifications."""
    if any(sign in text for sign in _SIGNS_OF_CLASSIFICATIONS):
        text = _patterns("notices")["classification"].sub("", text).rstrip()
    folded = text.lower()
    if not any(sign in folded for sign in _SIGNS_OF_NOTICES):
        return text
    text = _without_copyright(text)
    sentences = _sentences(text)
    kept = [sentence for sentence in sentences if not _is_notice(sentence)]
    return text if len(kept) == len(sentences) else "".join(kept).strip()


def _without_copyright(text: str) -> str:
    """Return a text without the copyright notices that begin and end it."""
    start, end = 0, len(text)
    while (leading := _patterns("notices")["leading_copyright"].match(text, start)) is not None:
        start = leading.end()
    while (
        tail := _patterns("notices")["copyright"].search(text, max(start, end - _LONGEST_NOTICE), end)
    ) is not None:
        if not _is_tail(text, start, tail.start()):
            break
        end = tail.start()
    return text[start:end].strip()


def _is_tail(text: str, start: int, notice: int) -> bool:
    """Return whether a notice ends the text from ``start``: it has the sign or follows a sentence."""
    before = text[max(start, notice - _LONGEST_NOTICE) : notice].rstrip()
    return (
        not before
        or before[-1] in '.!?)]”"'
        or text[notice] == "©"
        or text[notice : notice + 3].lower() == "(c)"
    )


def _is_notice(sentence: str) -> bool:
    bare = sentence.strip()
    if len(bare) > _LONGEST_NOTICE:
        return False
    if _patterns("notices")["sentence"].match(bare):
        return True
    # A line that is little more than an address for mail.
    rest = _ADDRESS.sub("", bare)
    return rest != bare and len(rest.split()) <= _MOST_WORDS_BY_ADDRESS


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text with the space after each."""
    sentences: list[str] = []
    start = 0
    for found in _SENTENCE_END.finditer(text):
        if not _patterns("notices")["abbreviation"].search(
            text, max(start, found.start() - 12), found.start()
        ):
            sentences.append(text[start : found.end()])
            start = found.end()
    return [*sentences, text[start:]]
