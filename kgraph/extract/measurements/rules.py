"""Patterns over a sentence in which figures, metrics and data sets are marks, for what it reports.

Each rule has a name that goes into the evidence and a confidence: how often
such a sentence means it, judged by reading development papers and not fitted.
The first rule that reads a figure has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

FIGURE, METRIC, DATA_SET = "\ue000", "\ue001", "\ue002"
"""The marks. They are no letters of any language, so no text has them but by accident."""

_UP = r"increas|rais|ris(?:e|es|ing)\b|higher|greater|more\b|lift|elevat"
_DOWN = (
    r"reduc|decreas|lower|drop|cut(?:s|ting)?\b|shrink|sav(?:e|es|ed|ing|ings)\b|declin|fewer|less\b|fall(?:s|ing)?\b"
    r"|fell\b|smaller|shorten|minimi[sz]|slash|diminish|lessen|shorter\b|sacrific|los(?:e|es|ing|t)\b"
)
_BETTER = r"improv|gain|boost|enhanc|advanc|better|outperform|surpass|exceed|outdo|beat(?:s|ing)?\b|lead(?:s|ing)?\b"
_WORSE = r"degrad|worse|deteriorat|slower"
_STEMS = rf"(?:{_UP}|{_DOWN}|{_BETTER}|{_WORSE})"

DIRECTIONS = tuple(
    (re.compile(rf"\b(?:{stems})", re.IGNORECASE), way, judged)
    for stems, way, judged in (
        (_UP, 1, False),
        (_DOWN, -1, False),
        (_BETTER, 1, True),
        (_WORSE, -1, True),
    )
)
"""Words of change: which way a number goes, and whether that is judged by what is better for the metric."""

CHANGING = re.compile(rf"\b{_STEMS}\w*|\b(?:bring|push|jump|go|grow|climb)(?:s|es|ing)?\b", re.IGNORECASE)

_N, _D = FIGURE, DATA_SET
_M = rf"{METRIC}(?: ?\([^(){_N}{_D}]{{1,20}}\))?"
_NO_M = rf"(?! ?(?:{_D} )?{METRIC})"
_VERB = rf"\b{_STEMS}\w*"
_NOUN = r"\b(?:improvement|gain|boost|increase|enhancement|reduction|decrease|drop|decline|saving|degradation)s?\b"
_MORE = r"\b(?:higher|lower|better|worse|greater|fewer|less|more|smaller|shorter)\b"
_PLAIN = rf"[^{_N}{METRIC}{_D};:()]"
_ANY = rf"[^{_N}{METRIC};:]"
_FEW = r"(?: (?!(?:at|of|in|on|for|with|and|to|by|from|over|than)\b)[\w-]+){0,2}?"
_KIND = r"(?: (?:absolute|relative|average|mean|overall|test|test set|validation|peak|final|zero-shot))*"
_ADJ = r"(?: (?:absolute|relative|average|mean|overall|in))*"
_BY = r"\bby (?:an? )?(?:[\w-]+ly )?(?:(?:[\w-]+,? ){0,3}(?:margins?|factors?) of )?"
_IN = r"(?: (?:in terms of|in|on|of|for)(?: the| their| its| our)?(?: average| mean| overall| absolute| relative)*)"
_IS = r"(?: ?[=:] ?| (?:of|is|was|are|were|being|equal to|reaches|reached|reaching) (?:(?:only|also|even|just|still|a|the) )?)"
_ON = rf"(?: (?:on|for|in)(?: [\w'’-]+){{0,3}}? (?P<d>{_D})(?: [\w-]+)?)?"
_JOIN = r"(?:, and |, | and |/| ?& )"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern over a marked sentence.

    Its groups: ``n`` the figure, ``from`` the one it started from, ``m`` the
    metric, ``w`` the word that says which way it went, ``d`` the data set,
    ``speed`` words that name speed, ``fill…`` what may hold no other statement.
    Of a list rule ``ns``, ``ms`` and ``ds`` are rows of marks.
    """

    name: str
    says: Literal["value", "change", "both"]
    confidence: float
    pattern: re.Pattern[str]


def _rule(name: str, says: Literal["value", "change", "both"], confidence: float, *pattern: str) -> Rule:
    return Rule(name, says, confidence, re.compile("".join(pattern), re.IGNORECASE))


RULES = (
    # "raises accuracy on D from 71.2 to 74.9"
    _rule("from-to", "both", 0.9, rf"(?P<m>{_M})(?P<fill>{_ANY}{{0,60}}?)\bfrom (?P<from>{_N}) ?(?:up |down )?to (?P<n>{_N}){_NO_M}"),
    # "from 71.2 to 74.9 in accuracy", "from 71% accuracy to 75% accuracy"
    _rule("from-to-metric", "both", 0.9, rf"\bfrom (?P<from>{_N})(?: {_M})? to (?P<n>{_N})(?P<fill>{_IN}?) ?(?P<m>{_M})"),
    # "3.4 points higher F1", "6x fewer FLOPs"
    _rule("more-metric", "change", 0.9, rf"(?P<n>{_N}) (?:relative |absolute |relatively )?(?P<w>{_MORE})(?P<fill>{_FEW}) (?P<m>{_M})"),
    # "an improvement of 2 points in accuracy", "a gain of 1.3 BLEU"
    _rule("gain-of", "change", 0.9, rf"(?P<w>{_NOUN}) of (?P<n>{_N})(?P<fill>{_IN}?) ?(?P<m>{_M})"),
    # "an accuracy gain of 2%"
    _rule("metric-gain", "change", 0.9, rf"(?P<m>{_M}) (?P<fill>)(?P<w>{_NOUN}) (?:of|by|up to) (?:an? (?:[\w-]+ )?factor of )?(?P<n>{_N}){_NO_M}"),
    # "an increase in accuracy of 2%"
    _rule("gain-in-metric", "change", 0.9, rf"(?P<w>{_NOUN}) (?:in|of|on|for)(?P<fill>(?: [\w-]+){{0,3}}?) (?P<m>{_M}){_ON} (?:of|by) (?P<n>{_N}){_NO_M}"),
    # "a 5% accuracy gain"
    _rule("figure-gain", "change", 0.9, rf"(?P<n>{_N})(?P<fill>{_FEW}) (?P<m>{_M}) (?P<w>{_NOUN})"),
    # "a 26% absolute increase in F1"
    _rule("gain-in", "change", 0.9, rf"(?P<n>{_N})(?P<fill>{_FEW}) (?P<w>{_NOUN}) (?:in|of|on|for)(?P<fill2>(?: [\w-]+){{0,3}}?) (?P<m>{_M})"),
    # "outperforms it by 2.1 points of accuracy"
    _rule("by-metric", "change", 0.9, rf"(?P<w>{_VERB})(?P<fill>{_ANY}{{0,100}}?) {_BY}(?P<n>{_N})(?:{_IN}|{_ADJ}) ?(?P<m>{_M})"),
    # "outperforms it by an average accuracy of 2.1%"
    _rule("by-metric-of", "change", 0.85, rf"(?P<w>{_VERB})(?P<fill>{_ANY}{{0,100}}?) {_BY}(?:[\w-]+ ){{0,3}}?(?P<m>{_M})(?: (?:margin|gap|gain)s?)? of (?P<n>{_N}){_NO_M}"),
    # "reduces perplexity by 6 points"
    _rule("metric-by", "change", 0.9, rf"(?P<w>{_VERB})(?P<fill>{_PLAIN}{{0,70}}?)(?<!\w)(?P<m>{_M})(?P<fill2>{_ANY}{{0,60}}?) {_BY}(?P<n>{_N}){_NO_M}"),
    # "accuracy is improved by 2%"
    _rule("metric-changes", "change", 0.85, rf"(?P<m>{_M})(?P<fill>(?:(?! and |,){_PLAIN}){{0,40}}?) (?P<w>{_VERB})(?P<fill2>(?: \w+ly| further| even)?) {_BY}(?P<n>{_N}){_NO_M}"),
    # "gains 2 BLEU", "improves 3 points of F1"
    _rule("gains-metric", "change", 0.85, rf"(?P<w>{_VERB})(?P<fill>) (?P<n>{_N})(?:{_IN}|{_ADJ}) ?(?P<m>{_M})"),
    # "2.3x faster"
    _rule("faster", "change", 0.9, rf"(?P<n>{_N})(?P<fill>{_FEW}) (?P<speed>(?:faster|slower)\b(?!-))"),
    # "accelerates decoding by 2.3x"
    _rule("speeds-up", "change", 0.85, rf"(?P<speed>\b(?:speed(?:s|ing)?[ -]up|sped up|accelerat(?:es?|ed|ing))\b)(?P<fill>{_ANY}{{0,60}}?) {_BY}(?P<n>{_N}){_NO_M}"),
    # "accuracy of 93%", "AUC=0.75"
    _rule("metric-is", "value", 0.9, rf"(?P<m>{_M})(?P<fill>){_ON}{_IS}(?P<n>{_N}){_NO_M}"),
    # "the error rate on unseen speakers was 18%"
    _rule("metric-was", "value", 0.85, rf"(?P<m>{_M})(?P<fill> (?:on|over|for|in)(?: [\w'’-]+){{1,5}}?) (?:is|was|were|reaches|reached) (?P<n>{_N}){_NO_M}"),
    # "with success rate 76.7%", "accuracy above 90%"
    _rule("metric-figure", "value", 0.8, rf"(?P<m>{METRIC})(?P<fill>) (?P<n>{_N}){_NO_M}"),
    # "high accuracy (93%)"
    _rule("metric-in-brackets", "value", 0.8, rf"(?P<m>{METRIC})(?P<fill>) \((?P<n>{_N})\)"),
    # "93% accuracy", "81.2% ImageNet accuracy"
    _rule("figure-metric", "value", 0.9, rf"(?P<n>{_N})(?P<fill>{_KIND}) ?(?:(?P<d>{_D}) )?(?P<m>{_M})"),
    # "raises accuracy to 93%"
    _rule("metric-to", "value", 0.85, rf"(?P<w>{_VERB})(?P<fill>{_PLAIN}{{0,40}}?)(?<!\w)(?P<m>{_M})(?P<fill2>{_PLAIN}{{0,30}}?) (?:down |up )?to (?P<n>{_N}){_NO_M}"),
    # "runs at 30 FPS"
    _rule("frames", "value", 0.9, rf"\b(?:run|process|operat|achiev|reach|perform|infer|render|execut|speed|real[- ]time|attain|track|detect)\w*(?P<fill>{_ANY}{{0,50}}?) (?P<n>{_N})"),
)  # fmt: skip

_NS = rf"(?P<ns>{_N}(?:{_JOIN}{_N})+)"
_MS = rf"(?P<ms>{_M}(?:{_JOIN}(?:the )?{_M})+)"
_DS = rf"(?P<ds>{_D}(?:{_JOIN}(?:the )?{_D})+)"
_OVER = r"(?: [\w-]+){0,2}? (?:on|over|in|for)(?: [\w-]+){0,2}? "

LIST_RULES = (
    # "precision and recall of 83% and 91%, respectively"
    _rule("metrics-are", "value", 0.9, _MS, rf"(?: scores| values| rates)?(?:{_IS}| )", _NS),
    # "83% and 91% in precision and recall, respectively"
    _rule("figures-in-metrics", "value", 0.85, _NS, r" (?:in(?: terms of)?|of|for)(?: the)? ", _MS),
    # "accuracy of 83% and 91% on D and D, respectively"
    _rule("metric-is-on", "value", 0.9, rf"(?P<m>{_M})", _IS, _NS, _OVER, _DS),
    # "83% and 91% accuracy on D and D, respectively"
    _rule("figures-on", "value", 0.9, _NS, rf" (?P<m>{_M})", _OVER, _DS),
    # "improves F1 by 2% and 3% on D and D, respectively"
    _rule("metric-by-on", "change", 0.9, rf"(?P<w>{_VERB})(?P<fill>{_PLAIN}{{0,70}}?)(?P<m>{_M})(?P<fill2>{_ANY}{{0,60}}?) {_BY}", _NS, _OVER, _DS),
    # "outperforms it by 2% and 3% in precision and recall, respectively"
    _rule("by-in-metrics", "change", 0.9, rf"(?P<w>{_VERB})(?P<fill>{_ANY}{{0,100}}?) {_BY}", _NS, r" (?:in(?: terms of)?|of|for)(?: the)? ", _MS),
    # "2% and 3% improvements in precision and recall, respectively"
    _rule("gains-in-metrics", "change", 0.9, _NS, rf"(?: [\w-]+)? (?P<w>{_NOUN}) (?:in(?: terms of)?|of|on)(?: the)? ", _MS),
    # "reduces latency and memory by 20% and 30%, respectively"
    _rule("metrics-by", "change", 0.9, rf"(?P<w>{_VERB})(?P<fill>{_PLAIN}{{0,40}}?)(?<!\w)", _MS, rf"(?P<fill2>{_ANY}{{0,40}}?) {_BY}", _NS),
)  # fmt: skip
"""Rules for rows that a sentence pairs by "respectively"; the rows must be of one length."""

RESPECTIVELY = re.compile(rf"[^;{_N}{METRIC}{_D}]{{0,40}}\brespectively\b", re.IGNORECASE)

ALSO_METRIC = re.compile(
    rf"(?:(?: points?)?(?: (?:on|in|for)(?: [\w-]+){{0,3}}? {_D})?)(?:, and|,| and| as well as) (?:by )?(?:an? )?(?P<n>{_N})(?:{_IN})? ?(?P<m>{_M})",
    re.IGNORECASE,
)
""" "by 2.1 points of accuracy | and 3 points of F1": the word of change stands for both."""

ALSO_ON = re.compile(
    rf"(?: [\w-]+){{0,2}}(?:, and|,| and) (?:by )?(?P<n>{_N}) (?:on|over|for|in)(?: [\w-]+){{0,3}}? (?P<d>{_D})",
    re.IGNORECASE,
)
""" "93% accuracy on D | and 71% on D": the metric stands for both."""

ROW_OF_FIGURES = re.compile(
    rf"{_N}(?:(?: ?(?:,|/)? ?(?:and|or|to|versus|vs\.?|over|from)? ?| ?[-–—~] ?| ?\(){_N})+", re.IGNORECASE
)
_CLAUSE = r"while|whereas|but|which|whose|rang(?:e|es|ing)\b|var(?:y|ies|ying)\b"
OTHER_CLAUSE = re.compile(rf"\b(?:{_CLAUSE})", re.IGNORECASE)
OTHER_STATEMENT = re.compile(
    rf"\b(?:{_CLAUSE}|speed|accelerat|achiev|obtain|reach|yield|{_STEMS})", re.IGNORECASE
)
OF_OTHERS = re.compile(
    r"\b(?:than|versus|vs\.?|compared (?:to|with)|against|relative to|unlike|whereas|instead of|previous|prior|existing"
    r"|baselines?|humans?|conventional|competing|competitors?|rivals?|between|from|ranging|ranges?|varies|vary"
    r"|while (?!\w+ing\b|our\b|we\b))\b[^,;]*$",
    re.IGNORECASE,
)
"""What makes the rest of a clause speak of something else than what the paper came to."""

CONDITION = re.compile(
    r"\b(?:at|than|under|if|when|given|by|from|until|without|requires?|requiring|target(?:ed)?|desired|required"
    r"|minus|plus|within|per|between|up to|lowest|highest|top|bottom)(?: (?:an?|the|its|their|least|only|some|fixed))* ?$"
    rf"|{_NOUN} of $",
    re.IGNORECASE,
)
HYPOTHETICAL = re.compile(
    r"\b(?:in order to|needed to|required to|necessary to|suffic\w+ (?:for|to)|samples to|time to|tolerat\w+|assum\w+|suppose"
    r"|would|should|must|to (?:guarantee|ensure))\b[^,;]*$",
    re.IGNORECASE,
)
REACHING = re.compile(
    r"\b(?:achiev|obtain|reach|attain|yield|scor|report|deliver|produc|get|got|with|ha[sd]\b|have|having|show|demonstrat"
    r"|maintain|retain|record|giv|provid|exhibit|is|are|was|were|result|offer|accomplish|perform(?:s|ed|ing)?\b)\w*",
    re.IGNORECASE,
)
AFTER = re.compile(
    rf"(?:-points?| points?)?(?: \([^(){_N}{METRIC}{_D}]{{0,30}}\))?"
    r"(?P<fill>(?: (?!and\b|while\b|with\b|but\b|using\b|than\b|over\b|compared\b|by\b)[\w-]+){0,3}?)"
    rf" (?:on|in|for|across|of)(?P<fill2>(?: [\w'’-]+){{0,4}}?) (?P<d>{_D})",
    re.IGNORECASE,
)
"""What may stand between a result and its data set."""

INSIDE = re.compile(rf"\b(?:on|in|for|across)(?: [\w'’-]+){{0,4}}? (?P<d>{_D})", re.IGNORECASE)
"""A data set between the metric and its number."""

LEADING = re.compile(
    rf"\s*(?:[\w ]{{1,20}}, )?(?:on|for|in)(?: [\w'’-]+){{0,5}}? (?P<d>{_D})[^,;{_N}{METRIC}{_D}]{{0,50}},",
    re.IGNORECASE,
)
"""A data set at the head of the sentence."""

LISTED = re.compile(
    rf"(?: (?!and\b|or\b)[\w-]+){{0,2}}(?: ?\([^()]*\))?(?:,| and| or| ?/| &|, and)(?: (?:on|the|for|in|over))* ?"
    rf"(?:{_D}|[A-Z]|{_N}(?! ))"
)
"""A data set that is one of several."""

TRAINED = re.compile(r"\b(?:(?:pre-?|fine-?)?train|learn|(?:fine-?)?tun)", re.IGNORECASE)
FRAMES = re.compile(r"fps|frames", re.IGNORECASE)
FILMING = re.compile(r"\b(?:camera|record|captur|sensor|video stream|footage)", re.IGNORECASE)
COMPARED = re.compile(r"\b(?:higher|lower|better|greater|smaller|larger) $", re.IGNORECASE)
""" "a higher accuracy of 3% than": whether 3% is the accuracy is open."""
VERSION = re.compile(r"\b[A-Z][\w-]* $")
""" "Llama 3.1 instruct accuracy": a number behind a name, without a unit."""
DISTANCES = frozenset(
    [
        "nm",
        "µm",
        "μm",
        "mm",
        "cm",
        "m",
        "m/s",
        "°",
        "deg",
        "degree",
        "degrees",
        "rad",
        "px",
        "pixel",
        "pixels",
    ]
)
"""Units in which less is better, be it called error or accuracy."""
SHARE_OF = re.compile(r" of (?:the )?(?:(?:original|full|baseline|teacher|dense|supervised)\b|(?-i:[A-Z]))")
""" "95% accuracy of BERT": a share of another number."""
RELATIVE = re.compile(r"\brelative", re.IGNORECASE)
ABSOLUTE = re.compile(r"\babsolute", re.IGNORECASE)
FACTOR = re.compile(r"\bfactors? of\b", re.IGNORECASE)
GOES_ON = frozenset({"NN", "NNS", "NNP", "JJ", "JJR", "RBR", "CD"})
"""Tags of a next word that makes what was read the beginning of a longer phrase …"""

SAYS_NO_MORE = frozenset(
    ["point", "points", "score", "scores", "average", "overall", "respectively", "absolute"]
)
"""… but for these."""
