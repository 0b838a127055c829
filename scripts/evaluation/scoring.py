"""How near a ranking of phrases, or a labelling, comes to what people chose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from nltk.stem import PorterStemmer

_PORTER = PorterStemmer()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A phrase in a ranking, and the other forms in which the text has it."""

    name: str
    forms: tuple[str, ...] = ()


@cache
def _stem(word: str) -> str:
    return str(_PORTER.stem(word))


def stemmed(phrase: str) -> str:
    """Return a phrase with every word cut to its stem (Porter 1980)."""
    return " ".join(_stem(word) for word in phrase.lower().split())


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def keyphrase_f1(gold: Iterable[str], ranking: Iterable[Ranked], k: int) -> float | None:
    """Return the F1 of the first k phrases of one paper, or None where there is no gold.

    A gold phrase is found if its stems are those of any form of one of the k.
    Phrases whose names have the same stems are one.
    """
    wanted = {stemmed(phrase) for phrase in gold}
    if not wanted:
        return None
    forms = {stemmed(entry.name): {stemmed(form) for form in (entry.name, *entry.forms)} for entry in ranking}
    top = list(forms.values())[:k]
    hits = len(wanted & set().union(*top))
    return f1(hits / len(top) if top else 0.0, hits / len(wanted))


def mean_keyphrase_f1(gold: Iterable[Collection[str]], rankings: Iterable[Sequence[Ranked]], k: int) -> float:
    """Return the mean of F1 at k over the papers that have gold (macro F1), in percent."""
    scores = [keyphrase_f1(wanted, ranking, k) for wanted, ranking in zip(gold, rankings, strict=True)]
    counted = [score for score in scores if score is not None]
    return 100 * sum(counted) / len(counted) if counted else 0.0


def label_f1(gold: Sequence[str], given: Sequence[str]) -> tuple[float, float]:
    """Return (macro F1 over the labels of the gold, micro F1), in percent."""
    right = Counter(wanted for wanted, got in zip(gold, given, strict=True) if wanted == got)
    wanted, got = Counter(gold), Counter(given)
    # 2 * right / (wanted + got) is F1.
    each = [2 * right[label] / (wanted[label] + got[label]) for label in wanted]
    return 100 * sum(each) / max(len(each), 1), 100 * right.total() / max(len(gold), 1)
