"""How common a phrase is in abstracts at large, and how often authors choose it as a keyword.

The package has a table of normal forms with counts from a corpus of
machine-learning, vision and robotics abstracts, which ``scripts/background``
makes. The table is fixed, so extraction depends on one paper alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kgraph.data import read_text


@dataclass(frozen=True, slots=True)
class Background:
    """Counts of a corpus: ``counts`` maps a phrase to how many papers use it and how many chose it.

    Uses were counted in the abstracts of ``papers`` papers, choices in the
    keywords of the ``with_keywords`` papers that have any.
    """

    papers: int
    with_keywords: int
    counts: Mapping[str, tuple[int, int]]

    def frequency(self, key: str) -> int:
        """Return how many papers use a normal form, or 0 below the threshold of the table."""
        return self.counts.get(key, (0, 0))[0]

    def rarity(self, key: str) -> float:
        """Return the inverse document frequency of a normal form, scaled to 0..1.

        Spärck Jones (1972), with one paper added to both counts.
        """
        return math.log((self.papers + 1) / (self.frequency(key) + 1)) / math.log(self.papers + 1)

    def keyword_rate(self, key: str) -> float:
        """Return how often a phrase is an author's keyword per paper that uses it, 0..1, smoothed."""
        used, chosen = self.counts.get(key, (0, 0))
        return min(1.0, chosen / (used * self.with_keywords / self.papers + 3))

    def is_keyword(self, key: str) -> bool:
        """Return whether any author chose the phrase as a keyword."""
        return self.counts.get(key, (0, 0))[1] > 0


@cache
def load_background() -> Background:
    """Return the table. Its first line has the two totals, the others phrase, uses and choices."""
    lines = read_text("background.tsv.gz").splitlines()
    counts = {}
    for line in lines[1:]:
        key, used, chosen = line.split("\t")
        counts[key] = (int(used), int(chosen))
    papers, with_keywords = lines[0].split("\t")
    return Background(int(papers), int(with_keywords), counts)
