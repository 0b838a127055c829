import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kgraph.errors import QueryError
from kgraph.store import GraphStore
from kgraph.store.statement import refuse_outside_access, refuse_several, without_comments

SECRET = "the secret of the file"
FROM = "FROM 'file://{}' AS r RETURN r"

DISGUISES = [
    "LOAD CSV {}",
    "load\tcsv {}",
    "LoAd\n\n  cSv {}",
    "LOAD\r\nCSV {}",
    "LOAD /* x */ CSV {}",
    "LOAD/**/CSV {}",
    "LOAD // x\nCSV {}",
    "LOAD//\nCSV {}",
    "// RETURN 1\nLOAD CSV {}",
    "/* ' */ LOAD CSV {}",
    '// "\nLOAD CSV {}',
    "`LOAD` CSV {}",
    "LOAD `CSV` {}",
    "`load`CSV {}",
    "LOAD`csv` {}",
    "`LOAD`/*`*/`CSV` {}",
    "EXPLAIN LOAD CSV {}",
    "PROFILE `LOAD` CSV {}",
    "LOAD CSV WITH HEADERS {}",
    "RETURN 1; LOAD CSV {}",
    "WITH 'it\\'s' AS x LOAD CSV {}",
    "WITH '\\\\' AS x LOAD CSV {}",
    'WITH "\'" AS x LOAD CSV {}',
    "WITH 1 AS `a``b` LOAD CSV {}",
    "WITH 1 AS `'` LOAD CSV {}",
    "WITH 1LOAD CSV {}",
    "CALL {{ LOAD CSV {} }} RETURN 1",
    "\\u004cOAD CSV {}",
    "LOAD\\u0020CSV {}",
    "L\\uu004fAD C\\u0053V {}",
    "WITH \\u0027x\\u0027 AS x LOAD CSV {}",
    "\\u002f\\u002f x\nLOAD CSV {}",
    "\\u0060LOAD\\u0060 CSV {}",
    "LOAD\u00a0CSV {}",
    "LOAD\u2003CSV {}",
    "LOAD\u2028CSV {}",
]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text(f"{SECRET},1\n")
    return path


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize("disguise", DISGUISES)
def test_load_csv_is_refused(little: GraphStore, secret: Path, disguise: str, write: bool) -> None:
    with pytest.raises(QueryError, match="LOAD CSV is refused"):
        little.query(disguise.format(FROM.format(secret)), write=write)


@pytest.mark.parametrize(
    "cypher",
    [
        "RETURN 'LOAD CSV' AS x",
        'RETURN "load csv" AS x',
        "RETURN 'it\\'s LOAD CSV' AS x",
        "RETURN 1 AS `load csv`",
        "RETURN 1 AS x // LOAD CSV FROM 'x'",
        "/* LOAD CSV */ RETURN 1 AS x",
        "MATCH (n:Load) RETURN n.csv AS x",
        "WITH 1 AS load, 2 AS csv RETURN load, csv",
        "RETURN 1 AS load_csv",
    ],
)
def test_the_words_may_be_used_otherwise(little: GraphStore, cypher: str) -> None:
    little.query(cypher)


def test_an_unclosed_string_or_comment_is_no_way_around(little: GraphStore, secret: Path) -> None:
    for start in ("RETURN 'x", 'RETURN "', "/* ", "RETURN `", "RETURN '\\", "RETURN '\\\\\\'"):
        with pytest.raises(QueryError):
            little.query(f"{start} LOAD CSV {FROM.format(secret)}")


PIECES = st.lists(
    st.sampled_from(
        [
            "LOAD",
            "load",
            "CSV",
            "csv",
            " ",
            " ",
            "\n",
            "\t",
            "`",
            "``",
            "'",
            '"',
            "\\",
            "//",
            "/*",
            "*/",
            ";",
            "1",
            "RETURN 1 AS x",
            "WITH 1 AS y",
            "EXPLAIN",
            "PROFILE",
            "\\u0020",
            "\\u0027",
            "\\u004c",
            "OAD",
            "\xa0",
            "FROM $file AS r RETURN r",
            "FROM $file AS r RETURN r",
            "WITH HEADERS",
            "{",
            "}",
            "CALL",
            "UNION",
        ]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PIECES, st.sampled_from(["", "LOAD CSV ", "`LOAD`", "LOAD`CSV`", "LOAD//\n", "LOAD/**/"]))
@example("CSV FROM $file AS r RETURN r", "`LOAD`")
def test_no_statement_reads_a_file(little: GraphStore, secret: Path, pieces: str, start: str) -> None:
    cypher = (start + pieces).replace("$file", f"'file://{secret}'")
    try:
        found = little.query(cypher, timeout=1, limit=5)
    except QueryError:
        return
    words = re.sub(r"'[^']*'", "", str([list(row.values()) for row in found.rows]))
    assert SECRET not in str(found.rows) and "LoadCsv" not in words


@settings(max_examples=300)
@given(PIECES, st.sampled_from([" ", "\n", "\t ", "/* x */", "// x\n"]), PIECES)
def test_the_words_outside_strings_never_pass(before: str, between: str, after: str) -> None:
    # A closed prefix: what opens a string, a name or a comment in it is put in a string of its own.
    closed = "'" + re.sub(r"['\\]", "", before) + "' "
    for load in ("LOAD", "load", "`LOAD`", "\\u004cOAD"):
        with pytest.raises(QueryError):
            refuse_outside_access(f"{closed}{load}{between}CSV {after}")


TEXT = st.text(st.sampled_from("ab;/*'\"`\\\n "), max_size=12)


@given(TEXT)
def test_comments_go_and_strings_stay(text: str) -> None:
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    assert without_comments(f"RETURN {quoted} AS x") == f"RETURN {quoted} AS x"
    name = "`" + text.replace("`", "``") + "`"
    assert without_comments(f"RETURN 1 AS {name}") == f"RETURN 1 AS {name}"
    comment = text.replace("*/", "")
    assert without_comments(f"RETURN/*{comment.rstrip('*')}*/1").split() == ["RETURN", "1"]
    assert without_comments("RETURN 1 //" + text.replace("\n", "")) == "RETURN 1  "


def test_block_comments_work(little: GraphStore) -> None:
    found = little.query("/* one */ MATCH (p:Paper) // two\nRETURN count(p) /* three\n*/ AS n")
    assert found.rows == ({"n": 2},)


@pytest.mark.parametrize(
    "cypher", ["RETURN 1; RETURN 2", ";RETURN 1", "CREATE (:X); MATCH (n) DETACH DELETE n"]
)
def test_several_statements_are_refused_and_none_is_run(little: GraphStore, cypher: str) -> None:
    with pytest.raises(QueryError, match="one statement at a time"):
        little.query(cypher, write=True)
    assert len(little.query("MATCH (n) RETURN n").rows) == 3


@pytest.mark.parametrize(
    "cypher", ["RETURN 1;", "RETURN 1 ; \n", "RETURN ';' AS x", "RETURN 1 AS `a;b` // ; x"]
)
def test_a_semicolon_may_end_a_statement(little: GraphStore, cypher: str) -> None:
    refuse_several(cypher)
    assert len(little.query(cypher).rows) == 1
