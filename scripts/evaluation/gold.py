"""Gold data: where a set lies, and papers with the keyphrases that people chose."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from training.splits import is_for_evaluation


@dataclass(frozen=True, slots=True)
class GoldPaper:
    """A paper and its keyphrases."""

    id: str
    title: str
    abstract: str
    keyphrases: tuple[str, ...]

    @property
    def text(self) -> str:
        """Title and abstract as one text, for those that know no fields."""
        return f"{self.title}.\n{self.abstract}" if self.title else self.abstract


def find_set(folder: Path, name: str) -> Path | None:
    """Return the file of a gold set in a folder: NAME.jsonl or one split of it, but not the one to train on.

    Raises ValueError where there are several.
    """
    split = re.compile(rf"{re.escape(name)}(?:-(?!train|relations)[a-z0-9]+)?\.jsonl")
    found = sorted(path for path in folder.glob(f"{name}*.jsonl") if split.fullmatch(path.name))
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise ValueError(f"{folder} has several splits of {name} ({names}); leave one of them there")
    return found[0] if found else None


def read_keyphrases(path: Path, limit: int | None = None) -> list[GoldPaper]:
    """Return the papers of a set of keyphrases."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, limit)]
    return [GoldPaper(row["id"], row["title"], row["abstract"], tuple(row["keyphrases"])) for row in rows]


def author_keywords(corpus: Path, count: int) -> list[GoldPaper]:
    """Return a fixed sample of the corpus' evaluation share, with the keywords that authors gave.

    A smaller sample is the beginning of a larger one: papers are taken by the
    hash of their id.
    """
    eligible = [paper for row in _rows(corpus) if (paper := _with_keywords(row)) is not None]
    return sorted(eligible, key=lambda paper: sha256(paper.id.encode()).digest())[:count]


def _with_keywords(row: dict[str, Any]) -> GoldPaper | None:
    keywords = tuple(row.get("keywords") or ())
    # "Area: Topic" is a venue's taxonomy and no author's word. Its entries were cut at commas, so that
    # what stands beside one may be a piece of another: such papers are left out whole.
    if not keywords or not row.get("abstract") or any(": " in keyword for keyword in keywords):
        return None
    if not is_for_evaluation(row["id"]):
        return None
    return GoldPaper(row["id"], row["title"], row["abstract"], keywords)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def write_keyphrases(papers: list[GoldPaper], path: Path) -> None:
    """Write papers in the form that :func:`read_keyphrases` and score.py read."""
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(asdict(paper), ensure_ascii=False) + "\n" for paper in papers)
