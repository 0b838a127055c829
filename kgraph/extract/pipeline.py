"""The pipeline: from papers to what was read out of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps

from kgraph.extract.document import (
    Candidate,
    Phrase,
    Tokens,
    make_document,
    mention,
    sentence_evidence,
)
from kgraph.extract.encoder import encoder_version
from kgraph.extract.salience import further, select
from kgraph.extract.tok2vec import for_reading
from kgraph.extract.tokenizer import RememberingTokenizer
from kgraph.model import Evidence, Extraction, Kind, Mention, Paper, PaperConcept, Relation

for _module in (
    "abbreviations",
    "candidates",
    "encoder",
    "entities",
    "kinds",
    "phrases",
    "relations",
    "results",
    "salience",
    "spans",
    "statements",
    "words",
):
    # Importing a module registers its components with spaCy.
    import_module(f"kgraph.extract.{_module}")

Item = TypeVar("Item")

COMPONENTS = (
    "kgraph_sentences",
    "kgraph_spans",
    "kgraph_words",
    "kgraph_phrases",
    "kgraph_abbreviations",
    "kgraph_candidates",
    "kgraph_kinds",
    "kgraph_relations",
    "kgraph_statements",
    "kgraph_results",
    "kgraph_salience",
)
"""The components behind the trained part; each can be replaced by one that assigns the same."""

RULES_VERSION = "3"
"""Raised with every change of a rule, list or weight that can change what is read."""

BATCH = 64
"""Papers that the tagger sees at once."""

MODEL_FOLDER = Path(__file__).parent / "kgraph_sci_sm"
"""The trained part, as spaCy writes a pipeline; ``scripts/train`` makes it."""

_BATCHES_A_ZONE = 32
_IN_CACHE = 8
"""Papers for which the matrices of the tok2vec stay in a processor's cache."""

_SENTENCES_KEPT = 3
_OPS = NumpyOps(use_blis=False)
"""numpy's matrix product: for matrices of these sizes three times as fast as that of blis."""


def extractor_version(encoder: Path | None = None) -> str:
    """Return what decides the result of extraction: kgraph's rules, spaCy, the model, and the encoder."""
    parts = [f"rules-{RULES_VERSION}", f"spacy-{version('spacy')}", f"{MODEL_FOLDER.name}-{_trained()}"]
    if encoder is not None:
        parts.append(f"encoder-{encoder_version(encoder)}")
    return " ".join(parts)


@cache
def _trained() -> str:
    """Return a hash of all weights, lists and tables; trained anew, they make what is kept outdated."""
    digest = hashlib.sha256()
    for folder in (MODEL_FOLDER, Path(__file__).parent / "data"):
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def load_pipeline(encoder: Path | None = None) -> Language:
    """Load kgraph's own pipeline: tok2vec, tagger and entity reader, and the components behind them.

    ``encoder`` is a folder with a transformer encoder, which then reads the
    entities. The pipeline is for reading: it can be neither trained nor saved.
    Raises InputError where the folder holds no encoder.
    """
    nlp = spacy.load(MODEL_FOLDER)
    for component in COMPONENTS:
        nlp.add_pipe(component)
    for name in ("tok2vec", "tagger"):
        model: Model[Any, Any] = nlp.get_pipe(name).model  # type: ignore[attr-defined]
        for node in model.walk():
            node.ops = _OPS
    tok2vec: Any = nlp.get_pipe("tok2vec")
    tok2vec.model = for_reading(tok2vec.model)
    nlp.tokenizer = RememberingTokenizer(nlp)
    if encoder is not None:
        nlp.replace_pipe("kgraph_entities", "kgraph_encoder", config={"folder": str(encoder)})
    return nlp


def extract(papers: Iterable[Paper], nlp: Language | None = None) -> Iterator[tuple[Paper, Extraction]]:
    """Yield each paper with what was read out of it, in the order given.

    Holds one batch of papers at a time. The same paper gives the same result
    whatever stands beside it. ``nlp`` can be used by one call at a time: until
    the iterator ends or is closed, it keeps the words that it sees in spaCy's
    memory zone.
    """
    nlp = nlp or load_pipeline()
    for batch in in_zones(nlp, batched(papers, BATCH)):
        yield from zip(batch, read_batch(nlp, batch), strict=True)


def read_batch(nlp: Language, batch: Iterable[Paper]) -> list[Extraction]:
    """Return what was read out of papers that the tagger sees at once."""
    docs = nlp.pipe(
        (make_document(nlp, paper) for paper in batch),
        batch_size=BATCH,
        component_cfg={"tok2vec": {"batch_size": _IN_CACHE}},
    )
    return [read_document(doc) for doc in docs]


def in_zones(nlp: Language, batches: Iterable[Item]) -> Iterator[Item]:
    """Yield batches, and have the pipeline forget the words that it met after every so many.

    Every word that is new costs time, so a zone holds many batches; without
    zones a large corpus would fill the memory.
    """
    source = iter(batches)
    for first in source:
        with nlp.memory_zone():
            yield first
            yield from islice(source, _BATCHES_A_ZONE - 1)


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of so many items, the last one shorter."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def read_document(doc: Doc) -> Extraction:
    """Return what the components wrote to a document, cut to what is worth keeping."""
    kept = select(doc)
    sentences: dict[int, Evidence] = {}
    tokens, kinds, salience = doc._.tokens, doc._.kinds, doc._.salience
    longest = _longest(kept)

    def concept(candidate: Candidate) -> PaperConcept:
        key = candidate.key
        phrases = _own(tokens, candidate.phrases, longest)
        return _concept(tokens, candidate, phrases, kinds[key], salience[key], sentences)

    concepts = tuple(map(concept, kept))
    rest = tuple(map(concept, further(doc, kept)))
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
    return Extraction(concepts, tuple(ordered), rest, pairs, doc._.results)


def _concept(
    tokens: Tokens,
    candidate: Candidate,
    phrases: Sequence[Phrase],
    kind: Kind,
    salience: float,
    read: dict[int, Evidence],
) -> PaperConcept:
    return PaperConcept(
        name=candidate.name,
        kind=kind,
        salience=round(salience, 4),
        aliases=candidate.aliases,
        mentions=tuple(_mentions(tokens, phrases)),
        evidence=tuple(_evidence(tokens, phrases, read)),
    )


def _longest(kept: Iterable[Candidate]) -> Mapping[int, Phrase]:
    """Return the longest phrase of what is kept at each token."""
    phrases = (phrase for candidate in kept for phrase in candidate.phrases)
    ordered = sorted(phrases, key=lambda phrase: phrase.end - phrase.start)
    return {token: phrase for phrase in ordered for token in range(phrase.start, phrase.end)}


def _own(tokens: Tokens, phrases: Sequence[Phrase], longest: Mapping[int, Phrase]) -> Sequence[Phrase]:
    """Return the mentions that are no part of a longer one, and others if only they have the form."""
    apart = {phrase for phrase in phrases if not _is_inside(phrase, longest)}
    forms = {tokens.written(phrase.start, phrase.end).lower() for phrase in apart}
    return [
        phrase
        for phrase in phrases
        if phrase in apart or tokens.written(phrase.start, phrase.end).lower() not in forms
    ]


def _is_inside(phrase: Phrase, longest: Mapping[int, Phrase]) -> bool:
    """Whether a mention is a part of a longer one: "neural language model" speaks of that."""
    outer = longest.get(phrase.start, phrase)
    longer = phrase.end - phrase.start < outer.end - outer.start
    return longer and outer.start <= phrase.start and phrase.end <= outer.end


def _mentions(tokens: Tokens, phrases: Iterable[Phrase]) -> Iterator[Mention]:
    seen: set[tuple[int, int]] = set()
    for phrase in phrases:
        if (phrase.start, phrase.end) not in seen:
            seen.add((phrase.start, phrase.end))
            yield mention(tokens, phrase)


def _evidence(tokens: Tokens, phrases: Iterable[Phrase], read: dict[int, Evidence]) -> Iterator[Evidence]:
    """Yield the sentences of the first mentions; ``read`` keeps those of the document."""
    places = dict.fromkeys(tokens.sentence_of[phrase.start] for phrase in phrases)
    for place in islice(places, _SENTENCES_KEPT):
        if place not in read:
            read[place] = sentence_evidence(tokens, *tokens.sentences[place], "phrases")
        yield read[place]
