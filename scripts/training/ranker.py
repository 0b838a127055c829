"""The weights of salience: a logistic model of which candidates people choose as keyphrases."""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from nltk.stem import PorterStemmer
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import Candidate, make_document
from kgraph.extract.terms.background import Background, load_background
from kgraph.extract.terms.salience import FEATURES, Ranker, familiarity, features
from kgraph.extract.terms.selection import is_term, longer_keys
from kgraph.model import Paper
from kgraph.names import normal_form
from training.splits import is_for_evaluation

_PORTER = PorterStemmer()


@dataclass(frozen=True, slots=True)
class Chosen:
    """A paper with its chosen keyphrases. ``counted`` says whether the background counts them."""

    paper: Paper
    keyphrases: tuple[str, ...]
    counted: bool


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one paper.

    ``features`` is (candidates, features). ``hits`` has the ``gold`` stems that
    each candidate matches, ``within`` the candidates that it is part of, and
    ``terms`` whether it is a term.
    """

    features: NDArray[np.float64]
    hits: tuple[frozenset[str], ...]
    gold: frozenset[str]
    within: tuple[tuple[frozenset[int], ...], ...]
    terms: tuple[bool, ...]


@cache
def _stem_word(word: str) -> str:
    return str(_PORTER.stem(word))


def stem(phrase: str) -> str:
    """Return a phrase in lower case with every word stemmed (Porter 1980)."""
    return " ".join(_stem_word(word) for word in phrase.lower().split())


def read_chosen(path: Path, *, keep: str = "training") -> Iterator[Chosen]:
    """Yield the papers of a keyphrase file, or those of a corpus with author keywords.

    ``keep`` is ``training`` or ``evaluation``: a fifth of the papers, by the
    hash of their id, is never trained on. Keywords that are entries of a
    taxonomy ("Area: Topic") are left out.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            chosen = tuple(row.get("keyphrases") or row.get("keywords") or ())
            # Where one is "Area: Topic", the others are cut-off parts of such entries.
            if not chosen or not row.get("abstract") or any(": " in word for word in chosen):
                continue
            if is_for_evaluation(row["id"]) == (keep == "evaluation"):
                paper = Paper(row["id"], row.get("title") or "", row["abstract"])
                yield Chosen(paper, chosen, "keywords" in row and not is_for_evaluation(row["id"]))


def examples(nlp: Language, chosen: Sequence[Chosen]) -> Iterator[Example]:
    """Yield the candidates of each paper as an example."""
    docs = nlp.pipe((make_document(nlp, one.paper) for one in chosen), batch_size=64)
    for doc, one in zip(docs, chosen, strict=True):
        gold = frozenset(stem(phrase) for phrase in one.keyphrases)
        candidates: Sequence[Candidate] = doc._.candidates
        if candidates:
            # The keywords of this paper's own author must not reveal the choice.
            own = {normal_form(phrase) for phrase in one.keyphrases} if one.counted else frozenset()
            indices = {candidate.key: index for index, candidate in enumerate(candidates)}
            within = longer_keys(candidates)
            yield Example(
                features(doc, _without_choices(load_background(), own)),
                tuple(gold & forms_of(doc, candidate) for candidate in candidates),
                gold,
                tuple(
                    tuple(frozenset(indices[key] for key in longer) for longer in within[candidate.key])
                    for candidate in candidates
                ),
                tuple(is_term(load_background(), candidate) for candidate in candidates),
            )


def _without_choices(background: Background, keys: Collection[str]) -> Background:
    """Return the counts as if one author had not chosen these phrases.

    Phrases that nobody else chose and few used would then not be in the table.
    """
    least = min((used for used, chosen in background.counts.values() if not chosen), default=0)
    fewer: dict[str, tuple[int, int]] = {}
    for key in keys:
        used, chosen = background.counts.get(key, (0, 0))
        if chosen:
            fewer[key] = (used if chosen > 1 or used >= least else 0, chosen - 1)
    return replace(background, counts={**background.counts, **fewer})


def forms_of(doc: Doc, candidate: Candidate) -> frozenset[str]:
    """Return the stems of all that a paper writes for a candidate."""
    tokens = doc._.tokens
    written = {tokens.written(phrase.start, phrase.end) for phrase in candidate.phrases}
    return frozenset(stem(form) for form in {candidate.name, *written})


def f1_at(example: Example, scores: NDArray[np.float64], k: int) -> float:
    """Return the F1 of the k most salient candidates of one paper, parts of others left out."""
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable").tolist():
        if len(kept) == k:
            break
        if example.terms[index] or any(longer.isdisjoint(kept) for longer in example.within[index]):
            kept.append(index)
    found = frozenset().union(*(example.hits[index] for index in kept))
    precision, recall = len(found) / max(1, len(kept)), len(found) / len(example.gold)
    return 2 * precision * recall / (precision + recall) if found else 0.0


def fit(groups: Sequence[Sequence[Example]], weights: Sequence[float]) -> Ranker:
    """Fit a logistic model. Each group of papers counts by its weight, whatever its size."""
    rows, labels, sample = [], [], []
    for group, weight in zip(groups, weights, strict=True):
        count = sum(len(example.hits) for example in group)
        for example in group:
            familiar = np.full((len(example.hits), 1), familiarity(example.features))
            rows.append(np.hstack([example.features, familiar, familiar * example.features]))
            labels += [bool(hit) for hit in example.hits]
            sample += [weight * 1e5 / count] * len(example.hits)
    model = LogisticRegression(max_iter=3000, C=1.0).fit(np.concatenate(rows), labels, sample_weight=sample)
    found, size = model.coef_[0], len(FEATURES)
    return Ranker(float(model.intercept_[0]), float(found[size]), found[:size], found[size + 1 :])


def mean_f1(group: Iterable[Example], ranker: Ranker, k: int) -> float:
    """Return macro F1 at k in percent."""
    return 100 * float(np.mean([f1_at(example, ranker.scores(example.features), k) for example in group]))


def to_json(ranker: Ranker, about: str) -> str:
    """Return a model as the text of its file."""
    rows = [("bias", ranker.bias, ranker.bias_slope)]
    rows += zip(FEATURES, ranker.weights.tolist(), ranker.slopes.tolist(), strict=True)
    lines = ",\n".join(f'    "{name}": [{weight:.3f}, {slope:.3f}]' for name, weight, slope in rows)
    return f'{{\n  "fitted_on": {json.dumps(about)},\n  "weights": {{\n{lines}\n  }}\n}}\n'
