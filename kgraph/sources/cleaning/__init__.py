"""Clean the text of papers, one module a step.

Evidence offsets refer to the cleaned text, which the graph stores. All functions
take any text, never raise, need time in proportion to its length, and are idempotent.
Ordinary text is returned as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from kgraph.sources.cleaning.boilerplate import remove_labels, remove_notices, split_keywords
from kgraph.sources.cleaning.capitals import is_in_capitals, to_sentence_case, written_forms
from kgraph.sources.cleaning.characters import clean_characters
from kgraph.sources.cleaning.line_breaks import has_broken_words, join_broken_words, words_of
from kgraph.sources.cleaning.markup import clean_markup
from kgraph.sources.cleaning.placeholders import is_no_abstract, is_no_value
from kgraph.sources.cleaning.tex import clean_protected, clean_tex
from kgraph.sources.text import clean_line, clean_text

_MOST_ROUNDS = 6
_TRIGGERS = str.maketrans(dict.fromkeys("<>&\\${}`", " "))


@dataclass(frozen=True, slots=True)
class PaperText:
    """The text of a paper that is cleaned together."""

    title: str
    abstract: str
    keywords: tuple[str, ...]


def clean_paper_text(text: PaperText) -> PaperText:
    """Return the text of a paper, cleaned with :func:`clean_passage` before, without what is not text.

    Broken words are joined and capitals removed by the paper's own words. Labels,
    notices and placeholders are removed, and a list of keywords is added to the others.
    """
    for _ in range(_MOST_ROUNDS):
        cleaned = _cleaned_once(text)
        if cleaned == text:
            break
        # Removing a part may bring together what looks like TeX or markup.
        text = replace(cleaned, title=clean_phrase(cleaned.title), abstract=clean_passage(cleaned.abstract))
    return text


def clean_passage(text: str) -> str:
    """Return a text of several lines in plain Unicode, without TeX and markup."""
    return _settled(text, _plain)


def clean_phrase(text: str) -> str:
    """Return a text of one line as :func:`clean_passage` does, or an empty text for a placeholder."""
    phrase = _settled(text, lambda line: clean_line(clean_protected(_plain(line))))
    return "" if is_no_value(phrase) else phrase


def _plain(text: str) -> str:
    return clean_text(clean_tex(clean_markup(clean_characters(text))))


def _settled(text: str, step: Callable[[str], str]) -> str:
    """Return a text after a step, repeated because removing one layer may show another ("&lt;b&gt;").

    Text that never settles is not from a paper. The signs of markup and TeX are removed from it.
    """
    for _ in range(_MOST_ROUNDS):
        cleaned = step(text)
        if cleaned == text:
            return text
        text = cleaned
    return step(text.translate(_TRIGGERS))


def _cleaned_once(text: PaperText) -> PaperText:
    text = _joined(text)
    found = split_keywords(remove_labels(text.abstract))
    abstract = remove_notices(found.text)
    if is_no_abstract(abstract):
        abstract = ""
    return _in_sentence_case(
        PaperText(text.title, abstract, _united(text.keywords, map(clean_phrase, found.keywords)))
    )


def _joined(text: PaperText) -> PaperText:
    if not has_broken_words(text.title) and not has_broken_words(text.abstract):
        return text
    words = words_of(f"{text.title}\n{text.abstract}")
    return replace(
        text,
        title=join_broken_words(text.title, words),
        abstract=join_broken_words(text.abstract, words),
    )


def _in_sentence_case(text: PaperText) -> PaperText:
    if not text.title.isupper() and not text.abstract.isupper():
        return text
    title, abstract = text.title, text.abstract
    if is_in_capitals(abstract):
        abstract = to_sentence_case(abstract, {} if title.isupper() else written_forms(title))
    if is_in_capitals(title):
        title = to_sentence_case(title, written_forms(abstract))
    return replace(text, title=title, abstract=abstract)


def _united(keywords: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    known = {"", *(keyword.casefold() for keyword in keywords)}
    return (*keywords, *(keyword for keyword in more if keyword.casefold() not in known))
