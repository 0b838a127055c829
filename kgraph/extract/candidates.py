"""The component that gathers phrases into candidates: what a paper may be about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.background import load_background
from kgraph.extract.document import Abbreviation, Candidate, Phrase, in_title, text_of
from kgraph.names import is_acronym, looks_named, normal_form


@Language.component(
    "kgraph_candidates", requires=["doc._.phrases", "doc._.abbreviations"], assigns=["doc._.candidates"]
)
def candidates(doc: Doc) -> Doc:
    """Write the candidates to ``doc._.candidates``, in the order of their first mention.

    Spellings of one normal form fall together, and so do the short and the
    long form of an abbreviation, under the key of the long form.
    """
    defined = _defined_phrases(doc, doc._.abbreviations)
    stated = {phrase.start: phrase.end for phrase in defined}
    terms = opened_terms(doc._.phrases)
    # A defined form is one phrase, whatever the tagger made of its parts.
    phrases = [
        phrase
        for phrase in doc._.phrases
        if (not phrase.opened or phrase.key in terms or load_background().frequency(phrase.key))
        and not any(start <= phrase.start < end < phrase.end for start, end in stated.items())
        and (phrase.start, phrase.end) not in set(stated.items())
    ]
    phrases = sorted([*phrases, *defined], key=lambda phrase: (phrase.start, phrase.end))
    doc._.phrases = tuple(phrases)
    long_keys = {
        normal_form(pair.short): normal_form(pair.long)
        for pair in doc._.abbreviations
        if normal_form(pair.short) and normal_form(pair.long)
    }
    grouped: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        grouped.setdefault(long_keys.get(phrase.key, phrase.key), []).append(phrase)
    doc._.candidates = tuple(_candidate(doc, key, group) for key, group in grouped.items())
    return doc


def opened_terms(phrases: Iterable[Phrase]) -> frozenset[str]:
    """Return the normal forms that start with a word like "novel", but that the text uses twice or more."""
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


def _candidate(doc: Doc, key: str, phrases: Sequence[Phrase]) -> Candidate:
    own = [phrase for phrase in phrases if phrase.key == key] or list(phrases)
    name = _name(doc, own)
    forms = Counter(text_of(doc, phrase.start, phrase.end) for phrase in phrases)
    seen = {normal_form(name): name}
    for form in sorted(forms, key=lambda form: (-forms[form], form)):
        seen.setdefault(normal_form(form), form)
    return Candidate(key, name, tuple(seen[other] for other in seen if seen[other] != name), tuple(phrases))


def _name(doc: Doc, phrases: Sequence[Phrase]) -> str:
    """Choose the form to show: what the abstract writes most, in lower case where the text has it so."""
    forms: Counter[str] = Counter()
    for phrase in phrases:
        forms[_running_form(doc, phrase)] += 1 if in_title(doc, phrase) else 2
    return min(forms, key=lambda form: (-forms[form], len(form), form.swapcase()))


def _running_form(doc: Doc, phrase: Phrase) -> str:
    text = text_of(doc, phrase.start, phrase.end).rstrip(".,;:")
    first = doc[phrase.start]
    if in_title(doc, phrase):
        # The words as they were tagged: those of a title in title case are lowered.
        return doc[phrase.start : phrase.end].text
    word = text.split()[0]
    starts_sentence = bool(first.is_sent_start) or (first.i > 0 and doc[first.i - 1].is_space)
    if (
        starts_sentence
        and not looks_named(word)
        and not is_acronym(word)
        and not first.tag_.startswith("NNP")
    ):
        return text[0].lower() + text[1:]
    return text


def candidates_by_phrase(found: Iterable[Candidate]) -> Mapping[tuple[int, int], Candidate]:
    """Return the candidate of each phrase by the phrase's tokens (start, end)."""
    return {(phrase.start, phrase.end): candidate for candidate in found for phrase in candidate.phrases}
