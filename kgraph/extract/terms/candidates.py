"""The component that groups phrases by name into candidates for concepts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import Abbreviation, Candidate, Phrase, Tokens
from kgraph.extract.terms.background import load_background
from kgraph.extract.terms.boilerplate import load_boilerplate
from kgraph.names import is_acronym, looks_named, normal_form

_BRACKET = re.compile(r"\(([^()]+)\)")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")


@Language.component(
    "kgraph_candidates",
    requires=["doc._.phrases", "doc._.entities", "doc._.abbreviations"],
    assigns=["doc._.candidates"],
)
def candidates(doc: Doc) -> Doc:
    """Write the candidates to ``doc._.candidates``, in the order of their first mention.

    Spellings with the same normal form are one candidate. So are the short and
    the long form of an abbreviation, under the key of the long form.
    """
    tokens: Tokens = doc._.tokens
    defined = _defined_phrases(doc, doc._.abbreviations)
    read = list(_entity_phrases(doc))
    pairs = [(pair.short, normal_form(pair.short), normal_form(pair.long)) for pair in doc._.abbreviations]
    long_keys = {short: long for _, short, long in pairs if short and long}
    phrases = _joined(doc._.phrases, read, defined, long_keys)
    doc._.phrases = tuple(phrases)
    grouped: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        grouped.setdefault(long_keys.get(phrase.key, phrase.key), []).append(phrase)
    defining: dict[str, list[Abbreviation]] = {}
    for pair in doc._.abbreviations:
        defining.setdefault(normal_form(pair.long), []).append(pair)
    doc._.candidates = tuple(
        _candidate(tokens, key, group, defining.get(key, ())) for key, group in grouped.items()
    )
    return doc


def _joined(
    phrases: Sequence[Phrase],
    read: Sequence[Phrase],
    defined: Sequence[Phrase],
    long_keys: Mapping[str, str],
) -> list[Phrase]:
    """Return noun phrases, entities and defined forms in text order, each span once.

    A defined form is one phrase, whatever tags its parts have. An entity that is
    part of another one does not count there: "neural language model" mentions
    the longer concept, which is a kind of language model.
    """
    terms = opened_terms(phrases)
    background = load_background()
    stated = {token: phrase.end for phrase in defined for token in range(phrase.start, phrase.end)}
    covering = {token: phrase for phrase in read for token in range(phrase.start, phrase.end)}
    keys = {phrase.key for phrase in read}
    by_span: dict[tuple[int, int], Phrase] = {}
    for phrase in phrases:
        outer = covering.get(phrase.start)
        inside = (
            outer is not None
            and phrase.end <= outer.end
            and (phrase.start, phrase.end) != (outer.start, outer.end)
        )
        if (
            (inside and phrase.key in keys)
            or (phrase.opened and phrase.key not in terms and not background.frequency(phrase.key))
            or phrase.end > stated.get(phrase.start, phrase.end)
        ):
            continue
        by_span[phrase.start, phrase.end] = phrase
    for phrase in read:
        by_span.setdefault((phrase.start, phrase.end), phrase)
    for phrase in defined:
        outer = covering.get(phrase.start)
        if outer is None or outer.key != long_keys.get(phrase.key, phrase.key):
            by_span.setdefault((phrase.start, phrase.end), phrase)
    return sorted(by_span.values(), key=lambda phrase: (phrase.start, phrase.end))


def _entity_phrases(doc: Doc) -> Iterator[Phrase]:
    """Yield the entities as phrases, in text order.

    "Large Language Models (LLMs)" and "Gated Unit (GU) method" have the key of
    the long form. An entity that has only the end of a definition is extended
    to its start.
    """
    tokens: Tokens = doc._.tokens
    pairs = {pair.short: pair for pair in doc._.abbreviations}
    for entity in doc._.entities:
        text = tokens.written(entity.start, entity.end)
        pair = _defined_in(text, pairs)
        key = normal_form(pair.long if pair else bare_name(text))
        if key:
            start = entity.start
            if pair and tokens.starts[start] <= pair.short_start < tokens.ends[entity.end - 1]:
                start = min(start, bisect_left(tokens.starts, pair.long_start))
            yield Phrase(start, entity.end, key, len(key.split()), True)


def _defined_in(text: str, pairs: Mapping[str, Abbreviation]) -> Abbreviation | None:
    """Return the pair whose short form a text defines, or None if the text names more than the long form."""
    bracket = _BRACKET.search(text)
    if not bracket or bracket.group(1) not in pairs:
        return None
    pair = pairs[bracket.group(1)]
    before, rest = normal_form(text[: bracket.start()]), text[bracket.end() :].split()
    # "Models (LLMs)" and "(LLMs)" are ends of "Large Language Models (LLMs)". "Neural ODEs (ODEs)" is longer.
    cut_off = not before or f" {normal_form(pair.long)}".endswith(f" {before}")
    return pair if len(rest) < 2 and cut_off else None


@lru_cache(maxsize=100_000)
def bare_name(text: str) -> str:
    """Return a name without "novel" before it, "dataset" after it, and text in brackets."""
    boilerplate = load_boilerplate()
    words = _IN_BRACKETS.sub("", text).split() or text.strip("() ").split() or text.split()
    first, last = 0, len(words)
    while first < last - 1 and words[first].lower() in boilerplate.openers - boilerplate.soft:
        first += 1
    if last - first > 1 and words[-1].lower() in boilerplate.types and looks_named(words[-2]):
        last -= 1
    return " ".join(words[first:last])


def opened_terms(phrases: Iterable[Phrase]) -> frozenset[str]:
    """Return the normal forms that start with a word like "novel" and that the text uses at least twice."""
    counts = Counter(phrase.key for phrase in phrases if phrase.opened)
    return frozenset(key for key, count in counts.items() if count > 1)


def _defined_phrases(doc: Doc, pairs: Iterable[Abbreviation]) -> list[Phrase]:
    found = []
    for pair in pairs:
        for start, form in ((pair.long_start, pair.long), (pair.short_start, pair.short)):
            span = doc.char_span(start, start + len(form), alignment_mode="expand")
            key = normal_form(form)
            if span is not None and key:
                found.append(Phrase(span.start, span.end, key, len(form.split()), True))
    return found


def _candidate(
    tokens: Tokens, key: str, phrases: Sequence[Phrase], pairs: Sequence[Abbreviation]
) -> Candidate:
    name = _name(tokens, key, phrases, pairs)
    forms = _counts(_shown(tokens.written(phrase.start, phrase.end), phrase.key) for phrase in phrases)
    for pair in pairs:
        forms[pair.short] = forms.get(pair.short, 0) + 1
    seen = {normal_form(name): name}
    for form in sorted(forms, key=lambda form: (-forms[form], form)):
        seen.setdefault(normal_form(form), form)
    return Candidate(key, name, tuple(seen[other] for other in seen if seen[other] != name), tuple(phrases))


def _name(tokens: Tokens, key: str, phrases: Sequence[Phrase], pairs: Sequence[Abbreviation]) -> str:
    """Return the form to show: the most frequent one of the abstract, in lower case if the text has it so."""
    forms: dict[str, int] = {}
    for phrase in phrases:
        form = _running_form(tokens, phrase)
        forms[form] = forms.get(form, 0) + (1 if phrase.start < tokens.title else 2)
    own = {form: count for form, count in forms.items() if normal_form(form) == key}
    forms = own or _counts(pair.long for pair in pairs) or forms
    return min(forms, key=lambda form: (-forms[form], len(form), form.swapcase()))


def _counts(forms: Iterable[str]) -> dict[str, int]:
    # Creating a Counter takes several times as long, and most candidates have one form.
    counts: dict[str, int] = {}
    for form in forms:
        counts[form] = counts.get(form, 0) + 1
    return counts


def _shown(text: str, key: str) -> str:
    """Return a text as the name to show, without parts that its key does not have."""
    return text if normal_form(text) == key else bare_name(text)


def _running_form(tokens: Tokens, phrase: Phrase) -> str:
    start, end = phrase.start, phrase.end
    if start < tokens.title:
        # The words as they were tagged, because a title in title case is in lower case there.
        spaces = [
            " " * (at - before)
            for before, at in zip(tokens.ends[start : end - 1], tokens.starts[start + 1 : end], strict=True)
        ]
        lowered = "".join(map("".join, zip(tokens.forms[start:end], [*spaces, ""], strict=True)))
        return _shown(lowered, phrase.key)
    text = _shown(tokens.written(start, end), phrase.key).rstrip(".,;:")
    if tokens.sentences[tokens.sentence_of[start]][0] == start or (
        start and tokens.forms[start - 1].isspace()
    ):
        words = text.split()
        if (
            not looks_named(words[0])
            and not is_acronym(words[0])
            and not tokens.tags[start].startswith("NNP")
            and not (len(words) > 1 and words[1].istitle())
        ):
            return text[0].lower() + text[1:]
    return text


def candidates_by_phrase(found: Iterable[Candidate]) -> Mapping[tuple[int, int], Candidate]:
    """Return the candidate of each phrase by the phrase's tokens (start, end)."""
    return {(phrase.start, phrase.end): candidate for candidate in found for phrase in candidate.phrases}
