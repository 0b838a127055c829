"""The component that reads what a paper does with its concepts, and what a sentence says they are.

Rules over the words between phrases, each with a name that goes into the
evidence and a confidence that says how often such a sentence means it (judged
on development papers, not fitted). IS_A follows the patterns of Hearst,
"Automatic acquisition of hyponyms from large text corpora" (COLING 1992).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import Candidate, Found, Tokens, sentence_evidence
from kgraph.extract.relations.sentence import Named, Sentence, sentences_of
from kgraph.extract.terms.background import load_background
from kgraph.extract.terms.boilerplate import load_boilerplate
from kgraph.extract.terms.candidates import candidates_by_phrase
from kgraph.extract.terms.kinds import is_named, known_names
from kgraph.model import Kind, RelationType

_SURE = 0.7
"""Confidence from which a role says what kind of thing its concept is."""

_COMMON = 25
"""Papers of the background corpus from which a phrase is no paper's own."""

_MANY = frozenset({"datasets", "benchmarks", "corpora", "sets"})
_PRESENTING = (
    r"(?:propos|introduc|present|develop|design|devis|releas|construct|creat|describ|contribut|curat|collect"
    r"|publish|unveil|put(?:s|ting)? forward|build|built)(?:e|es|ed|s|ing)?"
)
_WE_PRESENT = re.compile(
    rf"\b(?:we|this (?:paper|work|study|article|survey)|our (?:paper|work))\b(?P<between>[^.;:]{{0,60}}?)"
    rf"\b{_PRESENTING}\b(?P<and>(?:,? (?:and|or) (?:\w+ly )?\w+e?\b)?)",
    re.IGNORECASE,
)
_OBJECT_ENDS = re.compile(
    r";|\. |\b(?:that|which|where|who|whose|by|for|to|in|on|from|with|using|via|based|through|without|when|while"
    r"|aim\w*|consist\w*|designed|trained|and (?:show|demonstrate|evaluate|prove|provide|find))\b",
    re.IGNORECASE,
)
_NAMING = re.compile(
    r"\b(?:called|named|dubbed|termed|coined|denoted(?: as| by)?|abbreviated as|referred to as|which we (?:call|term|name|dub)"
    r"|we (?:call|term|name|dub)(?: it| this| our \w+| the \w+)?|known as|namely)\b[\s:,\"'“‘]*",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\bour (?:(?:overall|proposed|new|novel|final|full|main|core) )*(?:(?:method|approach|model|framework|system|"
    r"algorithm|technique|baseline|benchmark|data ?set|pipeline|architecture|tool|solution|strategy|suite|corpus)s?"
    r"(?: called| named| dubbed| termed)?[\s,:\"'“‘(–—-]+)?",
    re.IGNORECASE,
)
_OWN_CONTEXT = re.compile(r"\b(?:we|our|this (?:paper|work)|novel|new)\b", re.IGNORECASE)
_IS_NEW = re.compile(
    r"^(?:\s*\([^)]*\))?,? (?:is|are|,) an? (?:simple |general |unified |[\w-]+ )?(?:novel|new|first)\b"
)
_TITLE_NAME = re.compile(r"^(?P<name>[^:]{2,60}?)\s*(?:\([^)]*\)\s*)?:\s*\S")
_USING = re.compile(
    r"\b(?:we (?:\w+ly )?(?:use|employ|leverage|adopt|apply|utilize|utilise|fine-tune|finetune|extend|adapt)"
    r"|by (?:using|employing|leveraging|adopting|utilizing|applying|exploiting)|using|utilizing|employing|leveraging"
    r"|(?:is|are|was|were)? ?(?:based|built|relies|rely|builds) (?:up)?on|building on|powered by|fine-tuned from"
    r"|on top of|equipped with|(?:it|which|that) (?:uses|employs|leverages|adopts|utilizes))\b",
    re.IGNORECASE,
)
_EVALUATING = re.compile(
    r"\b(?:evaluat\w*|experiment\w*|benchmark\w*|data ?sets?|result\w*|achiev\w*|outperform\w*|improv\w*|test\w*"
    r"|demonstrat\w*|validat\w*|assess\w*|perform\w*|show\w*|surpass\w*|obtain\w*|attain\w*|reach\w*|gain\w*|boost\w*"
    r"|superior\w*|effective\w*|conduct\w*|measur\w*|accura\w*|state-of-the-art|sota|compar\w*|reduc\w*)\b",
    re.IGNORECASE,
)
_DATA_BEFORE = re.compile(
    r"\b(?:on|across|over|from|with|using|in|including|and|or|,|:|\(|e\.g\.,?|data ?sets?|benchmarks?|such as|namely|like|the)"
    r"[\s\"'“‘(:,]*(?:the |both |a |an |popular |public |challenging |standard |real-world |large-scale |well-known )*$",
    re.IGNORECASE,
)
_COMPARING = re.compile(
    r"\b(?:outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|exceed(?:s|ed|ing)?|beat(?:s|ing)?|compar(?:ed|ing|ison|isons) (?:to|with|against)"
    r"|superior to|improv(?:es|ed|ing|ement|ements) (?:up)?on|better than|(?:more|less|faster|higher|lower) [\w\s-]{0,30}?than"
    r"|baselines?,? (?:such as|including|like)|improv(?:es|ing|ement|ements) over|speed-?up over|competitive with|in comparison (?:to|with))\b",
    re.IGNORECASE,
)  # fmt: skip
_SUCH_AS = re.compile(
    r"^\)?,? ?\(?(?:such as|including|especially|particularly|e\.g\.,?|like|i\.e\.,?) ?(?:the |a |an )?$",
    re.IGNORECASE,
)
_AND_OTHER = re.compile(r"^,? (?:and|or) (?:many |several |various )?other (?:\w+ )?$", re.IGNORECASE)
_IS_A_KIND = re.compile(
    r"^ (?:is|are) (?:a|an) (?:type|kind|form|variant|special case|family|class|branch|subfield) of (?:the )?$",
    re.IGNORECASE,
)


@Language.component(
    "kgraph_relations",
    requires=["doc._.candidates", "doc._.kinds"],
    assigns=["doc._.sentences", "doc._.roles", "doc._.kinds"],
)
def relations(doc: Doc) -> Doc:
    """Write the sentences to ``doc._.sentences``, and what was found in them to ``doc._.roles``.

    The surest sentence of each relation comes first.

    A role is itself evidence of a kind: what a paper introduces or compares
    with is a method, where nothing else said what it is.
    """
    tokens: Tokens = doc._.tokens
    kinds: Mapping[str, Kind] = doc._.kinds
    by_phrase = candidates_by_phrase(doc._.candidates)
    sentences = doc._.sentences = tuple(sentences_of(doc, by_phrase))
    found: list[Found] = []
    for sentence in sentences:
        title = sentence.span.start < tokens.title
        found.extend(_introduced_by_title(tokens, sentence) if title else _introduced(tokens, sentence))
        found.extend(_kinds_of(tokens, sentence))
    own = {relation.tail for relation in found if relation.type == "INTRODUCES"}
    for sentence in sentences:
        if sentence.span.start >= tokens.title:
            found.extend(_used(tokens, kinds, sentence, own))
    _settle_kinds(doc, found)
    doc._.roles = tuple(sorted(found, key=lambda relation: -relation.confidence))
    return doc


def _introduced_by_title(tokens: Tokens, sentence: Sentence) -> Iterator[Found]:
    match = _TITLE_NAME.match(sentence.text)
    if not match:
        return
    for named in sentence.names:
        whole = named.start == 0 and named.end == len(match.group("name"))
        if whole and (_is_proper(tokens, named.candidate) or _is_coined(named.candidate)):
            yield _found(tokens, sentence, "INTRODUCES", named, "title-name", 0.9)
        elif whole and named.phrase.size > 1 and load_background().frequency(named.candidate.key) == 0:
            # A phrase that nobody else uses, before a colon, is mostly the name of what is new.
            yield _found(tokens, sentence, "INTRODUCES", named, "title-phrase", 0.5)


def _introduced(tokens: Tokens, sentence: Sentence) -> Iterator[Found]:
    for match in _WE_PRESENT.finditer(sentence.text):
        if re.search(r"\b(?:that|which|why|how)\b", match.group("between")):
            continue
        yield from _presented(tokens, sentence, match.end())
    if _OWN_CONTEXT.search(sentence.text):
        for match in _NAMING.finditer(sentence.text):
            named = sentence.after(match.end())
            if named and not _inside_brackets(sentence.text, match.start()):
                yield _found(tokens, sentence, "INTRODUCES", named, "naming", 0.85)
    for match in _OURS.finditer(sentence.text):
        named = sentence.after(match.end())
        if named and _is_proper(tokens, named.candidate) and not _is_known(named.candidate):
            yield _found(tokens, sentence, "INTRODUCES", named, "our", 0.75)
    for named in sentence.names:
        if _is_proper(tokens, named.candidate) and _IS_NEW.match(sentence.text[named.end :]):
            yield _found(tokens, sentence, "INTRODUCES", named, "is-new", 0.7)


def _presented(tokens: Tokens, sentence: Sentence, start: int) -> Iterator[Found]:
    """What follows "we propose": a name in the object or beside it, else the object itself."""
    naming = _NAMING.search(sentence.text, start)
    end_match = _OBJECT_ENDS.search(sentence.text, start + 1)
    end = end_match.start() if end_match else len(sentence.text)
    for named in sentence.within(start, end):
        if _is_proper(tokens, named.candidate) and not _is_known(named.candidate):
            yield _found(tokens, sentence, "INTRODUCES", named, "we-present", 0.9)
            return
    if naming:
        return  # "a heuristic approach called …": the naming rule has the name
    # "we present a novel loss for training, Name, …", "a recipe - Name - for"
    for named in sentence.names:
        apposed = re.search(r"(?:,|[–—-]|:) $", sentence.text[start : named.start])
        if (
            named.start > start
            and apposed
            and _is_proper(tokens, named.candidate)
            and not _is_known(named.candidate)
        ):
            yield _found(tokens, sentence, "INTRODUCES", named, "we-present-apposition", 0.7)
            return
    object_ = sentence.after(start)
    boilerplate = load_boilerplate()
    if (
        object_
        and object_.phrase.size > 1
        and not _is_known(object_.candidate)
        and object_.candidate.key.split()[-1] not in boilerplate.generic
        and tokens.lowered[object_.phrase.end - 1] not in boilerplate.tails
    ):
        yield _found(tokens, sentence, "INTRODUCES", object_, "we-present-object", 0.5)


def _used(tokens: Tokens, kinds: Mapping[str, Kind], sentence: Sentence, own: set[str]) -> Iterator[Found]:
    compared: set[str] = set()
    for match in _COMPARING.finditer(sentence.text):
        first = sentence.after(match.end())
        for named in sentence.listed(first) if first else ():
            if named.candidate.key not in own and (
                kinds[named.candidate.key] == "method" or _is_proper(tokens, named.candidate)
            ) and kinds[named.candidate.key] not in {"dataset", "metric"}:  # fmt: skip
                compared.add(named.candidate.key)
                yield _found(tokens, sentence, "COMPARES_WITH", named, "comparing", 0.7)
    if _EVALUATING.search(sentence.text):
        for named in sentence.names:
            key = named.candidate.key
            if key in own:
                continue
            if kinds[key] == "dataset" and _is_data_set(tokens, named):
                sure = bool(_DATA_BEFORE.search(sentence.text[: named.start]))
                yield _found(tokens, sentence, "EVALUATES_ON", named, "evaluating", 0.85 if sure else 0.6)
            elif kinds[key] == "metric" and (_is_known(named.candidate) or is_named(named.candidate)):
                yield _found(tokens, sentence, "EVALUATES_ON", named, "measuring", 0.6)
            elif kinds[key] == "method" and key not in compared and is_named(named.candidate):
                # A model that is named where experiments are told of is what they were made with.
                yield _found(tokens, sentence, "USES", named, "named-in-experiments", 0.5)
    for match in _USING.finditer(sentence.text):
        first = sentence.after(match.end())
        for named in sentence.listed(first) if first else ():
            if named.candidate.key not in own and (
                kinds[named.candidate.key] == "method"
                or (kinds[named.candidate.key] == "concept" and is_named(named.candidate))
            ):
                yield _found(tokens, sentence, "USES", named, "using", 0.6)
    for named in sentence.names:
        if re.match(r"['’s]* (?:[\w-]+ )?models?\b", sentence.text[named.end :]):
            yield from _models(tokens, kinds, sentence, named, own)


def _models(
    tokens: Tokens, kinds: Mapping[str, Kind], sentence: Sentence, last: Named, own: set[str]
) -> Iterator[Found]:
    """ "Qwen and Llama models": the names that a list joins to the one before "models"."""
    place = sentence.names.index(last)
    for named in sentence.names[: place + 1]:
        joined = last in sentence.listed(named)
        key = named.candidate.key
        if joined and key not in own and kinds[key] == "method" and _is_proper(tokens, named.candidate):
            yield _found(tokens, sentence, "USES", named, "named-model", 0.6)


def _kinds_of(tokens: Tokens, sentence: Sentence) -> Iterator[Found]:
    for before, after in zip(sentence.names, sentence.names[1:], strict=False):
        between = sentence.text[before.end : after.start]
        if tokens.lowered[before.phrase.end - 1] in load_boilerplate().tails:
            continue  # "advanced capabilities such as" says nothing of what follows
        if _SUCH_AS.match(between):
            for named in sentence.listed(after):
                yield _is_a(tokens, sentence, named, before, "hearst-such-as", 0.8)
        elif _AND_OTHER.match(between):
            yield _is_a(tokens, sentence, before, after, "hearst-and-other", 0.8)
        elif _IS_A_KIND.match(between):
            yield _is_a(tokens, sentence, before, after, "hearst-kind-of", 0.9)


def _is_a(tokens: Tokens, sentence: Sentence, kind: Named, of: Named, rule: str, confidence: float) -> Found:
    seen = sentence_evidence(tokens, sentence.span.start, sentence.span.end, rule)
    return Found("IS_A", kind.candidate.key, of.candidate.key, seen, confidence)


def _found(
    tokens: Tokens, sentence: Sentence, type_: RelationType, named: Named, rule: str, confidence: float
) -> Found:
    return Found(
        type_,
        None,
        named.candidate.key,
        sentence_evidence(tokens, sentence.span.start, sentence.span.end, rule),
        confidence,
    )


def _settle_kinds(doc: Doc, found: list[Found]) -> None:
    kinds: dict[str, Kind] = doc._.kinds
    for relation in found:
        unsettled = kinds[relation.tail] in {"concept", "phrase"}
        introduced = relation.type == "INTRODUCES" and relation.confidence >= _SURE
        coined = introduced and relation.tail not in known_names()
        # "Influence Approximation Unlearning" is a way to do it, whatever its last word says.
        if (
            (introduced and unsettled)
            or (coined and kinds[relation.tail] == "task")
            or (relation.type == "COMPARES_WITH" and unsettled)
        ):
            kinds[relation.tail] = "method"


def _is_proper(tokens: Tokens, candidate: Candidate) -> bool:
    """Whether a candidate is written as a name: inner capitals, or capitals in running text."""
    if is_named(candidate):
        return True
    for phrase in candidate.phrases:
        start = phrase.start
        if start < tokens.title or tokens.sentences[tokens.sentence_of[start]][0] == start:
            continue
        if not tokens.text[tokens.starts[start]].isupper():
            continue
        words = [word for word in re.split(r"[\s-]+", tokens.written(start, phrase.end)) if word]
        if all(word[0].isupper() or word in {"of", "and", "via", "for", "in"} for word in words):
            return True
    return False


def _is_coined(candidate: Candidate) -> bool:
    """Whether a single word is so rare that a title which starts with it must have made it."""
    return candidate.phrases[0].size == 1 and load_background().frequency(candidate.key) == 0


def _is_known(candidate: Candidate) -> bool:
    """Whether so many papers speak of it that this one cannot have introduced it."""
    return load_background().frequency(candidate.key) >= _COMMON


def _is_data_set(tokens: Tokens, named: Named) -> bool:
    """Whether a data set is named, and not only spoken of ("three benchmark datasets")."""
    return _is_proper(tokens, named.candidate) and tokens.lowered[named.phrase.end - 1] not in _MANY


def _inside_brackets(text: str, offset: int) -> bool:
    return text.count("(", 0, offset) > text.count(")", 0, offset)
