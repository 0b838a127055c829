"""The figures of every release: ``results/VERSION.json``, and the parts of the docs made from them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from evaluation.chart import Bar, BarGroup, bar_chart
from evaluation.tables import KGRAPH, Table

RESULTS = Path(__file__).with_name("results")
DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, CHART = DOCS / "evaluation.md", DOCS / "evaluation.svg"
BEGIN = "<!-- results: begin; scripts/evaluate --docs writes this part from scripts/evaluation/results -->"
END = "<!-- results: end -->"


@dataclass(frozen=True, slots=True)
class Measurement:
    """A table, and when, where and on which commit it was measured."""

    date: str
    commit: str
    machine: str
    table: Table


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure that is compared across releases."""

    table: str
    column: str
    label: str


HEADLINES = (
    Headline("entities", "f1", "SciERC entities, F1"),
    Headline("relations-end-to-end", "f1", "SciERC relations from plain text, F1"),
    Headline("relations", "macro-f1", "SciERC relations between given spans, macro F1"),
    Headline("keyphrases", "inspec@10", "Inspec keyphrases, F1@10"),
    Headline("keyphrases", "semeval2017@15", "SemEval 2017 keyphrases, F1@15"),
    Headline("keyphrases", "keywords@5", "Author keywords, F1@5"),
    Headline("suggestions", "map", "CSFCube suggestions, MAP"),
    Headline("suggestions", "ndcg%20", "CSFCube suggestions, nDCG%20"),
    Headline("names", "f1", "Names, F1 of pairs"),
)

Release = Mapping[str, Measurement]
"""The measurements of a version, by the name of the table."""


def save(version: str, measured: Sequence[Measurement], folder: Path = RESULTS) -> Path:
    """Add tables to the figures of a version. An existing table is replaced."""
    path = folder / f"{version}.json"
    tables = dict(load(path)) if path.exists() else {}
    tables |= {measurement.table.name: measurement for measurement in measured}
    document = {
        "version": version,
        "tables": {
            name: {"date": m.date, "commit": m.commit, "machine": m.machine} | _rounded(m.table)
            for name, m in sorted(tables.items())
        },
    }
    folder.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _rounded(table: Table) -> dict[str, object]:
    rows = {
        system: {column: round(figure, 2) for column, figure in row.items()}
        for system, row in table.rows.items()
    }
    return asdict(table) | {"rows": rows}


def load(path: Path) -> Release:
    """Return the figures of one version."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: Measurement(
            entry["date"],
            entry["commit"],
            entry["machine"],
            Table(
                name,
                entry["title"],
                tuple(entry["columns"]),
                entry["rows"],
                entry["settings"],
                entry["data"],
            ),
        )
        for name, entry in document["tables"].items()
    }


def load_all(folder: Path = RESULTS) -> dict[str, Release]:
    """Return the figures of all versions, the newest first."""
    paths = sorted(folder.glob("*.json"), key=_version_key, reverse=True)
    return {path.stem: load(path) for path in paths}


def _version_key(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path.stem)]


def write_docs() -> None:
    """Write the table and the chart into the docs."""
    releases = load_all()
    PAGE.write_text(with_results(PAGE.read_text(encoding="utf-8"), releases), encoding="utf-8")
    CHART.write_text(chart(releases), encoding="utf-8")


def with_results(page: str, releases: Mapping[str, Release]) -> str:
    """Return a page with the part between the two markers made anew. Raises ValueError without them."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks {BEGIN} or {END}")
    return f"{before}{begin}\n{markdown(releases)}\n{end}{after}"


def markdown(releases: Mapping[str, Release]) -> str:
    """Return the headline figures of all versions, and every table of the newest one."""
    return "\n".join(_lines(releases))


def _lines(releases: Mapping[str, Release]) -> Iterator[str]:
    yield f"\n| | {' | '.join(releases)} |"
    yield f"|---|{'---|' * len(releases)}"
    for headline in HEADLINES:
        figures = [_figure(_headline(release, headline)) for release in releases.values()]
        yield f"| {headline.label} | {' | '.join(figures)} |"
    newest, release = next(iter(releases.items()))
    yield f"\n### Version {newest} in full"
    for measurement in release.values():
        yield from _full(measurement)


def _full(measurement: Measurement) -> Iterator[str]:
    table = measurement.table
    yield f"\n**{table.name}.** {table.title}.\n"
    yield f"| | {' | '.join(table.columns)} |"
    yield f"|---|{'---|' * len(table.columns)}"
    for system, row in table.rows.items():
        yield f"| {system} | {' | '.join(_figure(row.get(column)) for column in table.columns)} |"
    settings = ", ".join(_setting(name, value) for name, value in table.settings.items())
    yield f"\nMeasured on {measurement.date} at commit {measurement.commit}, {settings}."


def _setting(name: str, value: str | int) -> str:
    return f"{value} {name}" if name == "items" else f"{name} {value}"


def chart(releases: Mapping[str, Release]) -> str:
    """Return a bar chart of the headline figures: kgraph by version, and the best other method."""
    groups = [
        BarGroup(headline.label, bars) for headline in HEADLINES if (bars := tuple(_bars(headline, releases)))
    ]
    return bar_chart("kgraph on gold data, in percent", groups)


def _bars(headline: Headline, releases: Mapping[str, Release]) -> Iterator[Bar]:
    for version, release in releases.items():
        figure = _headline(release, headline)
        if figure is not None:
            yield Bar(f"{KGRAPH} {version}", figure, True)
    newest = next(iter(releases.values()))
    if headline.table in newest:
        others = {
            system: row[headline.column]
            for system, row in newest[headline.table].table.rows.items()
            if not system.startswith(KGRAPH) and headline.column in row
        }
        if others:
            best = max(others, key=lambda system: others[system])
            yield Bar(best, others[best], False)


def _headline(release: Release, headline: Headline) -> float | None:
    if headline.table not in release:
        return None
    return release[headline.table].table.rows[KGRAPH].get(headline.column)


def _figure(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.1f}"
