"""Which names mean the same concept, over the whole corpus.

Names fall together by their normal form (:mod:`kgraph.names`) and by what the
spellings of the corpus share (:mod:`kgraph.link.spelling`), a short form with
the long form that its own paper defines, and, where a paper does not define it,
with the long form of those papers that it resembles
(:mod:`kgraph.link.senses`). The senses of a short form are the concepts of its
long forms; a use that fits none of them stays a concept of its own. A name in
capitals that is a word too (BREAK) is apart from the word. The thesaurus wins
over all of this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from kgraph.data import read_text
from kgraph.link.senses import Senses, resolve
from kgraph.link.spelling import canonical_spellings
from kgraph.link.thesaurus import Thesaurus
from kgraph.link.usage import Corpus, definitions, gather, written_short
from kgraph.model import Evidence, Extraction, Kind, Mention, PaperConcept
from kgraph.names import normal_form

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
    """What the corpus says of names.

    ``spelled`` is name → the spelling that stands for it, for names of which
    another does; ``senses`` what short forms mean in papers that do not define
    them; ``words_too`` names in capitals that are words. All but the paper ids
    and the values of the thesaurus are normal forms.
    """

    spelled: Mapping[str, str]
    senses: Senses
    words_too: frozenset[str]
    thesaurus: Thesaurus


def learn_aliases(corpus: Corpus, thesaurus: Thesaurus) -> Aliases:
    """Read the names of all papers once and tell which are the same."""
    known = well_known_abbreviations()
    usage = gather(corpus, known)
    spelled = canonical_spellings(usage.papers, usage.defined)
    known = {short: spelled.get(long, long) for short, long in known.items()}
    return Aliases(spelled, resolve(usage, spelled, known), usage.words_too, thesaurus)


@cache
def well_known_abbreviations() -> Mapping[str, str]:
    """Return short form → long form, as normal forms, of what papers no longer spell out."""
    text = read_text("field_abbreviations.tsv")
    pairs = (line.split("\t") for line in text.splitlines())
    return {normal_form(short): normal_form(long) for short, long in pairs}


def known_concepts(corpus: Corpus, aliases: Aliases) -> frozenset[str]:
    """Return the ids of the concepts that any paper is about by itself."""
    known: set[str] = set()
    for paper_id, extraction in corpus:
        meanings = _meanings(paper_id, extraction, aliases)
        for concept in extraction.concepts:
            known.update(linked.id for linked in _targets(concept, meanings, aliases))
    return frozenset(known)


def link_concepts(
    paper_id: str, extraction: Extraction, aliases: Aliases, known: Collection[str]
) -> tuple[LinkedConcept, ...]:
    """Return the canonical concepts of one paper, by falling salience then id.

    To those that the paper is about come up to ``TAKEN_UP`` phrases that it
    only uses, but that are ``known`` from other papers. Concepts that turn
    out to be one are joined: their mentions are put together and the higher
    salience counts.
    """
    meanings = _meanings(paper_id, extraction, aliases)
    found: dict[str, list[LinkedConcept]] = {}
    for concept in extraction.concepts:
        for linked in _targets(concept, meanings, aliases):
            found.setdefault(linked.id, []).append(linked)
    taken_up = 0
    for concept in extraction.further:
        for linked in _targets(concept, meanings, aliases):
            if linked.id in found:
                found[linked.id].append(linked)
            elif linked.id in known and taken_up < TAKEN_UP:
                found[linked.id] = [linked]
                taken_up += 1
    joined = [_join(parts) for parts in found.values()]
    return tuple(sorted(joined, key=lambda linked: (-linked.salience, linked.id)))


def local_ids(paper_id: str, extraction: Extraction, aliases: Aliases) -> Mapping[str, str]:
    """Return the id of each concept of a paper by the name that its relations use."""
    meanings = _meanings(paper_id, extraction, aliases)
    return {concept.name: _own_target(concept, meanings, aliases)[0] for concept in extraction.concepts}


def _meanings(paper_id: str, extraction: Extraction, aliases: Aliases) -> Mapping[str, str]:
    """Return short form → long form in one paper, its own definitions before what others suggest.

    A name in capitals that is also a word stands for itself, but where a paper
    writes whole phrases in capitals they say nothing.
    """
    shouted = any(" " in concept.name and concept.name.isupper() for concept in extraction.concepts)
    names = (
        {}
        if shouted
        else {
            key: concept.name
            for concept in extraction.concepts
            if concept.name.isupper() and (key := normal_form(concept.name)) in aliases.words_too
        }
    )
    own = {short: aliases.spelled.get(long, long) for short, long in definitions(extraction).items()}
    return {**names, **aliases.senses.get(paper_id, {}), **own}


def _targets(concept: PaperConcept, meanings: Mapping[str, str], aliases: Aliases) -> list[LinkedConcept]:
    """Split a concept where the thesaurus sends one of its spellings elsewhere."""
    own = _own_target(concept, meanings, aliases)
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


def _own_target(
    concept: PaperConcept, meanings: Mapping[str, str], aliases: Aliases
) -> tuple[str, str, bool]:
    if target := aliases.thesaurus.target(concept.name):
        return (target[0], target[1], True)
    if concept.aliases and " " not in concept.name:
        key = normal_form(concept.name)
    else:
        key = _expanded(concept.name, meanings)
    return (aliases.spelled.get(key, key), concept.name, False)


def _expanded(name: str, meanings: Mapping[str, str]) -> str:
    """Return the normal form of a name with its short forms spelled out: "multimodal LLMs".

    A word is a short form only if it is written like one.
    """
    words = name.split()
    spelled_out = [meanings.get(normal_form(word), word) if written_short(word) else word for word in words]
    if spelled_out == words:
        return normal_form(name)
    # A name in capitals that stands for itself keeps them.
    whole = " ".join(spelled_out)
    return whole if len(words) == 1 else normal_form(whole)


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
