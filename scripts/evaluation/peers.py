"""Keyphrases by unsupervised methods, each through its own package.

A package that is not installed leaves its rows out; the extra ``evaluate`` has
them all. YAKE is LGPL 3, the others are MIT; none of them is part of kgraph.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from functools import partial
from importlib.util import find_spec

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from evaluation.reference import load_reference

Ranking = list[str]

NOUN_CHUNKS = "noun chunks"
SCRUBBER = "kgraph_phrase_of_peer"
DEPTH = 30
"""Phrases of a ranking that are kept: twice what is scored, since spellings of one phrase count once."""


def rankings(texts: Sequence[str], tell: Callable[[str], None]) -> dict[str, list[Ranking]]:
    """Return, by method, the ranking of phrases of every text; tells what is left out."""
    found: dict[str, list[Ranking]] = {}
    for name, package, method in (("YAKE", "yake", _yake), ("RAKE", "RAKE", _rake)):
        if find_spec(package):
            found[name] = method(texts)
        else:
            tell(f"{name} is left out: it is not installed (pip install '.[evaluate]')")
    if not find_spec("pytextrank"):
        tell(
            "TextRank and PositionRank are left out: pytextrank is not installed (pip install '.[evaluate]')"
        )
    return found | _of_parsed(texts)


def _yake(texts: Sequence[str]) -> list[Ranking]:
    from yake import KeywordExtractor

    # Its defaults: up to three words, duplicates by edit distance left out.
    extractor = KeywordExtractor(lan="en", top=DEPTH)
    return [[phrase for phrase, _ in extractor.extract_keywords(text)] for text in texts]


def _rake(texts: Sequence[str]) -> list[Ranking]:
    with redirect_stdout(sys.stderr):  # it prints where it is installed
        import RAKE

    # The stop list of the paper that describes it (Rose et al. 2010).
    extractor = RAKE.Rake(RAKE.SmartStopList())
    return [[phrase for phrase, _ in extractor.run(text)][:DEPTH] for text in texts]


def _of_parsed(texts: Sequence[str]) -> dict[str, list[Ranking]]:
    nlp = load_reference()
    methods: dict[str, Callable[[Doc], Ranking]] = {NOUN_CHUNKS: _noun_chunks}
    if find_spec("pytextrank"):
        methods |= {
            "TextRank": partial(_graph_ranked, _component(nlp, "textrank")),
            "PositionRank": partial(_graph_ranked, _component(nlp, "positionrank")),
        }
    found: dict[str, list[Ranking]] = {name: [] for name in methods}
    for doc in nlp.pipe(texts, batch_size=64):
        for name, method in methods.items():
            found[name].append(method(doc))
    return found


def _component(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    import pytextrank  # noqa: F401 - registers its components with spaCy

    # Beside the pipeline and not in it, so that a text is parsed once for all.
    return nlp.create_pipe(name, config={"scrubber": {"@misc": SCRUBBER}})


@spacy.registry.misc(SCRUBBER)
def _scrubber() -> Callable[[Span], str]:
    return _without_function_words


def _graph_ranked(component: Callable[[Doc], Doc], doc: Doc) -> Ranking:
    return [phrase.text for phrase in component(doc)._.phrases if phrase.text][:DEPTH]


def _noun_chunks(doc: Doc) -> Ranking:
    """The base noun phrases, the most frequent first and, of these, the one that comes first."""
    chunks = [text for chunk in doc.noun_chunks if (text := _without_function_words(chunk).lower())]
    # A Counter keeps the order in which they came, and sorting keeps it among equals.
    return [text for text, _ in Counter(chunks).most_common(DEPTH)]


def _without_function_words(span: Span) -> str:
    """A chunk without the articles and pronouns in front: no person writes them in a keyphrase."""
    return " ".join(_words(span))


def _words(span: Span) -> Iterator[str]:
    started = False
    for token in span:
        started = started or not (token.is_stop or token.is_punct or token.is_space)
        if started and not token.is_space:
            yield token.text
