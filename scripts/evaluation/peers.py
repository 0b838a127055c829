"""Keyphrases by unsupervised methods, each from its own package.

A method whose package is not installed is skipped. The extra ``evaluate`` installs all
packages. YAKE is under the LGPL 3, the others are under the MIT licence. kgraph depends on none of them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import registry

from evaluation.packages import INSTALL, MissingPackageError, reference_name
from evaluation.reference import load_reference

Ranking = list[str]

NOUN_CHUNKS = "noun chunks"
SCRUBBER = "kgraph_phrase_of_peer"
DEPTH = 30
"""Phrases of a ranking that are kept: twice the number that is scored, since spellings of one phrase
count once."""


def rankings(texts: Sequence[str], report: Callable[[str], None]) -> dict[str, list[Ranking]]:
    """Return, by method, the ranking of phrases of every text. Reports the methods that are skipped."""
    found: dict[str, list[Ranking]] = {}
    for name, package, method in (("YAKE", "yake", _yake), ("RAKE", "RAKE", _rake)):
        if find_spec(package):
            found[name] = method(texts)
        else:
            report(f"{name}: {package.lower()} is not installed. {INSTALL}")
    try:
        return found | _of_parsed(texts, report)
    except MissingPackageError as missing:
        report(f"{NOUN_CHUNKS}, TextRank, PositionRank: {missing}")
        return found


def versions() -> dict[str, str]:
    """Return the versions of the installed packages that peers come from."""
    packages = {"yake": "yake", "RAKE": "python-rake", "pytextrank": "pytextrank"}
    found = {name: version(name) for module, name in packages.items() if find_spec(module)}
    try:
        reference = reference_name()
    except MissingPackageError:
        return found
    return found | {reference: version(reference)}


def _yake(texts: Sequence[str]) -> list[Ranking]:
    from yake import KeywordExtractor

    # Its defaults: up to three words, duplicates by edit distance removed.
    extractor = KeywordExtractor(lan="en", top=DEPTH)
    return [[phrase for phrase, _ in extractor.extract_keywords(text)] for text in texts]


def _rake(texts: Sequence[str]) -> list[Ranking]:
    with redirect_stdout(sys.stderr):  # importing it prints its folder
        import RAKE

    # The stop list of the paper that describes the method (Rose et al. 2010).
    extractor = RAKE.Rake(RAKE.SmartStopList())
    return [[phrase for phrase, _ in extractor.run(text)][:DEPTH] for text in texts]


def _of_parsed(texts: Sequence[str], report: Callable[[str], None]) -> dict[str, list[Ranking]]:
    nlp = load_reference()
    methods: dict[str, Callable[[Doc], Ranking]] = {NOUN_CHUNKS: _noun_chunks}
    if find_spec("pytextrank"):
        methods |= {
            "TextRank": partial(_graph_ranked, _component(nlp, "textrank")),
            "PositionRank": partial(_graph_ranked, _component(nlp, "positionrank")),
        }
    else:
        report(f"TextRank, PositionRank: pytextrank is not installed. {INSTALL}")
    found: dict[str, list[Ranking]] = {name: [] for name in methods}
    for doc in nlp.pipe(texts, batch_size=64):
        for name, method in methods.items():
            found[name].append(method(doc))
    return found


def _component(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    import pytextrank  # noqa: F401 - registers its components with spaCy

    # Outside the pipeline, so that each text is parsed once for all methods.
    return nlp.create_pipe(name, config={"scrubber": {"@misc": SCRUBBER}})


def _graph_ranked(component: Callable[[Doc], Doc], doc: Doc) -> Ranking:
    return [phrase.text for phrase in component(doc)._.phrases if phrase.text][:DEPTH]


def _noun_chunks(doc: Doc) -> Ranking:
    """Return the base noun phrases by falling frequency, and by position among equals."""
    chunks = [text for chunk in doc.noun_chunks if (text := _without_function_words(chunk).lower())]
    # A Counter keeps the order of first occurrence, and sorting keeps it among equals.
    return [text for text, _ in Counter(chunks).most_common(DEPTH)]


def _without_function_words(span: Span) -> str:
    """Return a phrase without leading articles and pronouns, which people do not write in keyphrases."""
    return " ".join(_words(span))


def _words(span: Span) -> Iterator[str]:
    started = False
    for token in span:
        started = started or not (token.is_stop or token.is_punct or token.is_space)
        if started and not token.is_space:
            yield token.text


# pytextrank finds the function by this name, and calls it to get the one that it applies to spans.
registry.misc.register(SCRUBBER, func=lambda: _without_function_words)
