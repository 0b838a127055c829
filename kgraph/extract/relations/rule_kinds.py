"""The kinds of rules for relations. A rule is an entry of ``relations.toml`` that names its kind.

Each kind is a class whose fields are the keys of the entry. Its method
``matches`` finds the mentions in a sentence for which the rule applies. Its work
grows with the length of the sentence and not with the square of it, because
an abstract may be an attack.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, NamedTuple

import msgspec

from kgraph.extract.relations.conditions import CONDITIONS, ConditionName, Context, is_new_name
from kgraph.extract.relations.sentence import LONGEST_GAP, Sentence, SentenceMention
from kgraph.extract.relations.wording import load_wording
from kgraph.extract.terms.boilerplate import load_boilerplate
from kgraph.model import Kind

Confidence = Annotated[float, msgspec.Meta(ge=0, le=1)]

_ANYTHING = re.compile("")


class Match(NamedTuple):
    """A relation that a rule found. A ``head`` of None is the paper itself."""

    tail: SentenceMention
    confidence: float
    head: SentenceMention | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """The keys that rules of every kind have.

    ``type`` is a relationship type of the schema. ``confidence`` says how
    often the rule is right. ``relates_concepts`` is whether the relation is
    between two concepts instead of the paper and a concept. ``reads_title``
    and ``reads_abstract`` say which sentences rules of the kind read. ``groups``
    are the named groups that their pattern needs.
    """

    relates_concepts: ClassVar[bool] = False
    reads_title: ClassVar[bool] = False
    reads_abstract: ClassVar[bool] = True
    groups: ClassVar[Sequence[str]] = ()

    name: str
    type: str
    confidence: Confidence


class MentionRule(Rule, frozen=True, kw_only=True):
    """A rule that accepts some mentions only, and that may apply to some sentences only.

    ``mention`` is a condition, or one for each kind of concept that the rule
    accepts. ``sentence`` is wording that the sentence must contain. If the
    sentence relates the concept by the type ``yields_to``, the rule does not
    apply.
    """

    mention: ConditionName | dict[Kind, ConditionName] = "any"
    sentence: re.Pattern[str] = _ANYTHING
    yields_to: str | None = None

    def accepts(self, context: Context, mention: SentenceMention) -> bool:
        """Return whether the condition of the rule is true for a mention."""
        condition = (
            self.mention if isinstance(self.mention, str) else self.mention.get(context.kinds[mention.key])
        )
        return condition is not None and CONDITIONS[condition](context, mention)


class TitleName(MentionRule, tag="title-name", frozen=True, kw_only=True):
    """Matches a mention that is the group ``name`` of a pattern at the start of the title.

    An example is "Name: what it does".
    """

    reads_title: ClassVar[bool] = True
    reads_abstract: ClassVar[bool] = False
    groups: ClassVar[Sequence[str]] = ("name",)

    pattern: re.Pattern[str]

    def matches(self, context: Context, sentence: Sentence) -> Iterator[Match]:
        """Yield the mention that is the name."""
        found = self.pattern.match(sentence.text)
        if found is None or not sentence.mentions or not self.sentence.search(sentence.text):
            return
        mention = sentence.mentions[0]
        if (mention.start, mention.end) == found.span("name") and self.accepts(context, mention):
            yield Match(mention, self.confidence)


class AfterWording(MentionRule, tag="after-wording", frozen=True, kw_only=True):
    """Matches the mention that follows wording: "outperforms A".

    ``list`` adds the mentions that a list joins to it: "outperforms A, B and
    C". ``outside_brackets`` skips wording in brackets.
    """

    pattern: re.Pattern[str]
    list: bool = False
    outside_brackets: bool = False

    def matches(self, context: Context, sentence: Sentence) -> Iterator[Match]:
        """Yield each mention once, in text order."""
        text = sentence.text
        found = self.pattern.search(text)
        if found is None or not self.sentence.search(text):
            return
        depth = counted = covered = 0
        for found in self.pattern.finditer(text):
            start = found.start()
            depth += text.count("(", counted, start) - text.count(")", counted, start)
            counted = start
            index = sentence.index_after(found.end())
            if index is None or index < covered or (self.outside_brackets and depth > 0):
                continue
            indices = sentence.list_from(index) if self.list else range(index, index + 1)
            covered = indices.stop
            for mention in sentence.mentions[indices.start : indices.stop]:
                if self.accepts(context, mention):
                    yield Match(mention, self.confidence)


class BeforeWording(MentionRule, tag="before-wording", frozen=True, kw_only=True):
    """Matches a mention that wording follows: "A is a novel …".

    ``list`` adds the mentions before it in a list: "A, B and C models".
    """

    pattern: re.Pattern[str]
    list: bool = False

    def matches(self, context: Context, sentence: Sentence) -> Iterator[Match]:
        """Yield each mention once, in text order."""
        followed = [self.pattern.match(sentence.text, mention.end) for mention in sentence.mentions]
        if not any(followed) or not self.sentence.search(sentence.text):
            return
        accepted = [found is not None for found in followed]
        if self.list:
            for index in reversed(range(len(accepted) - 1)):
                accepted[index] = accepted[index] or (accepted[index + 1] and sentence.is_joined(index))
        for mention, is_before in zip(sentence.mentions, accepted, strict=True):
            if is_before and self.accepts(context, mention):
                yield Match(mention, self.confidence)


class InSentence(MentionRule, tag="in-sentence", frozen=True, kw_only=True):
    """Matches every mention in a sentence that has the wording ``sentence``.

    ``pattern`` is wording right before the mention, without which the
    confidence is ``confidence_without_pattern``.
    """

    pattern: re.Pattern[str] = _ANYTHING
    confidence_without_pattern: Confidence | None = None

    def matches(self, context: Context, sentence: Sentence) -> Iterator[Match]:
        """Yield the mentions in text order."""
        accepted = [mention for mention in sentence.mentions if self.accepts(context, mention)]
        if not accepted or not self.sentence.search(sentence.text):
            return
        for mention in accepted:
            first = max(0, mention.start - LONGEST_GAP)
            has_wording = self.pattern.search(sentence.text, first, mention.start)
            confidence = self.confidence if has_wording else self.confidence_without_pattern
            if confidence is not None:
                yield Match(mention, confidence)


class Between(Rule, tag="between", frozen=True, kw_only=True):
    """Matches the words between two mentions: "A is a kind of B" relates A to B.

    ``turned`` swaps head and tail: "methods such as A". ``list`` adds the
    mentions that a list joins to the second one: "methods such as A and B".
    """

    relates_concepts: ClassVar[bool] = True
    reads_title: ClassVar[bool] = True

    pattern: re.Pattern[str]
    list: bool = False
    turned: bool = False

    def matches(self, context: Context, sentence: Sentence) -> Iterator[Match]:
        """Yield the pairs in text order."""
        tails = load_boilerplate().tails
        mentions = sentence.mentions
        for index, before in enumerate(mentions[:-1]):
            if not self.pattern.match(sentence.text, before.end, mentions[index + 1].start):
                continue
            if context.tokens.lowered[before.phrase.end - 1] in tails:
                continue  # "advanced capabilities such as" does not say what follows
            indices = sentence.list_from(index + 1) if self.list else range(index + 1, index + 2)
            for other in mentions[indices.start : indices.stop]:
                head, tail = (other, before) if self.turned else (before, other)
                yield Match(tail, self.confidence, head)


class ObjectName(Rule, tag="object-name", frozen=True, kw_only=True):
    """Matches the first new name in the object after wording: "we propose Name, a …".

    The group ``between`` of the pattern is the text in which a clause may
    start ("we show that … proposes"). Such wording is skipped.
    """

    groups: ClassVar[Sequence[str]] = ("between",)

    pattern: re.Pattern[str]

    def matches(self, context: Context, sentence: Sentence) -> Iterator[Match]:
        """Yield the name of each object that has one."""
        for found in _objects(self.pattern, context, sentence):
            if found.name is not None:
                yield Match(found.name, self.confidence)


class ObjectApposition(Rule, tag="object-apposition", frozen=True, kw_only=True):
    """Matches a new name in apposition to an object without a name.

    An example is "we propose a loss for training, Name, …". The pattern is
    that of ``object-name``.
    """

    groups: ClassVar[Sequence[str]] = ("between",)

    pattern: re.Pattern[str]

    def matches(self, context: Context, sentence: Sentence) -> Iterator[Match]:
        """Yield the name in apposition to each object that has one."""
        for found in _objects(self.pattern, context, sentence):
            if found.name is None and found.apposition is not None and not found.is_named_later:
                yield Match(found.apposition, self.confidence)


class ObjectPhrase(MentionRule, tag="object-phrase", frozen=True, kw_only=True):
    """Matches the object itself if it has no name: "we propose a spectral mixing layer".

    The pattern is that of ``object-name``.
    """

    groups: ClassVar[Sequence[str]] = ("between",)

    pattern: re.Pattern[str]

    def matches(self, context: Context, sentence: Sentence) -> Iterator[Match]:
        """Yield the objects without a name that the rule accepts."""
        if not self.sentence.search(sentence.text):
            return
        for found in _objects(self.pattern, context, sentence):
            if found.name is None and found.apposition is None and not found.is_named_later:
                index = sentence.index_after(found.start)
                if index is not None and self.accepts(context, sentence.mentions[index]):
                    yield Match(sentence.mentions[index], self.confidence)


RuleKind = (
    TitleName
    | AfterWording
    | BeforeWording
    | InSentence
    | Between
    | ObjectName
    | ObjectApposition
    | ObjectPhrase
)
"""A rule of any kind."""


class _Object(NamedTuple):
    """The object of a verb such as "propose", from the offset ``start``.

    ``name`` is the first new name in it, ``apposition`` the first new name
    after a comma, dash or colon. ``is_named_later`` is whether wording such as
    "called" follows: a rule for that wording then finds the name.
    """

    start: int
    name: SentenceMention | None
    apposition: SentenceMention | None
    is_named_later: bool


def _objects(pattern: re.Pattern[str], context: Context, sentence: Sentence) -> Iterator[_Object]:
    """Yield the objects after wording, in text order."""
    starts = [
        found.end()
        for found in pattern.finditer(sentence.text)
        if not load_wording().clause.search(found["between"])
    ]
    if not starts:
        return
    wording, text = load_wording(), sentence.text
    names = [mention for mention in sentence.mentions if is_new_name(context, mention)]
    appositions = list(_appositions(wording.apposition, text, names))
    object_ends, naming = RisingSearch(wording.object_end, text), RisingSearch(wording.naming, text)
    for start in starts:
        end = object_ends.first(start + 1)
        index = bisect_left(names, start, key=lambda mention: mention.start)
        has_name = index < len(names) and (end is None or names[index].end <= end)
        apposition = bisect_left(appositions, start, key=lambda pair: pair[0])
        yield _Object(
            start,
            names[index] if has_name else None,
            appositions[apposition][1] if apposition < len(appositions) else None,
            naming.first(start) is not None,
        )


def _appositions(
    pattern: re.Pattern[str], text: str, names: Sequence[SentenceMention]
) -> Iterator[tuple[int, SentenceMention]]:
    """Yield the names that are in apposition, each with the offset of the punctuation before it."""
    for mention in names:
        found = pattern.search(text, max(0, mention.start - LONGEST_GAP), mention.start)
        if found:
            yield found.start(), mention


class RisingSearch:
    """Searches a text from offsets that never fall, so that every part of it is searched once."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self._pattern = pattern
        self._text = text
        self._found: int | None = -1

    def first(self, offset: int) -> int | None:
        """Return the start of the first match at an offset or after it, or None."""
        if self._found is not None and self._found < offset:
            match = self._pattern.search(self._text, offset)
            self._found = match.start() if match else None
        return self._found
