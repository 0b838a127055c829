"""The component that reads the results of a paper: a number, its metric and, if stated, its data set.

Figures, metrics and data sets of a sentence are replaced by marks (``marking``),
and rules look at the words between the marks (``rules``, ``matching``). All
parts of a result must be in one sentence. If the pairing is open (two figures
for one metric, a figure after "than"), nothing is read, because a wrong result
is worse than a missing one.
"""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc, Span

from kgraph.extract.document import Tokens, sentence_evidence
from kgraph.extract.measurements.figures import Figure, figures
from kgraph.extract.measurements.marking import MarkedSentence, PhrasesByKind, mark, phrases_by_kind
from kgraph.extract.measurements.matching import RuleMatch, best_matches, data_set_of
from kgraph.extract.measurements.rules import DATA_SET, FIGURE, METRIC, result_rules
from kgraph.model import Mention, Result

_DIGIT = re.compile(r"\d")
_MARKS = re.compile(f"[{FIGURE}{METRIC}{DATA_SET}]")


@Language.component("kgraph_results", requires=["doc._.candidates", "doc._.kinds"], assigns=["doc._.results"])
def results(doc: Doc) -> Doc:
    """Write the results of the paper to ``doc._.results``, in text order."""
    found: list[Result] = []
    phrases: PhrasesByKind | None = None
    text: str = doc.user_data["text"]
    for span in doc.sents if _DIGIT.search(text) else ():
        source = text[span.start_char : span.end_char]
        in_sentence = list(figures(source)) if _DIGIT.search(source) else []
        if not in_sentence or _MARKS.search(source) or _spans_both_fields(doc, span, source):
            continue
        if _is_cut_off(doc, span, source, in_sentence[-1]):
            in_sentence.pop()
        phrases = phrases or phrases_by_kind(doc)
        sentence = mark(doc, span, source, in_sentence, phrases)
        if sentence.metrics or result_rules().speed.search(source):
            found.extend(_result(sentence, match) for match in best_matches(sentence))
    doc._.results = tuple(found)
    return doc


def _is_cut_off(doc: Doc, sentence: Span, source: str, last: Figure) -> bool:
    """Return whether a sentence ends inside a number, as in broken texts: "an error of 2. 5 mm"."""
    ends_after_figure = source[last.end :].strip() == "."
    return ends_after_figure and bool(_DIGIT.match(doc.user_data["text"][sentence.end_char :].lstrip()[:1]))


def _spans_both_fields(doc: Doc, sentence: Span, source: str) -> bool:
    """Return whether a sentence runs from the title into the abstract and so has no offsets in a field."""
    start: int = sentence.start_char
    return bool(start < doc._.title_length < start + len(source.rstrip()))


def _result(sentence: MarkedSentence, match: RuleMatch) -> Result:
    figure = sentence.figures[match.figure]
    initial = sentence.figures[match.initial] if match.initial is not None else None
    data_set = data_set_of(sentence, match)
    tokens: Tokens = sentence.doc._.tokens
    evidence = sentence_evidence(tokens, sentence.span.start, sentence.span.end, match.rule.name)
    shift = evidence.start - (len(sentence.source) - len(sentence.source.lstrip()))

    def mention(start: int, end: int) -> Mention:
        return Mention(evidence.field, shift + start, shift + end, sentence.source[start:end])

    metric = mention(*match.metric)
    dataset_mention = mention(*data_set) if data_set else None
    statement = match.statement + sentence.source[figure.before : figure.start]
    is_factor = figure.unit is None and match.direction and result_rules().factor.search(match.statement)
    unit = "x" if is_factor else figure.unit
    return Result(
        metric=match.metric_name or metric.text,
        dataset=dataset_mention.text if dataset_mention else None,
        value=None if match.direction else figure.number,
        before=initial.number if initial else None,
        change=match.direction * figure.number if match.direction else None,
        unit=unit,
        relative=_is_relative(unit, statement) if match.direction else None,
        qualifier=figure.qualifier,
        figure=mention(initial.start if initial else figure.start, figure.end),
        metric_mention=metric,
        dataset_mention=dataset_mention,
        evidence=evidence,
        confidence=round(match.confidence, 3),
    )


def _is_relative(unit: str | None, statement: str) -> bool | None:
    """Return whether a change is a share of the value before it, or None if "by 5%" leaves that open."""
    rules = result_rules()
    if unit == "x" or rules.relative.search(statement):
        return True
    if unit != "%" or rules.absolute.search(statement):
        return False
    return None
