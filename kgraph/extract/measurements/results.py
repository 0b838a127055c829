"""The component that reads the numbers that a paper reports: of which metric, and on which data set.

A sentence is rewritten with one mark for each figure, metric and data set, and
rules look at the words between the marks (:mod:`kgraph.extract.measurements.rules`).
Everything must stand in that one sentence. Where the pairing is open (two
figures for one metric, a figure behind "than") nothing is read: a missing
result misleads nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from spacy.language import Language
from spacy.tokens import Doc, Span

from kgraph.extract.document import Candidate, Phrase, Tokens, sentence_evidence
from kgraph.extract.measurements.figures import Figure, figures
from kgraph.extract.measurements.metrics import Metric, metrics, offsets
from kgraph.extract.measurements.rules import (
    ABSOLUTE,
    AFTER,
    ALSO_METRIC,
    ALSO_ON,
    CHANGING,
    COMPARED,
    CONDITION,
    DATA_SET,
    DIRECTIONS,
    DISTANCES,
    FACTOR,
    FIGURE,
    FILMING,
    FRAMES,
    GOES_ON,
    HYPOTHETICAL,
    INSIDE,
    LEADING,
    LIST_RULES,
    LISTED,
    METRIC,
    OF_OTHERS,
    OTHER_CLAUSE,
    OTHER_STATEMENT,
    REACHING,
    RELATIVE,
    RESPECTIVELY,
    ROW_OF_FIGURES,
    RULES,
    SAYS_NO_MORE,
    SHARE_OF,
    TRAINED,
    VERSION,
    Rule,
)
from kgraph.extract.terms.kinds import is_named, known_names
from kgraph.model import Kind, Mention, Result
from kgraph.names import normal_form

_DIGIT = re.compile(r"\d")
_SPACED = re.compile(r"(?P<space>\s+)|\S+")
_MARKS = re.compile(f"[{FIGURE}{METRIC}{DATA_SET}]")
_SPEED_WORDS = re.compile(r"faster|slower|speed|sped up|accelerat|fps|frames", re.IGNORECASE)
_KIND_WORD = re.compile(r"\s+(?:data ?sets?|benchmarks?|corpus)$", re.IGNORECASE)
_INHERITED = 0.9
"""What is left of a rule's confidence where a second figure takes its words from the first."""

_LARGEST_WHOLE = 100
"""A larger whole number without a unit is rather a count or a year."""

Kinds = Mapping[Kind, Sequence[tuple[Phrase, Candidate]]]


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence with marks for what it names.

    ``source`` is the sentence as written, ``text`` the one with marks. What a
    mark stands for is found by its place in ``text``; ``places`` gives for each
    character of ``text`` its offset in ``source``.
    """

    doc: Doc
    span: Span
    source: str
    text: str
    figures: Mapping[int, Figure]
    metrics: Mapping[int, Metric]
    data: Mapping[int, tuple[int, int]]
    places: Sequence[int]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule read, by the places of marks.

    ``metric`` are offsets in the source, ``name`` is a metric that no noun
    names; ``way`` is 0 for a value and the sign of a change; ``stated`` is the
    text that says so, which ends at ``end``.
    """

    rule: Rule
    figure: int
    start: int | None
    metric: tuple[int, int]
    name: str | None
    word: str
    way: int
    stated: str
    end: int
    data: int | None
    confidence: float


@Language.component("kgraph_results", requires=["doc._.candidates", "doc._.kinds"], assigns=["doc._.results"])
def results(doc: Doc) -> Doc:
    """Write what the paper reports to ``doc._.results``, in the order of the text."""
    found: list[Result] = []
    kinds: Kinds | None = None
    text: str = doc.user_data["text"]
    for sentence in doc.sents if _DIGIT.search(text) else ():
        source = text[sentence.start_char : sentence.end_char]
        numbers = list(figures(source)) if _DIGIT.search(source) else []
        if not numbers or _MARKS.search(source) or _has_both_fields(doc, sentence, source):
            continue
        if _is_cut_off(doc, sentence, source, numbers[-1]):
            numbers.pop()
        kinds = kinds or _phrases_by_kind(doc)
        marked = _marked(doc, sentence, source, numbers, kinds)
        if marked.metrics or _SPEED_WORDS.search(source):
            found.extend(_results_of(marked))
    doc._.results = tuple(found)
    return doc


def _is_cut_off(doc: Doc, sentence: Span, source: str, last: Figure) -> bool:
    """Whether a sentence ends in the middle of a number: "an error of 2. 5 mm", as broken texts have it."""
    ends = source[last.end :].strip() == "."
    return ends and bool(_DIGIT.match(doc.user_data["text"][sentence.end_char :].lstrip()[:1]))


def _has_both_fields(doc: Doc, sentence: Span, source: str) -> bool:
    """Whether a sentence runs from the title into the abstract, where no field has its offsets."""
    start: int = sentence.start_char
    return bool(start < doc._.title_length < start + len(source.rstrip()))


def _phrases_by_kind(doc: Doc) -> Kinds:
    kinds: Mapping[str, Kind] = doc._.kinds
    found: dict[Kind, list[tuple[Phrase, Candidate]]] = {"metric": [], "dataset": []}
    for candidate in doc._.candidates:
        kind = kinds[candidate.key]
        if kind in found:
            found[kind].extend((phrase, candidate) for phrase in candidate.phrases)
    return found


def _marked(doc: Doc, span: Span, source: str, numbers: Sequence[Figure], kinds: Kinds) -> Marked:
    """Put a mark in the place of every figure, data set and metric; of two that overlap the first stays."""
    data = list(_data_sets(doc, span, source, kinds["dataset"]))
    taken = [*((figure.before, figure.end) for figure in numbers), *data]
    read = metrics(doc, span, source, kinds["metric"])
    named = _apart([cut for metric in read if (cut := _cut(metric, taken, source))])
    at = {metric.start: (METRIC, metric.end) for metric in named}
    at |= {start: (DATA_SET, end) for start, end in data}
    at |= {figure.before: (FIGURE, figure.end) for figure in numbers}
    text, places, marks = "", [], {}  # type: str, list[int], dict[int, int]
    reached = 0
    for start in [*sorted(at), len(source)]:
        mark, end = at.get(start, ("", start))
        if start < reached:
            continue
        for part in _SPACED.finditer(source, reached, start):
            # One space for any white space, so that patterns need not care for it.
            text += " " if part["space"] else part.group()
            places += range(part.start(), part.start() + 1 if part["space"] else part.end())
        marks[start] = len(text)
        text += mark
        places.append(start)
        reached = end
    return Marked(
        doc,
        span,
        source,
        text,
        {marks[figure.before]: figure for figure in numbers if figure.before in marks},
        {marks[metric.start]: metric for metric in named if metric.start in marks},
        {marks[start]: (start, end) for start, end in data if start in marks},
        places,
    )


def _cut(metric: Metric, taken: Sequence[tuple[int, int]], source: str) -> Metric | None:
    """Return a metric without the figures and data sets that its phrase begins with: "COCO | mask AP"."""
    start = max([metric.start, *(end for begin, end in taken if begin < metric.end and end > metric.start)])
    while start < metric.end and source[start] in " -":
        start += 1
    return replace(metric, start=start) if start < metric.end else None


def _apart(found: Sequence[Metric]) -> list[Metric]:
    """Return metrics that do not overlap, the longest of those that do."""
    kept: list[Metric] = []
    for metric in sorted(found, key=lambda metric: (metric.start - metric.end, metric.start)):
        if all(metric.end <= other.start or other.end <= metric.start for other in kept):
            kept.append(metric)
    return kept


def _data_sets(
    doc: Doc, span: Span, source: str, of_kind: Sequence[tuple[Phrase, Candidate]]
) -> Iterator[tuple[int, int]]:
    """Yield where a sentence names a data set; what it only speaks of ("three benchmarks") has no name."""
    names = known_names()
    reached = -1
    inside = [found for found in of_kind if span.start <= found[0].start < span.end]
    for phrase, candidate in sorted(inside, key=lambda found: (found[0].start, -found[0].end)):
        start, end = offsets(doc, span, phrase)
        if kind_word := _KIND_WORD.search(source, start, end):
            end = kind_word.start()
        known = normal_form(source[start:end]) in names
        if start >= reached and (known or (is_named(candidate) and not source[start:end].endswith("s"))):
            yield start, end
            reached = end


def _results_of(marked: Marked) -> Iterator[Result]:
    readings: dict[int, Reading] = {}
    for reading in _readings(marked):
        own = [place for place in (reading.figure, reading.start) if place is not None]
        if not any(place in readings for place in own):
            readings.update(dict.fromkeys(own, reading))
    for place in sorted(readings):
        if readings[place].figure == place:
            yield _result(marked, readings[place])


def _readings(marked: Marked) -> Iterator[Reading]:
    """Yield what the rules read, the surest rule first; more than one may read the same figure."""
    rows = frozenset(
        place
        for match in ROW_OF_FIGURES.finditer(marked.text)
        for place in range(match.start(), match.end())
        if place in marked.figures
    )
    for rule in LIST_RULES if "espectively" in marked.text else ():
        for match in rule.pattern.finditer(marked.text):
            if RESPECTIVELY.match(marked.text, match.end()):
                yield from _row(marked, rule, match)
    for rule in RULES:
        if "m" in rule.pattern.groupindex and not marked.metrics:
            continue
        start = 0
        while (found := rule.pattern.search(marked.text, start)) is not None:
            reading = _reading(marked, rule, found, rows)
            start = found.end() if reading else found.start() + 1
            while reading is not None:
                yield reading
                reading = _also(marked, reading, rows)


def _reading(marked: Marked, rule: Rule, match: re.Match[str], rows: frozenset[int]) -> Reading | None:
    """Return what one match of a rule says, unless the words around it make that doubtful."""
    groups = match.groupdict()
    place = match.start("n")
    figure = marked.figures[place]
    start = match.start("from") if groups.get("from") else None
    if _has_other_statement(rule, groups) or (start is None and place in rows):
        return None
    stated = marked.text[max(0, match.start() - 12) : match.end()]
    if rule.name == "frames" or groups.get("speed"):
        return _named_by_unit(marked, rule, match, stated)
    metric = marked.metrics[match.start("m")]
    says = "change" if metric.speedup and figure.unit == "x" else rule.says
    word = groups.get("w") or ""
    way = 0
    if says == "change":
        way = _way(word, metric, figure)
        doubtful = not way or figure.number == 0
    elif start is not None:
        doubtful = not _is_transition(marked, match, start)
    else:
        doubtful = not _is_value(marked, match.start(), figure, metric) or bool(
            (rule.name in {"metric-is", "metric-was"} and _is_condition(marked.text, match.start(), place))
            or (rule.name == "figure-metric" and not _is_reached(marked.text, place, match.end()))
            or (rule.name == "figure-metric" and figure.unit is None and VERSION.search(marked.text[:place]))
            or (rule.name in {"metric-figure", "metric-in-brackets"} and not _is_plain(marked, place))
        )
    at_end = figure if place == match.end() - 1 else None
    if doubtful or (metric.cost and not way) or _goes_on(marked, match.end(), at_end):
        return None
    data = _data_inside(marked, match)
    span = (metric.start, metric.end)
    return Reading(rule, place, start, span, None, word, way, stated, match.end(), data, rule.confidence)


def _data_inside(marked: Marked, match: re.Match[str]) -> int | None:
    """Return the data set that is named within a result: "ImageNet accuracy", "the accuracy on D of …"."""
    if match.groupdict().get("d"):
        return match.start("d")
    metric = match.start("m")
    if marked.text[max(0, metric - 2) : metric] == f"{DATA_SET} ":
        return metric - 2
    first, last = sorted((metric, match.start("n")))
    found = INSIDE.search(marked.text, first, last) if marked.text.count(DATA_SET, first, last) == 1 else None
    return found.start("d") if found else None


def _row(marked: Marked, rule: Rule, match: re.Match[str]) -> Iterator[Reading]:
    """Yield what a list rule says, a figure at a time, if its rows are of one length."""
    groups = match.groupdict()
    if _has_other_statement(rule, groups):
        return
    places = _marks(marked.figures, match, "ns")
    named = _marks(marked.metrics, match, "ms") if groups.get("ms") else [match.start("m")] * len(places)
    data = _marks(marked.data, match, "ds") if groups.get("ds") else [None] * len(places)
    if not len(places) == len(named) == len(data):
        return
    word = groups.get("w") or ""
    for place, name, on in zip(places, named, data, strict=True):
        metric = marked.metrics[name]
        way = _way(word, metric, marked.figures[place]) if rule.says == "change" else 0
        if way or (
            rule.says == "value"
            and not metric.cost
            and _is_value(marked, match.start(), marked.figures[place], metric)
        ):
            end = match.end()
            span = (metric.start, metric.end)
            yield Reading(rule, place, None, span, None, word, way, match.group(), end, on, rule.confidence)


def _marks(items: Mapping[int, object], match: re.Match[str], group: str) -> list[int]:
    """Return the marks of a row; one in brackets is only another name of the one before."""
    places = range(match.start(group), match.end(group))
    return [place for place in places if place in items and match.string[place - 1] != "("]


def _also(marked: Marked, first: Reading, rows: frozenset[int]) -> Reading | None:
    """Return what a second figure says with the words of the first: "and 3 points of F1", "and 71% on D"."""
    unit = marked.figures[first.figure].unit
    match = ALSO_METRIC.match(marked.text, first.end) if first.way and first.word else None
    if match is not None and match.start("n") not in rows and first.figure < first.end - 1:
        metric = marked.metrics[match.start("m")]
        way = _way(first.word, metric, marked.figures[match.start("n")])
        if way and not _goes_on(marked, match.end(), None):
            return replace(
                first,
                figure=match.start("n"),
                start=None,
                metric=(metric.start, metric.end),
                way=way,
                end=match.end(),
                data=None,
                confidence=first.rule.confidence * _INHERITED,
            )
    place = _data_place(marked, first)
    match = ALSO_ON.match(marked.text, place + 1) if place is not None else None
    if match and match.start("n") not in rows and marked.figures[match.start("n")].unit == unit:
        return replace(
            first,
            figure=match.start("n"),
            start=None,
            end=match.end(),
            data=match.start("d"),
            confidence=first.rule.confidence * _INHERITED,
        )
    return None


def _named_by_unit(marked: Marked, rule: Rule, match: re.Match[str], stated: str) -> Reading | None:
    """ "2.3x faster", "runs at 30 FPS": no noun names the metric, a word or the unit does."""
    place = match.start("n")
    figure = marked.figures[place]
    if rule.name == "frames":
        unit = FRAMES.search(marked.source, figure.start, figure.end)
        if figure.unit is None or unit is None or FILMING.search(_clause(marked.text, place)):
            return None
        span, name, way = (unit.start(), figure.end), "frame rate", 0
    else:
        if (figure.unit not in {"x", "%"} and not FACTOR.search(stated)) or figure.sign in {"-", "−"}:
            return None
        span = marked.places[match.start("speed")], marked.places[match.end("speed") - 1] + 1
        name, way = "speed", -1 if match["speed"].lower() == "slower" else 1
    return Reading(rule, place, None, span, name, "", way, stated, match.end(), None, rule.confidence)


def _has_other_statement(rule: Rule, groups: Mapping[str, str | None]) -> bool:
    """Whether the words that a rule passes over begin to say something else."""
    other = OTHER_CLAUSE if rule.says == "both" else OTHER_STATEMENT
    return any(other.search(groups.get(fill) or "") for fill in ("fill", "fill2"))


def _way(word: str, metric: Metric, figure: Figure) -> int:
    """Return 1 where the number of a metric rose, -1 where it fell, 0 where the word does not say."""
    if metric.speedup:
        return 1
    for pattern, way, judged in DIRECTIONS:
        if pattern.match(word):
            better = -1 if figure.unit in DISTANCES else metric.better
            return way * better if judged else way
    return 0


def _is_value(marked: Marked, start: int, figure: Figure, metric: Metric) -> bool:
    """Whether a figure can be what a metric came to, and is the paper's own."""
    whole = figure.unit is None and figure.number == int(figure.number)
    if figure.sign or figure.unit in {"points", "x"} or metric.speedup or metric.cost:
        return False
    if figure.number == 0 and figure.unit is None:
        return False
    if (figure.unit == "%" and figure.number > 100) or (whole and figure.number > _LARGEST_WHOLE):
        return False
    clause = _clause(marked.text, start)
    return not OF_OTHERS.search(clause) and not HYPOTHETICAL.search(clause)


def _is_reached(text: str, start: int, end: int) -> bool:
    """Whether what stands around "93% accuracy" lets it be what was reached, no condition and no change."""
    left, right = text[:start], text[end:]
    if CONDITION.search(left) or SHARE_OF.match(right) or right.startswith((" point", "-point")):
        return False
    changes = [match.start() for match in CHANGING.finditer(left)]
    return not changes or bool(REACHING.search(left, changes[-1] + 1))


def _is_condition(text: str, start: int, place: int) -> bool:
    """Whether "accuracy of 93%" is only a condition ("when"), or a comparison ("a higher … than")."""
    left = text[:start]
    return bool(CONDITION.search(left) or (COMPARED.search(left) and " than " in text[place:]))


def _is_plain(marked: Marked, place: int) -> bool:
    """Whether "accuracy (93%)" has a number that is no count, and no change before it to be the number's."""
    figure = marked.figures[place]
    bare = figure.unit is None and figure.qualifier is None and figure.number == int(figure.number)
    return not bare and not CHANGING.search(_clause(marked.text, place))


def _is_transition(marked: Marked, match: re.Match[str], start: int) -> bool:
    """Whether "from … to …" says what a metric was and became, and not what it ranges over."""
    first, last = marked.figures[start], marked.figures[match.start("n")]
    changes = CHANGING.search(_clause(marked.text, match.end()))
    return bool(changes) and first.number != last.number and first.unit in {last.unit, None}


def _clause(text: str, place: int) -> str:
    """Return the text from the start of the clause to a place."""
    return text[max(text.rfind(";", 0, place), text.rfind(":", 0, place)) + 1 : place]


def _goes_on(marked: Marked, end: int, figure: Figure | None) -> bool:
    """Whether what a rule read only starts a longer phrase: "90% accuracy threshold", "5% of …"."""
    rest = marked.text[end : end + 8]
    if (figure is not None and re.match(r" (?:of\b|down\b|up to\b)", rest)) or re.match(rf" ?{FIGURE}", rest):
        return True
    if not rest.startswith(" "):
        return rest.startswith(("-", "/"))
    offset = marked.span.start_char + marked.places[end] + 1
    following = next((token for token in marked.span if token.idx == offset), None)
    return following is not None and following.tag_ in GOES_ON and following.lower_ not in SAYS_NO_MORE


def _data_place(marked: Marked, reading: Reading) -> int | None:
    """Return the mark of the data set that is named with a result or right behind it."""
    if reading.data is not None:
        return reading.data
    after = AFTER.match(marked.text, reading.end)
    if after and not any(TRAINED.search(after[fill]) for fill in ("fill", "fill2")):
        return after.start("d")
    return None


def _data_of(marked: Marked, reading: Reading) -> tuple[int, int] | None:
    """Return the data set that a result is measured on, if it is the only one that it can be."""
    if reading.rule in LIST_RULES and reading.data is not None:
        return marked.data[reading.data]
    if reading.rule.name == "frames":
        return None  # what it runs on is a machine
    place = _data_place(marked, reading)
    if place is not None:
        return None if LISTED.match(marked.text, place + 1) else marked.data[place]
    leading = LEADING.match(marked.text)
    if leading and leading.end() <= reading.figure:
        between = marked.text[leading.end() : reading.end]
        return None if DATA_SET in between else marked.data[leading.start("d")]
    return None


def _result(marked: Marked, reading: Reading) -> Result:
    figure = marked.figures[reading.figure]
    first = marked.figures[reading.start] if reading.start is not None else None
    data = _data_of(marked, reading)
    tokens: Tokens = marked.doc._.tokens
    seen = sentence_evidence(tokens, marked.span.start, marked.span.end, reading.rule.name)
    shift = seen.start - (len(marked.source) - len(marked.source.lstrip()))

    def at(start: int, end: int) -> Mention:
        return Mention(seen.field, shift + start, shift + end, marked.source[start:end])

    metric = at(*reading.metric)
    on = at(*data) if data else None
    stated = reading.stated + marked.source[figure.before : figure.start]
    unit = "x" if figure.unit is None and reading.way and FACTOR.search(reading.stated) else figure.unit
    return Result(
        metric=reading.name or metric.text,
        dataset=on.text if on else None,
        value=None if reading.way else figure.number,
        before=first.number if first else None,
        change=reading.way * figure.number if reading.way else None,
        unit=unit,
        relative=_relative(unit, stated) if reading.way else None,
        qualifier=figure.qualifier,
        figure=at(first.start if first else figure.start, figure.end),
        metric_mention=metric,
        dataset_mention=on,
        evidence=seen,
        confidence=round(reading.confidence, 3),
    )


def _relative(unit: str | None, stated: str) -> bool | None:
    """Whether a change is a share of what was there before; "by 5%" alone does not say."""
    if unit == "x" or RELATIVE.search(stated):
        return True
    if unit != "%" or ABSOLUTE.search(stated):
        return False
    return None
