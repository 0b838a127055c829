"""The helper that gives other tests a copy of the package to change."""

from __future__ import annotations

import pytest
from package_copy import PackageCopy
from runs import ROOT

ENTRY_POINTS = (
    "from importlib.metadata import entry_points; print(entry_points(group='kgraph.tests')['stub'].load())"
)


def test_a_process_imports_kgraph_from_the_copy(package_copy: PackageCopy) -> None:
    package_copy.write("kgraph/added.py", "NAME = 'added'\n")
    ran = package_copy.python("import kgraph.added; print(kgraph.added.__file__)")
    assert ran.out.strip() == str(package_copy.root / "kgraph" / "added.py")
    assert not (ROOT / "kgraph" / "added.py").exists()


def test_an_edit_changes_the_command_line_of_the_copy_alone(package_copy: PackageCopy) -> None:
    package_copy.edit("schemas/graph.json", '"CO_OCCURS_WITH": {', '"OCCURS_BESIDE": {')
    assert '"OCCURS_BESIDE"' in package_copy.run("schema", "--format", "json").out
    assert "OCCURS_BESIDE" not in (ROOT / "schemas" / "graph.json").read_text()


def test_an_edit_of_a_text_that_is_not_there_fails(package_copy: PackageCopy) -> None:
    with pytest.raises(ValueError, match="has 0 times"):
        package_copy.edit("schemas/graph.json", "no such text", "")


def test_a_package_beside_the_copy_can_register_entry_points(package_copy: PackageCopy) -> None:
    package_copy.write("stub.py", "VALUE = 42\n")
    package_copy.write("stub-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: stub\nVersion: 1.0\n")
    package_copy.write("stub-1.0.dist-info/entry_points.txt", "[kgraph.tests]\nstub = stub:VALUE\n")
    assert package_copy.python(ENTRY_POINTS).out.strip() == "42"
