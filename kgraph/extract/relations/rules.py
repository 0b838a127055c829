"""The component that finds the roles of concepts in a paper, and which concept is a kind of which.

The rules look at the words between phrases. ``relations.toml`` has the wording,
the relationship type and the confidence of each. Rules for kinds follow the
patterns of Hearst, "Automatic acquisition of hyponyms from large text corpora"
(COLING 1992).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import Candidate, CandidateRelation, Tokens, sentence_evidence
from kgraph.extract.relations.definitions import RelationDefinitions, RelationRule, relation_definitions
from kgraph.extract.relations.sentence import Sentence, SentenceMention, sentences_of
from kgraph.extract.terms.background import load_background
from kgraph.extract.terms.boilerplate import load_boilerplate
from kgraph.extract.terms.candidates import candidates_by_phrase
from kgraph.extract.terms.kinds import is_named, known_names
from kgraph.model import Kind

_MIN_CONFIDENCE_FOR_KIND = 0.7
"""Confidence from which a relation decides the kind of its concept."""

_COMMON = 25
"""Papers of the background corpus from which no single paper can have introduced a phrase."""


@dataclass(frozen=True, slots=True)
class _Context:
    """The document that the rules read, and the rules."""

    tokens: Tokens
    kinds: Mapping[str, Kind]
    definitions: RelationDefinitions

    def role(
        self, sentence: Sentence, rule: str, mention: SentenceMention, confidence: float | None = None
    ) -> CandidateRelation:
        """Return the relation of the paper to a candidate that a rule found."""
        return self._relation(sentence, self.definitions.rules[rule], None, mention, confidence)

    def is_a(
        self, sentence: Sentence, rule: str, kind: SentenceMention, of: SentenceMention
    ) -> CandidateRelation:
        """Return the relation of a candidate to a broader one that a rule found."""
        return self._relation(sentence, self.definitions.rules[rule], kind, of, None)

    def _relation(
        self,
        sentence: Sentence,
        rule: RelationRule,
        head: SentenceMention | None,
        tail: SentenceMention,
        confidence: float | None,
    ) -> CandidateRelation:
        return CandidateRelation(
            rule.type,
            None if head is None else head.key,
            tail.key,
            sentence_evidence(self.tokens, sentence.span.start, sentence.span.end, rule.name),
            rule.confidence if confidence is None else confidence,
            rule.own_artefact,
            rule.implied_kind,
        )

    def pattern(self, rule: str) -> re.Pattern[str]:
        """Return the wording that a rule looks for."""
        return self.definitions.rules[rule].pattern


@Language.component(
    "kgraph_relations",
    requires=["doc._.candidates", "doc._.kinds"],
    assigns=["doc._.sentences", "doc._.relations", "doc._.kinds"],
)
def relations(doc: Doc) -> Doc:
    """Write the sentences to ``doc._.sentences`` and their relations to ``doc._.relations``.

    Relations are in order of falling confidence. A relation is also evidence
    of a kind: a concept that a paper introduces or compares with is a method
    if no other evidence says what it is.
    """
    tokens: Tokens = doc._.tokens
    context = _Context(tokens, doc._.kinds, relation_definitions())
    sentences = tuple(sentences_of(doc, candidates_by_phrase(doc._.candidates)))
    found: list[CandidateRelation] = []
    for sentence in sentences:
        in_title = sentence.span.start < tokens.title
        find = _introduced_by_title if in_title else _introduced_by_sentence
        found.extend(find(context, sentence))
        found.extend(_hierarchy(context, sentence))
    own = {relation.tail for relation in found if relation.own_artefact}
    for sentence in sentences:
        if sentence.span.start >= tokens.title:
            found.extend(_compared_and_used(context, sentence, own))
    _decide_kinds(doc._.kinds, found)
    doc._.sentences = sentences
    doc._.relations = tuple(sorted(found, key=lambda relation: -relation.confidence))
    return doc


def _introduced_by_title(context: _Context, sentence: Sentence) -> Iterator[CandidateRelation]:
    match = context.definitions.title_name.match(sentence.text)
    if not match:
        return
    for mention in sentence.mentions:
        is_whole_name = mention.start == 0 and mention.end == len(match.group("name"))
        if is_whole_name and (_is_proper(context, mention.candidate) or _is_coined(mention.candidate)):
            yield context.role(sentence, "title-name", mention)
        elif is_whole_name and mention.phrase.size > 1 and load_background().frequency(mention.key) == 0:
            yield context.role(sentence, "title-phrase", mention)


def _introduced_by_sentence(context: _Context, sentence: Sentence) -> Iterator[CandidateRelation]:
    definitions, text = context.definitions, sentence.text
    for match in context.pattern("we-present").finditer(text):
        if not definitions.clause.search(match.group("between")):
            yield from _presented(context, sentence, match.end())
    if definitions.own_context.search(text):
        for match in context.pattern("naming").finditer(text):
            mention = sentence.mention_after(match.end())
            if mention and not _is_inside_brackets(text, match.start()):
                yield context.role(sentence, "naming", mention)
    for match in context.pattern("our").finditer(text):
        mention = sentence.mention_after(match.end())
        if mention and _is_new_name(context, mention):
            yield context.role(sentence, "our", mention)
    for mention in sentence.mentions:
        if _is_proper(context, mention.candidate) and context.pattern("is-new").match(text[mention.end :]):
            yield context.role(sentence, "is-new", mention)


def _presented(context: _Context, sentence: Sentence, start: int) -> Iterator[CandidateRelation]:
    """Yield what "we propose" introduces: a name in its object or in apposition, else the object itself."""
    object_end = context.definitions.object_end.search(sentence.text, start + 1)
    end = object_end.start() if object_end else len(sentence.text)
    for mention in sentence.mentions_between(start, end):
        if _is_new_name(context, mention):
            yield context.role(sentence, "we-present", mention)
            return
    if context.pattern("naming").search(sentence.text, start):
        return  # "a heuristic approach called …": the rule `naming` finds the name
    apposition = context.pattern("we-present-apposition")
    for mention in sentence.mentions:
        if (
            mention.start > start
            and apposition.search(sentence.text[start : mention.start])
            and _is_new_name(context, mention)
        ):
            yield context.role(sentence, "we-present-apposition", mention)
            return
    object_ = sentence.mention_after(start)
    boilerplate = load_boilerplate()
    if (
        object_
        and object_.phrase.size > 1
        and not _is_common(object_.candidate)
        and object_.key.split()[-1] not in boilerplate.generic
        and context.tokens.lowered[object_.phrase.end - 1] not in boilerplate.tails
    ):
        yield context.role(sentence, "we-present-object", object_)


def _compared_and_used(
    context: _Context, sentence: Sentence, own: Collection[str]
) -> Iterator[CandidateRelation]:
    """Yield the methods, data sets and metrics of others that a sentence compares with or uses.

    ``own`` are the keys of what the paper introduces.
    """
    compared = list(_compared(context, sentence, own))
    yield from compared
    if context.definitions.experiments.search(sentence.text):
        yield from _used_in_experiments(context, sentence, own, {relation.tail for relation in compared})
    for match in context.pattern("using").finditer(sentence.text):
        first = sentence.mention_after(match.end())
        for mention in sentence.enumeration(first) if first else ():
            kind = context.kinds[mention.key]
            is_method = kind == "method" or (kind == "concept" and is_named(mention.candidate))
            if mention.key not in own and is_method:
                yield context.role(sentence, "using", mention)
    for mention in sentence.mentions:
        if context.pattern("named-model").match(sentence.text[mention.end :]):
            yield from _named_models(context, sentence, mention, own)


def _compared(context: _Context, sentence: Sentence, own: Collection[str]) -> Iterator[CandidateRelation]:
    for match in context.pattern("comparing").finditer(sentence.text):
        first = sentence.mention_after(match.end())
        for mention in sentence.enumeration(first) if first else ():
            kind = context.kinds[mention.key]
            is_method = kind == "method" or (
                kind not in {"dataset", "metric"} and _is_proper(context, mention.candidate)
            )
            if mention.key not in own and is_method:
                yield context.role(sentence, "comparing", mention)


def _used_in_experiments(
    context: _Context, sentence: Sentence, own: Collection[str], compared: Collection[str]
) -> Iterator[CandidateRelation]:
    for mention in sentence.mentions:
        key, kind = mention.key, context.kinds[mention.key]
        if key in own:
            continue
        if kind == "dataset" and _is_named_data_set(context, mention):
            rule = context.definitions.rules["evaluating"]
            has_cue = rule.pattern.search(sentence.text[: mention.start])
            confidence = rule.confidence if has_cue else rule.confidence_without_pattern
            yield context.role(sentence, "evaluating", mention, confidence)
        elif kind == "metric" and (_is_common(mention.candidate) or is_named(mention.candidate)):
            yield context.role(sentence, "measuring", mention)
        elif kind == "method" and key not in compared and is_named(mention.candidate):
            yield context.role(sentence, "named-in-experiments", mention)


def _named_models(
    context: _Context, sentence: Sentence, last: SentenceMention, own: Collection[str]
) -> Iterator[CandidateRelation]:
    """Yield the names that a list joins to the one before "models": "Qwen and Llama models"."""
    index = sentence.mentions.index(last)
    for mention in sentence.mentions[: index + 1]:
        joined = last in sentence.enumeration(mention)
        key = mention.key
        is_method = context.kinds[key] == "method" and _is_proper(context, mention.candidate)
        if joined and key not in own and is_method:
            yield context.role(sentence, "named-model", mention)


def _hierarchy(context: _Context, sentence: Sentence) -> Iterator[CandidateRelation]:
    """Yield which concept a sentence says is a kind of another."""
    for before, after in zip(sentence.mentions, sentence.mentions[1:], strict=False):
        between = sentence.text[before.end : after.start]
        if context.tokens.lowered[before.phrase.end - 1] in load_boilerplate().tails:
            continue  # "advanced capabilities such as" does not say what follows
        if context.pattern("hearst-such-as").match(between):
            for mention in sentence.enumeration(after):
                yield context.is_a(sentence, "hearst-such-as", mention, before)
        elif context.pattern("hearst-and-other").match(between):
            yield context.is_a(sentence, "hearst-and-other", before, after)
        elif context.pattern("hearst-kind-of").match(between):
            yield context.is_a(sentence, "hearst-kind-of", before, after)


def _decide_kinds(kinds: dict[str, Kind], found: list[CandidateRelation]) -> None:
    """Change the kinds that sure relations imply."""
    for relation in found:
        if relation.implied_kind is None or relation.confidence < _MIN_CONFIDENCE_FOR_KIND:
            continue
        undecided = kinds[relation.tail] in {"concept", "phrase"}
        # "Influence Approximation Unlearning" is a method, although its last word names a task.
        coined = relation.own_artefact and relation.tail not in known_names()
        if undecided or (coined and kinds[relation.tail] == "task"):
            kinds[relation.tail] = relation.implied_kind


def _is_proper(context: _Context, candidate: Candidate) -> bool:
    """Return whether a candidate is written as a name: inner capitals, or capitals in running text."""
    if is_named(candidate):
        return True
    tokens = context.tokens
    for phrase in candidate.phrases:
        start = phrase.start
        if start < tokens.title or tokens.sentences[tokens.sentence_of[start]][0] == start:
            continue
        if not tokens.text[tokens.starts[start]].isupper():
            continue
        words = [word for word in re.split(r"[\s-]+", tokens.written(start, phrase.end)) if word]
        if all(word[0].isupper() or word in context.definitions.inside_names for word in words):
            return True
    return False


def _is_new_name(context: _Context, mention: SentenceMention) -> bool:
    """Return whether a mention is written as a name that other papers rarely use."""
    return _is_proper(context, mention.candidate) and not _is_common(mention.candidate)


def _is_coined(candidate: Candidate) -> bool:
    """Return whether a candidate is a single word that no paper of the background corpus uses."""
    return candidate.phrases[0].size == 1 and load_background().frequency(candidate.key) == 0


def _is_common(candidate: Candidate) -> bool:
    """Return whether so many papers use a candidate that this one cannot have introduced it."""
    return load_background().frequency(candidate.key) >= _COMMON


def _is_named_data_set(context: _Context, mention: SentenceMention) -> bool:
    """Return whether a data set has a name, unlike "three benchmark datasets"."""
    last_word = context.tokens.lowered[mention.phrase.end - 1]
    return _is_proper(context, mention.candidate) and last_word not in context.definitions.several_data_sets


def _is_inside_brackets(text: str, offset: int) -> bool:
    return text.count("(", 0, offset) > text.count(")", 0, offset)
