"""Input formats of kgraph and of other packages, through the real command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from package_copy import PackageCopy
from pages import blocks
from runs import tuples_of

from kgraph.errors import InputError
from kgraph.sources import Match, SourceFormat, read, source_formats
from kgraph.sources.formats.daily_papers import DailyPapers
from kgraph.sources.formats.json_document import JsonDocument
from kgraph.sources.formats.json_lines import JsonLines
from kgraph.sources.registry import advice

((_, EXAMPLE),) = blocks("input.md", "python")
PLUGIN = "numbered-titles of tea_formats (tea_formats:FORMAT)"
TITLES = "1. Brewing Tea\n2. Brewing Coffee\n"


def install(copy: PackageCopy, name: str, code: str, *, package: str = "tea_formats") -> None:
    """Install a package with one format, of this name, for the processes of a copy."""
    copy.write(f"{package}.py", code)
    copy.write(f"{package}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    copy.write(f"{package}-1.0.dist-info/entry_points.txt", f"[kgraph.sources]\n{name} = {package}:FORMAT\n")


@pytest.fixture
def titles(tmp_path: Path) -> Path:
    file = tmp_path / "list.titles"
    file.write_text(TITLES)
    return file


def test_the_formats_of_kgraph() -> None:
    forms = {form.name: form for form in source_formats()}
    assert {"daily-papers", "json", "json-lines"} <= forms.keys()
    assert all(isinstance(form, SourceFormat) and form.description in advice() for form in forms.values())


@pytest.mark.parametrize(
    ("text", "page", "document", "lines"),
    [
        ("Daily Papers\n", Match.POSSIBLE, Match.NO, Match.NO),
        ("A title\n• 5 authors\n", Match.POSSIBLE, Match.NO, Match.NO),
        ('[{"title": "A"}]', Match.NO, Match.LIKELY, Match.NO),
        ("[]", Match.NO, Match.LIKELY, Match.NO),
        ('{\n"title": "A"\n}', Match.NO, Match.LIKELY, Match.POSSIBLE),
        ('{"title": "A"}\n{"title": "B"}', Match.NO, Match.NO, Match.LIKELY),
        ('oops\n{"title": "B"}', Match.NO, Match.NO, Match.LIKELY),
        ('{"title": "Half\noops\noops', Match.NO, Match.NO, Match.LIKELY),
        ('oops\noops\n{"title": "B"}', Match.NO, Match.NO, Match.NO),
        ("", Match.NO, Match.NO, Match.NO),
    ],
)
def test_formats_detect_their_content(text: str, page: Match, document: Match, lines: Match) -> None:
    found = (DailyPapers().detect(text), JsonDocument().detect(text), JsonLines().detect(text))
    assert found == (page, document, lines)


def test_an_unknown_format_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    for name, data in (
        ("story.txt", b"Once upon a time.\n"),
        ("paper.pdf", b"%PDF-1.7\n"),
        ("zero.bin", b"x\0y"),
    ):
        file = tmp_path / name
        file.write_bytes(data)
        with pytest.raises(InputError) as error:
            list(read([file]))
        assert all(form.description in str(error.value) for form in source_formats())


@pytest.mark.slow
def test_the_format_of_another_package(package_copy: PackageCopy, titles: Path, tmp_path: Path) -> None:
    install(package_copy, "numbered-titles", EXAMPLE)
    store = tmp_path / "graph.kg"
    report = package_copy.run("build", titles, "--store", store, "--format", "json").json()
    assert (report["added"], report["notices"], report["rejected"]) == (2, [], [])
    assert tuples_of(store, "MATCH (p:Paper) RETURN p.title, p.source ORDER BY p.title") == [
        ("Brewing Coffee", "list.titles"),
        ("Brewing Tea", "list.titles"),
    ]
    shown = " ".join(package_copy.run("build", "--help").out.split())
    assert "numbered-titles titles numbered from 1, one a line" in shown
    story = tmp_path / "story.txt"
    story.write_text("Once upon a time.\n")
    ran = package_copy.run("build", story, "--store", store, expect=2)
    assert "titles numbered from 1, one a line" in ran.err


@pytest.mark.slow
def test_a_format_is_one_file(package_copy: PackageCopy, titles: Path, tmp_path: Path) -> None:
    package_copy.write("kgraph/sources/formats/numbered_titles.py", EXAMPLE)
    report = package_copy.run("build", titles, "--store", tmp_path / "graph.kg", "--format", "json").json()
    assert report["added"] == 2


@pytest.mark.slow
def test_a_format_with_the_name_of_another(package_copy: PackageCopy, tmp_path: Path) -> None:
    """Neither of the two is used, and the others are."""
    install(package_copy, "json-lines", EXAMPLE.replace("numbered-titles", "json-lines"))
    problem = (
        "json-lines is provided more than once: kgraph's json-lines, "
        "json-lines of tea_formats (tea_formats:FORMAT); uninstall one of the packages"
    )
    # The help breaks lines after hyphens too.
    assert "".join(problem.split()) in "".join(package_copy.run("build", "--help").out.split())
    good, lines = tmp_path / "good.json", tmp_path / "papers.jsonl"
    good.write_text('[{"title": "Brewing Cocoa"}]')
    lines.write_text('{"title": "Brewing Cocoa"}\n{"title": "Brewing Coffee"}\n')
    ran = package_copy.run("build", good, "--store", tmp_path / "graph.kg")
    assert "1 added" in ran.out and f"the input format {problem}" in ran.err
    ran = package_copy.run("build", lines, "--store", tmp_path / "lines.kg", expect=2)
    assert f"the input format {problem}" in ran.err and not (tmp_path / "lines.kg").exists()


@pytest.mark.slow
def test_two_packages_with_one_format(package_copy: PackageCopy, titles: Path, tmp_path: Path) -> None:
    install(package_copy, "numbered-titles", EXAMPLE)
    install(package_copy, "numbered-titles", EXAMPLE, package="more_tea")
    ran = package_copy.run("build", titles, "--store", tmp_path / "graph.kg", expect=2)
    assert "the input format numbered-titles is provided more than once: " in ran.err
    assert PLUGIN in ran.err and "numbered-titles of more_tea (more_tea:FORMAT)" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise RuntimeError('no tea')", "cannot be loaded: no tea"),
        ("FORMAT = object()", "is not an instance of kgraph.sources.format.SourceFormat"),
        (EXAMPLE.replace("    description", "    details"), "is not an instance"),
        (EXAMPLE.replace("NumberedTitles()", "NumberedTitles"), "is not an instance"),
        (EXAMPLE.replace("numbered-titles", "titles"), "named 'numbered-titles'"),
    ],
)
def test_a_format_that_cannot_be_loaded(
    package_copy: PackageCopy, titles: Path, tmp_path: Path, code: str, reason: str
) -> None:
    install(package_copy, "numbered-titles", code)
    good = tmp_path / "good.jsonl"
    good.write_text('{"title": "Brewing Cocoa"}\n')
    ran = package_copy.run("build", good, "--store", tmp_path / "graph.kg")
    assert "1 added" in ran.out
    assert f"the input format {PLUGIN} " in ran.err and reason in ran.err
    shown = " ".join(package_copy.run("build", "--help").out.split())
    assert PLUGIN in shown and reason in shown
    ran = package_copy.run("build", titles, "--store", tmp_path / "graph.kg", expect=2)
    assert "is in no known format" in ran.err and reason in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("method", ["detect", "records"])
def test_a_format_that_fails(package_copy: PackageCopy, titles: Path, tmp_path: Path, method: str) -> None:
    code = re.sub(rf"(def {method}\(.*\):)\n", r"\1\n        raise RuntimeError('no tea')\n", EXAMPLE)
    install(package_copy, "numbered-titles", code)
    good = tmp_path / "good.jsonl"
    good.write_text('{"title": "Brewing Cocoa"}\n')
    ran = package_copy.run("build", good, titles, "--store", tmp_path / "graph.kg")
    assert "1 added" in ran.out and "1 rejected" in ran.out
    assert f"the input format {PLUGIN} failed: RuntimeError: no tea" in ran.err


@pytest.mark.slow
def test_the_suffix_decides_between_equal_matches(package_copy: PackageCopy, tmp_path: Path) -> None:
    install(package_copy, "numbered-titles", EXAMPLE)
    other = (
        EXAMPLE.replace("numbered-titles", "lists")
        .replace(".titles", ".list")
        .replace('partition(". ")[2]', "upper()")
    )
    install(package_copy, "lists", other, package="list_formats")
    for suffix in (".titles", ".list", ".txt"):
        (tmp_path / f"file{suffix}").write_text("1. Brewing Tea\n")
    store = tmp_path / "graph.kg"
    files = [tmp_path / f"file{suffix}" for suffix in (".titles", ".list", ".txt")]
    ran = package_copy.run("build", *files, "--store", store)
    assert "rejected: " in ran.err and "fits several formats equally" in ran.err and "file.txt" in ran.err
    assert tuples_of(store, "MATCH (p:Paper) RETURN p.title, p.source ORDER BY p.source") == [
        ("1. BREWING TEA", "file.list"),
        ("Brewing Tea", "file.titles"),
    ]


@pytest.mark.parametrize("command", ["build", "extract"])
def test_a_missing_file_is_reported_before_spacy_is_imported(
    package_copy: PackageCopy, tmp_path: Path, command: str
) -> None:
    code = (
        "import sys\nfrom kgraph.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "finally:\n    print(*sorted({'spacy', 'scipy', 'networkx'} & set(sys.modules)))"
    )
    arguments = ["--store", str(tmp_path / "graph.kg")] if command == "build" else []
    folder = tmp_path / "empty"
    folder.mkdir()
    ran = package_copy.python(code, command, "missing.jsonl", *arguments, cwd=folder, expect=2)
    assert "missing.jsonl: no such file" in ran.err and ran.out == "\n"
    assert list(folder.iterdir()) == [] and not list(tmp_path.glob("graph.kg*"))
