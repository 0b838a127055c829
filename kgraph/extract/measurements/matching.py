"""Match the result rules against a marked sentence, and drop matches whose context makes them doubtful."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kgraph.extract.document import Tokens
from kgraph.extract.measurements.figures import Figure
from kgraph.extract.measurements.marking import MarkedSentence
from kgraph.extract.measurements.metrics import Metric
from kgraph.extract.measurements.rules import DATA_SET, FIGURE, ResultRule, result_rules

_INHERITED = 0.9
"""Factor of a rule's confidence for a second figure that shares the words of the first."""

_LARGEST_WHOLE = 100
"""A larger whole number without a unit is more likely a count or a year."""

_LONGEST_CLAUSE = 600
"""Characters before and after a match that are searched for what may change its meaning. Without a bound, the
time for a long text without full stops would grow with the square of its length."""

_CONTEXT = 12
"""Characters before a match that may say how a change is measured."""

_CONTINUING_TAGS = frozenset({"NN", "NNS", "NNP", "JJ", "JJR", "RBR", "CD"})
"""Tags of a next word that makes a match the start of a longer phrase, except for neutral nouns."""


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A figure that a rule matched; marks are given by their index in the marked text.

    ``figure`` is the mark of the figure and ``initial`` the one of the value
    that it changed from. ``metric`` are offsets in the source; ``metric_name``
    is set where a word or unit implies the metric. ``direction`` is 0 for a
    value, else the sign of a change, which ``change_word`` states. ``statement``
    is the matched text, which ends at ``end``. ``data_set`` is a mark.
    """

    rule: ResultRule
    figure: int
    initial: int | None
    metric: tuple[int, int]
    metric_name: str | None
    change_word: str
    direction: int
    statement: str
    end: int
    data_set: int | None
    confidence: float


def best_matches(sentence: MarkedSentence) -> list[RuleMatch]:
    """Return one match for each figure that a rule reads, in text order; earlier rules go first."""
    by_mark: dict[int, RuleMatch] = {}
    for match in _matches(sentence):
        own = [index for index in (match.figure, match.initial) if index is not None]
        if not any(index in by_mark for index in own):
            by_mark.update(dict.fromkeys(own, match))
    return [by_mark[index] for index in sorted(by_mark) if by_mark[index].figure == index]


def data_set_of(sentence: MarkedSentence, match: RuleMatch) -> tuple[int, int] | None:
    """Return the source offsets of the data set of a match, or None if it has none or more than one."""
    rules = result_rules()
    if match.rule in rules.list_rules and match.data_set is not None:
        return sentence.data_sets[match.data_set]
    if match.rule.unnamed_metric and "speed" not in match.rule.pattern.groupindex:
        return None  # A frame rate is measured on a machine.
    index = _adjacent_data_set(sentence, match)
    if index is not None:
        return None if rules.listed.match(sentence.text, index + 1) else sentence.data_sets[index]
    leading = rules.leading.match(sentence.text)
    if leading and leading.end() <= match.figure:
        between = sentence.text[leading.end() : match.end]
        return None if DATA_SET in between else sentence.data_sets[leading.start("d")]
    return None


def _matches(sentence: MarkedSentence) -> Iterator[RuleMatch]:
    """Yield the matches of all rules in order; several may match the same figure."""
    rules = result_rules()
    in_rows = frozenset(
        index
        for row in rules.row_of_figures.finditer(sentence.text)
        for index in range(row.start(), row.end())
        if index in sentence.figures
    )
    for rule in rules.list_rules if rules.paired.search(sentence.text) else ():
        for match in rule.pattern.finditer(sentence.text):
            if rules.respectively.match(sentence.text, match.end()):
                yield from _list_matches(sentence, rule, match)
    for rule in rules.rules:
        if "m" in rule.pattern.groupindex and not sentence.metrics:
            continue
        start = 0
        while (found := rule.pattern.search(sentence.text, start)) is not None:
            rule_match = _rule_match(sentence, rule, found, in_rows)
            start = found.end() if rule_match else found.start() + 1
            while rule_match is not None:
                yield rule_match
                rule_match = _continued_match(sentence, rule_match, in_rows)


def _rule_match(
    sentence: MarkedSentence, rule: ResultRule, match: re.Match[str], in_rows: frozenset[int]
) -> RuleMatch | None:
    """Return a match of a rule, or None if its context makes it doubtful."""
    groups = match.groupdict()
    index = match.start("n")
    figure = sentence.figures[index]
    initial = match.start("from") if groups.get("from") else None
    if _has_other_statement(rule, groups) or (initial is None and index in in_rows):
        return None
    statement = sentence.text[max(0, match.start() - _CONTEXT) : match.end()]
    if rule.unnamed_metric:
        return _unnamed_match(sentence, rule, rule.unnamed_metric, match, statement)
    metric = sentence.metrics[match.start("m")]
    reports = "change" if metric.speedup and figure.unit == "x" else rule.reports
    change_word = groups.get("w") or ""
    direction = 0
    if reports == "change":
        direction = _direction(change_word, metric, figure)
        doubtful = not direction or figure.number == 0
    elif initial is not None:
        doubtful = not _is_transition(sentence, match, initial)
    else:
        doubtful = not _is_value(sentence, match.start(), figure, metric) or _fails_check(
            sentence, rule, match, figure
        )
    last_figure = figure if index == match.end() - 1 else None
    if doubtful or (metric.cost and not direction) or _continues(sentence, match.end(), last_figure):
        return None
    return RuleMatch(
        rule,
        index,
        initial,
        (metric.start, metric.end),
        None,
        change_word,
        direction,
        statement,
        match.end(),
        _data_set_inside(sentence, match),
        rule.confidence,
    )


def _fails_check(sentence: MarkedSentence, rule: ResultRule, match: re.Match[str], figure: Figure) -> bool:
    """Return whether a value fails the check of its rule."""
    text, index = sentence.text, match.start("n")
    if rule.check == "condition":
        return _is_condition(text, match.start(), index)
    if rule.check == "reached":
        before = text[max(0, index - _LONGEST_CLAUSE) : index]
        is_version = figure.unit is None and result_rules().version.search(before)
        return bool(is_version) or not _is_reached(text, index, match.end())
    return rule.check == "plain" and not _is_plain(sentence, index)


def _data_set_inside(sentence: MarkedSentence, match: re.Match[str]) -> int | None:
    """Return the data set inside a match: "ImageNet accuracy", "the accuracy on D of …"."""
    if match.groupdict().get("d"):
        return match.start("d")
    metric = match.start("m")
    if sentence.text[max(0, metric - 2) : metric] == f"{DATA_SET} ":
        return metric - 2
    first, last = sorted((metric, match.start("n")))
    if sentence.text.count(DATA_SET, first, last) != 1:
        return None
    found = result_rules().inside.search(sentence.text, first, last)
    return found.start("d") if found else None


def _list_matches(sentence: MarkedSentence, rule: ResultRule, match: re.Match[str]) -> Iterator[RuleMatch]:
    """Yield one match for each figure of a list rule, if its lists have the same length."""
    groups = match.groupdict()
    if _has_other_statement(rule, groups):
        return
    figures = _marks(sentence.figures, match, "ns")
    metrics = _marks(sentence.metrics, match, "ms") if groups.get("ms") else [match.start("m")] * len(figures)
    data_sets = _marks(sentence.data_sets, match, "ds") if groups.get("ds") else [None] * len(figures)
    if not len(figures) == len(metrics) == len(data_sets):
        return
    word = groups.get("w") or ""
    for index, metric_index, data_set in zip(figures, metrics, data_sets, strict=True):
        metric = sentence.metrics[metric_index]
        figure = sentence.figures[index]
        direction = _direction(word, metric, figure) if rule.reports == "change" else 0
        is_value = (
            rule.reports == "value" and not metric.cost and _is_value(sentence, match.start(), figure, metric)
        )
        if direction or is_value:
            span = (metric.start, metric.end)
            statement, end = match.group(), match.end()
            yield RuleMatch(
                rule, index, None, span, None, word, direction, statement, end, data_set, rule.confidence
            )


def _marks(items: Mapping[int, object], match: re.Match[str], group: str) -> list[int]:
    """Return the marks of a list; one in brackets only repeats the one before under another name."""
    indices = range(match.start(group), match.end(group))
    return [index for index in indices if index in items and match.string[index - 1] != "("]


def _continued_match(sentence: MarkedSentence, first: RuleMatch, in_rows: frozenset[int]) -> RuleMatch | None:
    """Return a second figure that shares the words of the first: "and 3 points of F1", "and 71% on D"."""
    rules = result_rules()
    unit = sentence.figures[first.figure].unit
    match = (
        rules.also_metric.match(sentence.text, first.end) if first.direction and first.change_word else None
    )
    if match is not None and match.start("n") not in in_rows and first.figure < first.end - 1:
        metric = sentence.metrics[match.start("m")]
        direction = _direction(first.change_word, metric, sentence.figures[match.start("n")])
        if direction and not _continues(sentence, match.end(), None):
            return replace(
                first,
                figure=match.start("n"),
                initial=None,
                metric=(metric.start, metric.end),
                direction=direction,
                end=match.end(),
                data_set=None,
                confidence=first.rule.confidence * _INHERITED,
            )
    index = _adjacent_data_set(sentence, first)
    match = rules.also_on.match(sentence.text, index + 1) if index is not None else None
    if match and match.start("n") not in in_rows and sentence.figures[match.start("n")].unit == unit:
        return replace(
            first,
            figure=match.start("n"),
            initial=None,
            end=match.end(),
            data_set=match.start("d"),
            confidence=first.rule.confidence * _INHERITED,
        )
    return None


def _unnamed_match(
    sentence: MarkedSentence, rule: ResultRule, metric_name: str, match: re.Match[str], statement: str
) -> RuleMatch | None:
    """Return a match whose metric a word or the unit implies: "2.3x faster", "runs at 30 FPS"."""
    rules = result_rules()
    index = match.start("n")
    figure = sentence.figures[index]
    if match.groupdict().get("speed"):
        is_factor = figure.unit in {"x", "%"} or rules.factor.search(statement)
        if not is_factor or figure.sign in {"-", "−"}:
            return None
        span = sentence.offsets[match.start("speed")], sentence.offsets[match.end("speed") - 1] + 1
        direction = -1 if rules.slower.fullmatch(match["speed"]) else 1
    else:
        unit = rules.frames.search(sentence.source, figure.start, figure.end)
        if figure.unit is None or unit is None or rules.filming.search(_clause(sentence.text, index)):
            return None
        span, direction = (unit.start(), figure.end), 0
    return RuleMatch(
        rule, index, None, span, metric_name, "", direction, statement, match.end(), None, rule.confidence
    )


def _has_other_statement(rule: ResultRule, groups: Mapping[str, str | None]) -> bool:
    """Return whether another result begins in the text that a rule skips."""
    rules = result_rules()
    other = rules.other_clause if rule.reports == "both" else rules.other_statement
    return any(other.search(groups.get(fill) or "") for fill in ("fill", "fill2"))


def _direction(word: str, metric: Metric, figure: Figure) -> int:
    """Return 1 if the number of a metric rose, -1 if it fell, 0 if the word leaves that open."""
    if metric.speedup:
        return 1
    rules = result_rules()
    for change in rules.directions:
        if change.pattern.match(word):
            better = -1 if figure.unit in rules.distances else metric.better
            return change.direction * better if change.judged else change.direction
    return 0


def _is_value(sentence: MarkedSentence, start: int, figure: Figure, metric: Metric) -> bool:
    """Return whether a figure can be a value that the paper itself reached for a metric."""
    is_whole = figure.unit is None and figure.number == int(figure.number)
    if figure.sign or figure.unit in {"points", "x"} or metric.speedup or metric.cost:
        return False
    if figure.number == 0 and figure.unit is None:
        return False
    if (figure.unit == "%" and figure.number > 100) or (is_whole and figure.number > _LARGEST_WHOLE):
        return False
    rules, clause = result_rules(), _clause(sentence.text, start)
    return not rules.of_others.search(clause) and not rules.hypothetical.search(clause)


def _is_reached(text: str, start: int, end: int) -> bool:
    """Return whether the context of "93% accuracy" is compatible with a reached value."""
    rules = result_rules()
    left, right = text[max(0, start - _LONGEST_CLAUSE) : start], text[end : end + _LONGEST_CLAUSE]
    if rules.condition.search(left) or rules.share_of.match(right):
        return False
    if right.startswith((" point", "-point")):
        return False
    changes = [match.start() for match in rules.changing.finditer(left)]
    return not changes or bool(rules.reaching.search(left, changes[-1] + 1))


def _is_condition(text: str, start: int, index: int) -> bool:
    """Return whether "accuracy of 93%" is a condition ("when") or a comparison ("a higher … than")."""
    rules = result_rules()
    left, right = text[max(0, start - _LONGEST_CLAUSE) : start], text[index : index + _LONGEST_CLAUSE]
    return bool(rules.condition.search(left) or (rules.compared.search(left) and rules.than.search(right)))


def _is_plain(sentence: MarkedSentence, index: int) -> bool:
    """Return whether "accuracy (93%)" has a number that is not a count, and no change before it."""
    figure = sentence.figures[index]
    is_count = figure.unit is None and figure.qualifier is None and figure.number == int(figure.number)
    return not is_count and not result_rules().changing.search(_clause(sentence.text, index))


def _is_transition(sentence: MarkedSentence, match: re.Match[str], initial: int) -> bool:
    """Return whether "from … to …" is a change of a metric and not a range."""
    first, last = sentence.figures[initial], sentence.figures[match.start("n")]
    changes = result_rules().changing.search(_clause(sentence.text, match.end()))
    return bool(changes) and first.number != last.number and first.unit in {last.unit, None}


def _clause(text: str, end: int) -> str:
    """Return the text from the start of the clause to an index."""
    earliest = max(0, end - _LONGEST_CLAUSE)
    return text[max(earliest, text.rfind(";", earliest, end) + 1, text.rfind(":", earliest, end) + 1) : end]


def _continues(sentence: MarkedSentence, end: int, figure: Figure | None) -> bool:
    """Return whether a match is only the start of a longer phrase: "90% accuracy threshold", "5% of …"."""
    rules = result_rules()
    rest = sentence.text[end : end + 8]
    if (figure is not None and rules.continued.match(rest)) or re.match(rf" ?{FIGURE}", rest):
        return True
    if not rest.startswith(" "):
        return rest.startswith(("-", "/"))
    tokens: Tokens = sentence.doc._.tokens
    offset = sentence.span.start_char + sentence.offsets[end] + 1
    following = bisect_left(tokens.starts, offset, sentence.span.start, sentence.span.end)
    return (
        following < sentence.span.end
        and tokens.starts[following] == offset
        and tokens.tags[following] in _CONTINUING_TAGS
        and tokens.lowered[following] not in rules.neutral_nouns
    )


def _adjacent_data_set(sentence: MarkedSentence, match: RuleMatch) -> int | None:
    """Return the mark of the data set inside a match or right after it."""
    if match.data_set is not None:
        return match.data_set
    rules = result_rules()
    after = rules.after.match(sentence.text, match.end)
    if after and not any(rules.trained.search(after[fill]) for fill in ("fill", "fill2")):
        return after.start("d")
    return None
