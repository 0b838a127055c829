"""Which names mean the same concept, over the whole corpus.

Names fall together by their normal form (:mod:`kgraph.names`), a short form
with the long form that its own paper defines, and, where a paper uses a short
form without defining it, with the only long form that other papers give it, or
failing those with the one that the whole field gives it (``LLM``; a short list
ships with the package). A short form with two meanings stays two concepts, and
undefined uses of it are a third. The thesaurus wins over all of this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kgraph.link.thesaurus import Thesaurus
from kgraph.model import Evidence, Extraction, Kind, Mention, PaperConcept
from kgraph.names import is_acronym, looks_named, normal_form

TAKEN_UP = 4
"""How many concepts a paper gets at most because other papers are about them."""


@dataclass(frozen=True, slots=True)
class LinkedConcept:
    """A canonical concept as one paper mentions it.

    ``forms`` are the surface forms in the paper; ``name`` is the form that
    the paper prefers, or the one that the thesaurus sets (``fixed``).
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
    """What the corpus says of names: ``expansions`` maps short forms to the id of their only long form."""

    expansions: Mapping[str, str]
    thesaurus: Thesaurus


def learn_aliases(extractions: Iterable[Extraction], thesaurus: Thesaurus) -> Aliases:
    """Collect the abbreviations of all papers and keep those with one meaning."""
    meanings: defaultdict[str, set[str]] = defaultdict(set)
    for extraction in extractions:
        for short, long in extraction.abbreviations:
            meanings[normal_form(short)].add(normal_form(long))
    for short, long in well_known_abbreviations().items():
        if short not in meanings:
            meanings[short].add(long)
    expansions = {
        short: long
        for short, longs in sorted(meanings.items())
        for long in longs
        if short and long and len(longs) == 1
    }
    return Aliases(expansions, thesaurus)


@cache
def well_known_abbreviations() -> Mapping[str, str]:
    """Return short form → long form, as normal forms, of what papers no longer spell out."""
    text = (files("kgraph.link") / "data" / "abbreviations.tsv").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in text.splitlines())
    return {normal_form(short): normal_form(long) for short, long in pairs}


def known_concepts(extractions: Iterable[Extraction], aliases: Aliases) -> frozenset[str]:
    """Return the ids of the concepts that any paper is about by itself."""
    return frozenset(
        linked.id
        for extraction in extractions
        for concept in extraction.concepts
        for linked in _targets(concept, aliases)
    )


def link_concepts(
    extraction: Extraction, aliases: Aliases, known: Collection[str]
) -> tuple[LinkedConcept, ...]:
    """Return the canonical concepts of one paper, by falling salience then id.

    To those that the paper is about come up to ``TAKEN_UP`` phrases that it
    only uses, but that are ``known`` from other papers. Concepts that turn
    out to be one are joined: their mentions are put together and the higher
    salience counts.
    """
    found: dict[str, list[LinkedConcept]] = {}
    for concept in extraction.concepts:
        for linked in _targets(concept, aliases):
            found.setdefault(linked.id, []).append(linked)
    taken_up = 0
    for concept in extraction.further:
        for linked in _targets(concept, aliases):
            if linked.id in found:
                found[linked.id].append(linked)
            elif linked.id in known and taken_up < TAKEN_UP:
                found[linked.id] = [linked]
                taken_up += 1
    joined = [_join(parts) for parts in found.values()]
    return tuple(sorted(joined, key=lambda linked: (-linked.salience, linked.id)))


def local_ids(extraction: Extraction, aliases: Aliases) -> Mapping[str, str]:
    """Return the id of each concept of a paper by the name that its relations use."""
    return {concept.name: _own_target(concept, aliases)[0] for concept in extraction.concepts}


def _targets(concept: PaperConcept, aliases: Aliases) -> list[LinkedConcept]:
    """Split a concept where the thesaurus sends one of its spellings elsewhere."""
    own = _own_target(concept, aliases)
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
            evidence=tuple(seen for seen in concept.evidence if _shows(seen, mentions)),
        )
        for (id_, name, fixed), mentions in groups.items()
    ]


def _own_target(concept: PaperConcept, aliases: Aliases) -> tuple[str, str, bool]:
    if target := aliases.thesaurus.target(concept.name):
        return (target[0], target[1], True)
    if concept.aliases and " " not in concept.name:
        return (normal_form(concept.name), concept.name, False)
    return (_expanded(concept.name, aliases.expansions), concept.name, False)


def _expanded(name: str, expansions: Mapping[str, str]) -> str:
    """Return the normal form of a name with its short forms spelled out: "multimodal LLMs".

    A word is a short form only if it is written like one: a "map" is no MAP.
    """
    words = [
        expansions.get(normal_form(word), word) if is_acronym(word) or looks_named(word) else word
        for word in name.split()
    ]
    return normal_form(" ".join(words))


def _shows(seen: Evidence, mentions: Iterable[Mention]) -> bool:
    return any(mention.field == seen.field and seen.start <= mention.start < seen.end for mention in mentions)


def _join(parts: list[LinkedConcept]) -> LinkedConcept:
    if len(parts) == 1:
        return parts[0]
    best = max(parts, key=lambda part: part.salience)
    mentions = {mention for part in parts for mention in part.mentions}
    evidence = {seen for part in parts for seen in part.evidence}
    return LinkedConcept(
        id=best.id,
        name=best.name,
        fixed=best.fixed,
        kind=best.kind,
        salience=best.salience,
        forms=tuple(sorted({form for part in parts for form in part.forms})),
        mentions=tuple(sorted(mentions, key=_place)),
        evidence=tuple(sorted(evidence, key=_place))[:3],
    )


def _place(span: Mention | Evidence) -> tuple[bool, int, int, str]:
    return (span.field == "abstract", span.start, span.end, span.text)
