"""F1 at k of ranked keyphrases, with stemming.

The measure is the one usual for the data sets of Hulth (EMNLP 2003) and SemEval 2017 task 10:
the first k phrases of a ranking are compared with the phrases that people chose, after every
word was reduced to its stem (Porter 1980). F1 is computed for each paper and then averaged
over the papers (macro average).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from nltk.stem import PorterStemmer

from evaluation.f1 import harmonic_mean

_PORTER = PorterStemmer()


@dataclass(frozen=True, slots=True)
class RankedPhrase:
    """A phrase of a ranking, and the other forms in which the text has it."""

    name: str
    forms: tuple[str, ...] = ()


@cache
def _stem(word: str) -> str:
    return str(_PORTER.stem(word))


def stemmed(phrase: str) -> str:
    """Return a phrase in lower case with every word reduced to its stem."""
    return " ".join(_stem(word) for word in phrase.lower().split())


def keyphrase_f1(gold: Iterable[str], ranking: Iterable[RankedPhrase], k: int) -> float | None:
    """Return F1 (0..1) of the first k phrases of one paper, or None without gold.

    A gold phrase is found if it has the same stems as any form of one of the k phrases.
    Phrases whose names have the same stems count as one.
    """
    wanted = {stemmed(phrase) for phrase in gold}
    if not wanted:
        return None
    forms = {stemmed(entry.name): {stemmed(form) for form in (entry.name, *entry.forms)} for entry in ranking}
    top = list(forms.values())[:k]
    hits = len(wanted & set().union(*top))
    return harmonic_mean(hits / len(top) if top else 0.0, hits / len(wanted))


def mean_keyphrase_f1(
    gold: Iterable[Collection[str]], rankings: Iterable[Sequence[RankedPhrase]], k: int
) -> float:
    """Return the mean of F1 at k over the papers that have gold, in percent."""
    scores = [keyphrase_f1(wanted, ranking, k) for wanted, ranking in zip(gold, rankings, strict=True)]
    counted = [score for score in scores if score is not None]
    return 100 * sum(counted) / len(counted) if counted else 0.0
