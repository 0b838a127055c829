"""The component that finds the roles of concepts in a paper, and which concept is a kind of which.

The rules look at the words between phrases. ``relations.toml`` has the rules,
and :mod:`rule_kinds <kgraph.extract.relations.rule_kinds>` the kinds of rules.
Rules for kinds of concepts follow the patterns of Hearst, "Automatic
acquisition of hyponyms from large text corpora" (COLING 1992).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import CandidateRelation, sentence_evidence
from kgraph.extract.relations.conditions import Context
from kgraph.extract.relations.definitions import relation_definitions
from kgraph.extract.relations.rule_kinds import MentionRule, RuleKind
from kgraph.extract.relations.sentence import Sentence, sentences_of
from kgraph.extract.terms.candidates import candidates_by_phrase
from kgraph.extract.terms.kinds import known_names
from kgraph.model import Evidence, Kind

_MIN_CONFIDENCE_FOR_KIND = 0.7
"""Confidence from which a relation decides the kind of its concept."""


@Language.component(
    "kgraph_relations",
    requires=["doc._.candidates", "doc._.kinds"],
    assigns=["doc._.sentences", "doc._.relations", "doc._.kinds"],
)
def relations(doc: Doc) -> Doc:
    """Write the sentences to ``doc._.sentences`` and their relations to ``doc._.relations``.

    Relations are in order of falling confidence. A paper does not use, compare
    with or evaluate on a concept that it introduces. A relation is also
    evidence of a kind: a concept that a paper introduces or compares with is a
    method if no other evidence says what it is.
    """
    context = Context(doc._.tokens, doc._.kinds)
    sentences = tuple(sentences_of(doc, candidates_by_phrase(doc._.candidates)))
    definitions = relation_definitions()
    first = [rule for rule in definitions.rules if rule.type not in definitions.of_others]
    found = [relation for sentence in sentences for relation in _relations_in(context, sentence, first, ())]
    own = {relation.tail for relation in found if relation.own_artefact}
    of_others = [rule for rule in definitions.rules if rule.type in definitions.of_others]
    for sentence in sentences:
        found.extend(_relations_in(context, sentence, of_others, own))
    _decide_kinds(doc._.kinds, found)
    doc._.sentences = sentences
    doc._.relations = tuple(sorted(found, key=lambda relation: -relation.confidence))
    return doc


def _relations_in(
    context: Context, sentence: Sentence, rules: Sequence[RuleKind], excluded: Collection[str]
) -> Iterator[CandidateRelation]:
    """Yield the relations that rules find in a sentence, without those to the excluded keys."""
    in_title = sentence.span.start < context.tokens.title
    found = [
        (rule, relation)
        for rule in rules
        if (rule.reads_title if in_title else rule.reads_abstract)
        for relation in _relations_by(context, sentence, rule)
        if relation.tail not in excluded
    ]
    related = {(relation.type, relation.tail) for _, relation in found}
    for rule, relation in found:
        if not (isinstance(rule, MentionRule) and (rule.yields_to, relation.tail) in related):
            yield relation


def _relations_by(context: Context, sentence: Sentence, rule: RuleKind) -> Iterator[CandidateRelation]:
    definitions = relation_definitions()
    evidence: Evidence | None = None
    for match in rule.matches(context, sentence):
        # One copy of the sentence for all relations of a rule.
        evidence = evidence or sentence_evidence(
            context.tokens, sentence.span.start, sentence.span.end, rule.name
        )
        yield CandidateRelation(
            rule.type,
            None if match.head is None else match.head.key,
            match.tail.key,
            evidence,
            match.confidence,
            rule.type in definitions.introducing,
            definitions.implied_kinds.get(rule.type),
        )


def _decide_kinds(kinds: dict[str, Kind], found: list[CandidateRelation]) -> None:
    """Change the kinds that relations imply with enough confidence."""
    for relation in found:
        if relation.implied_kind is None or relation.confidence < _MIN_CONFIDENCE_FOR_KIND:
            continue
        undecided = kinds[relation.tail] in {"concept", "phrase"}
        # "Influence Approximation Unlearning" is a method, although its last word names a task.
        coined = relation.own_artefact and relation.tail not in known_names()
        if undecided or (coined and kinds[relation.tail] == "task"):
            kinds[relation.tail] = relation.implied_kind
