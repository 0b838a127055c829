"""The pages in docs/ describe the commands, options and methods of the code, and their links work."""

import inspect
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from package_copy import PackageCopy

import kgraph
from kgraph.cli import cli as commands

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
STARS: dict[object, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def section(title: str) -> str:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    return next(part for part in re.split(r"^## ", text, flags=re.MULTILINE) if part.startswith(title))


def anchors(page: Path) -> set[str]:
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_generated_pages_are_current() -> None:
    ran = subprocess.run(
        [sys.executable, ROOT / "scripts" / "docs", "--check"], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.slow
def test_a_new_export_and_a_new_page_are_in_the_generated_tables(package_copy: PackageCopy) -> None:
    for name in ("docs", "scripts"):
        shutil.copytree(ROOT / name, package_copy.root / name)
    export = package_copy.read("kgraph/export/formats/graphml.py").replace(
        'NetworkxFile("graphml"', 'NetworkxFile("tea"'
    )
    page = package_copy.read("kgraph/view/scenes/topic.py").replace('name = "topic"', 'name = "cluster"')
    package_copy.write("kgraph/export/formats/tea.py", export)
    package_copy.write("kgraph/view/scenes/cluster.py", page)
    package_copy.python("import runpy; runpy.run_path('scripts/docs', run_name='__main__')")
    assert "\n| `tea` | file | GraphML for Cytoscape" in package_copy.read("docs/export.md")
    assert "\n| `--cluster TOPIC` | show the papers and concepts" in package_copy.read("docs/cli.md")


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_and_option_is_described(name: str) -> None:
    described = section(f"kgraph {name}")
    for parameter in commands.commands[name].params:
        if isinstance(parameter, click.Option):
            for option in parameter.opts:
                assert f"`{option}" in described, option
        elif parameter.nargs == -1 or parameter.required:
            assert str(parameter.make_metavar(click.Context(commands))).strip(".") in described


def test_the_options_of_all_commands_are_described() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for parameter in commands.params:
        assert any(option in text for option in parameter.opts)


def test_every_method_and_argument_is_described() -> None:
    described = section("Python")
    for name, method in inspect.getmembers(kgraph.KnowledgeGraph, inspect.isfunction):
        if not name.startswith("_"):
            match = re.search(rf"`{name}\((.*?)\)`", described)
            assert match, name
            parameters = inspect.signature(method).parameters.values()
            wanted = [
                STARS.get(parameter.kind, "") + parameter.name
                for parameter in parameters
                if parameter.name != "self"
            ]
            assert match.group(1).split(", ") == (wanted or [""]), name


def test_every_error_is_described() -> None:
    described = section("Python")
    for name in kgraph.__all__:
        found = getattr(kgraph, name)
        if inspect.isclass(found) and issubclass(found, kgraph.KgraphError):
            assert name in described, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_have_a_target(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_named_paths_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:kgraph|schemas|scripts|tests|docs)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
