"""Which names mean the same concept, over the whole corpus.

Names are one concept if they have the same normal form (:mod:`kgraph.names`)
or are spellings of one name in the corpus (:mod:`kgraph.link.spelling`). A
short form belongs to the long form that its paper defines. If the paper does
not define it, it belongs to the long form of similar papers
(:mod:`kgraph.link.senses`), or else is a separate concept. A name in capitals
that is also a common word (BREAK) is separate from the word. The thesaurus
overrides all of this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from kgraph.data import read_text
from kgraph.link.senses import Senses, resolve_senses
from kgraph.link.spelling import canonical_spellings
from kgraph.link.thesaurus import Thesaurus
from kgraph.link.usage import Extractions, definitions, is_short_form, name_usage
from kgraph.model import Evidence, Extraction, Kind, Mention, PaperConcept
from kgraph.names import normal_form

MAX_ADDED = 4
"""The maximum number of concepts added to a paper because other papers are about them."""


@dataclass(frozen=True, slots=True)
class LinkedConcept:
    """A canonical concept as one paper mentions it.

    ``forms`` are the surface forms in the paper. ``name`` is the form that
    the paper prefers or, if ``fixed``, the one that the thesaurus sets.
    """

    id: str
    name: str
    fixed: bool
    kind: Kind
    salience: float
    forms: tuple[str, ...]
    mentions: tuple[Mention, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Aliases:
    """How names are resolved to concepts.

    ``spellings`` maps a name to its canonical spelling, if that is another one.
    ``senses`` are the meanings of short forms in papers that do not define
    them. ``capitalized_words`` are names in capitals that are also common
    words. All names are normal forms, except in the thesaurus.
    """

    spellings: Mapping[str, str]
    senses: Senses
    capitalized_words: frozenset[str]
    thesaurus: Thesaurus


def learn_aliases(extractions: Extractions, thesaurus: Thesaurus) -> Aliases:
    """Return how names are resolved. This is one pass over the corpus."""
    well_known = well_known_abbreviations()
    usage = name_usage(extractions, well_known)
    spellings = canonical_spellings(usage.papers, usage.defined)
    well_known = {short: spellings.get(long, long) for short, long in well_known.items()}
    senses = resolve_senses(usage, spellings, well_known)
    return Aliases(spellings, senses, usage.capitalized_words, thesaurus)


@cache
def well_known_abbreviations() -> Mapping[str, str]:
    """Return short form → long form, as normal forms, of abbreviations that papers rarely define."""
    text = read_text("field_abbreviations.tsv")
    pairs = (line.split("\t") for line in text.splitlines())
    return {normal_form(short): normal_form(long) for short, long in pairs}


def own_concept_ids(extractions: Extractions, aliases: Aliases) -> frozenset[str]:
    """Return the ids of all concepts that extraction kept for any paper. This is one pass over the corpus."""
    ids: set[str] = set()
    for paper_id, extraction in extractions:
        long_forms = _long_forms(paper_id, extraction, aliases)
        for concept in extraction.concepts:
            ids.update(linked.id for linked in _resolve(concept, long_forms, aliases))
    return frozenset(ids)


def link_concepts(
    paper_id: str, extraction: Extraction, aliases: Aliases, known: Collection[str]
) -> tuple[LinkedConcept, ...]:
    """Return the canonical concepts of one paper, by falling salience then id.

    Up to ``MAX_ADDED`` further phrases of the paper are added if they are
    ``known``, which means that other papers are about them. Concepts with the
    same id are merged: their mentions are combined and the highest salience
    is kept.
    """
    long_forms = _long_forms(paper_id, extraction, aliases)
    found: dict[str, list[LinkedConcept]] = {}
    for concept in extraction.concepts:
        for linked in _resolve(concept, long_forms, aliases):
            found.setdefault(linked.id, []).append(linked)
    added = 0
    for concept in extraction.further:
        for linked in _resolve(concept, long_forms, aliases):
            if linked.id in found:
                found[linked.id].append(linked)
            elif linked.id in known and added < MAX_ADDED:
                found[linked.id] = [linked]
                added += 1
    joined = [_merge(parts) for parts in found.values()]
    return tuple(sorted(joined, key=lambda linked: (-linked.salience, linked.id)))


def local_ids(paper_id: str, extraction: Extraction, aliases: Aliases) -> Mapping[str, str]:
    """Return the id of each concept of a paper by the name that its relations use."""
    long_forms = _long_forms(paper_id, extraction, aliases)
    return {concept.name: _target(concept, long_forms, aliases)[0] for concept in extraction.concepts}


def _long_forms(paper_id: str, extraction: Extraction, aliases: Aliases) -> Mapping[str, str]:
    """Return short form → long form in one paper. Its own definitions override the senses of other papers.

    A name in capitals that is also a common word is its own long form, unless
    the paper writes whole phrases in capitals.
    """
    all_capitals = any(" " in concept.name and concept.name.isupper() for concept in extraction.concepts)
    names = (
        {}
        if all_capitals
        else {
            key: concept.name
            for concept in extraction.concepts
            if concept.name.isupper() and (key := normal_form(concept.name)) in aliases.capitalized_words
        }
    )
    own = {short: aliases.spellings.get(long, long) for short, long in definitions(extraction).items()}
    return {**names, **aliases.senses.get(paper_id, {}), **own}


def _resolve(concept: PaperConcept, long_forms: Mapping[str, str], aliases: Aliases) -> list[LinkedConcept]:
    """Return a concept with its id, or several if the thesaurus replaces only some of its surface forms."""
    own = _target(concept, long_forms, aliases)
    groups: dict[tuple[str, str, bool], list[Mention]] = {}
    for mention in concept.mentions:
        target = aliases.thesaurus.target(mention.text)
        group = (target[0], target[1], True) if target else own
        groups.setdefault(group, []).append(mention)
    return [
        LinkedConcept(
            id=id_,
            name=name,
            fixed=fixed,
            kind=concept.kind,
            salience=concept.salience,
            forms=tuple(sorted({mention.text for mention in mentions})),
            mentions=tuple(mentions),
            evidence=tuple(sentence for sentence in concept.evidence if _has_mention(sentence, mentions)),
        )
        for (id_, name, fixed), mentions in groups.items()
    ]


def _target(concept: PaperConcept, long_forms: Mapping[str, str], aliases: Aliases) -> tuple[str, str, bool]:
    """Return the id and name of a concept, and whether the thesaurus sets them."""
    if target := aliases.thesaurus.target(concept.name):
        return (target[0], target[1], True)
    if concept.aliases and " " not in concept.name:
        key = normal_form(concept.name)
    else:
        key = _expanded(concept.name, long_forms)
    return (aliases.spellings.get(key, key), concept.name, False)


def _expanded(name: str, long_forms: Mapping[str, str]) -> str:
    """Return the normal form of a name with its short forms expanded, as in "multimodal LLMs".

    A word is a short form only if it is written like one.
    """
    words = name.split()
    expanded = [long_forms.get(normal_form(word), word) if is_short_form(word) else word for word in words]
    if expanded == words:
        return normal_form(name)
    # A name in capitals that is its own long form keeps its case.
    whole = " ".join(expanded)
    return whole if len(words) == 1 else normal_form(whole)


def _has_mention(sentence: Evidence, mentions: Iterable[Mention]) -> bool:
    return any(
        mention.field == sentence.field and sentence.start <= mention.start < sentence.end
        for mention in mentions
    )


def _merge(parts: list[LinkedConcept]) -> LinkedConcept:
    if len(parts) == 1:
        return parts[0]
    best = max(parts, key=lambda part: part.salience)
    mentions = {mention for part in parts for mention in part.mentions}
    evidence = {sentence for part in parts for sentence in part.evidence}
    return LinkedConcept(
        id=best.id,
        name=best.name,
        fixed=best.fixed,
        kind=best.kind,
        salience=best.salience,
        forms=tuple(sorted({form for part in parts for form in part.forms})),
        mentions=tuple(sorted(mentions, key=_text_order)),
        evidence=tuple(sorted(evidence, key=_text_order))[:3],
    )


def _text_order(span: Mention | Evidence) -> tuple[bool, int, int, str]:
    return (span.field == "abstract", span.start, span.end, span.text)
