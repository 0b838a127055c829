import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from runs import ROOT

from kgraph.errors import QueryError
from kgraph.store import GraphStore
from kgraph.store.cypher_gate import refuse_outside_access, refuse_several, without_comments

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
    "LOAD\u00a0CSV {}",
    "LOAD\u2003CSV {}",
    "LOAD\u2028CSV {}",
]


ESCAPES = [
    "\\u004cOAD CSV {}",
    "LOAD\\u0020CSV {}",
    "L\\uu004fAD C\\u0053V {}",
    "WITH \\u0027x\\u0027 AS x LOAD CSV {}",
    "\\u002f\\u002f x\nLOAD CSV {}",
    "\\u0060LOAD\\u0060 CSV {}",
    "RETURN 'x\\u0027 AS x LOAD CSV {} //'",
    "RETURN 'x\\\\\\u0027 AS x LOAD CSV {} //'",
    'RETURN "x\\u0022 AS x LOAD CSV {} //"',
    "RETURN 'x\\u005c' AS x, ' LOAD CSV {} //'",
    "RETURN 1 AS `x\\u0060 LOAD CSV {} //`",
    "RETURN 1 //\\u000aLOAD CSV {}",
    "RETURN 1 /* \\u002a/ LOAD CSV {} */",
]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text(f"{SECRET},1\n")
    return path


def test_load_csv_is_refused(small_store: GraphStore, secret: Path) -> None:
    for disguise, write in product(DISGUISES, (False, True)):
        with pytest.raises(QueryError, match="LOAD CSV is refused"):
            pytest.fail(f"{disguise}: {small_store.query(disguise.format(FROM.format(secret)), write=write)}")


@pytest.mark.parametrize("disguise", ESCAPES)
def test_escapes_that_only_one_engine_decodes_are_refused(disguise: str) -> None:
    with pytest.raises(QueryError, match=r"\\u.* is refused"):
        refuse_outside_access(disguise.format(FROM.format("/x.csv")))


def test_letters_in_strings_may_be_escaped(small_store: GraphStore) -> None:
    found = small_store.query(r"RETURN '\u00e9\\u0027' AS one, " + r'"\u0041" AS two // \n')
    assert found.rows == ({"one": "é\\u0027", "two": "A"},)


def test_the_words_may_be_names_and_values(small_store: GraphStore) -> None:
    for cypher in [
        "RETURN 'LOAD CSV' AS x",
        'RETURN "load csv" AS x',
        "RETURN 'it\\'s LOAD CSV' AS x",
        "RETURN 1 AS `load csv`",
        "RETURN 1 AS x // LOAD CSV FROM 'x'",
        "/* LOAD CSV */ RETURN 1 AS x",
        "MATCH (n:Load) RETURN n.csv AS x",
        "WITH 1 AS load, 2 AS csv RETURN load, csv",
        "RETURN 1 AS load_csv",
    ]:
        small_store.query(cypher)


def test_an_unclosed_string_or_comment_does_not_hide_a_clause(small_store: GraphStore, secret: Path) -> None:
    for start in ("RETURN 'x", 'RETURN "', "/* ", "RETURN `", "RETURN '\\", "RETURN '\\\\\\'"):
        with pytest.raises(QueryError):
            small_store.query(f"{start} LOAD CSV {FROM.format(secret)}")


PROCEDURES = [
    "CALL apoc.load.json('x') YIELD value RETURN value",
    "CALL db.createLabel('X')",
    "call dbms.listConfig()",
    "CALL\n/* x */ apoc . load // x\n. json('x')",
    "CALL `apoc`.`load`.json('x')",
    "CALL `apoc.load.json`('x')",
    "CALL`apoc`.load.json",
    "MATCH (n) CALL { CALL apoc.load.json('x') YIELD value RETURN value } RETURN value",
    "MATCH (n) CALL (n) { CALL apoc.load.json('x') YIELD value RETURN value } RETURN value",
    "OPTIONAL CALL apoc.load.json('x')",
    "EXPLAIN CALL db.clearQueryCaches()",
    "CALL db.labelsx()",
    "CALL db.labels.x()",
    "CALL x.db.labels()",
    "CALL db.cdc.enable({})",
    "WITH 1.CALL apoc.load.json('x')",
    "WITH 1 AS as CALL apoc.load.json('x') YIELD value RETURN value",
]

FUNCTIONS = [
    "RETURN apoc.load.json('x')",
    "RETURN genai.vector.encode('x', 'OpenAI', {token: 't'})",
    "RETURN `genai`.`vector`.`encode`('x', 'OpenAI')",
    "RETURN `genai.vector.encode`('x', 'OpenAI')",
    "RETURN genai/**/.vector //\n . encode ('x')",
    "MATCH (n {x: apoc.load.json('x')}) RETURN n",
    "MATCH (n) WHERE date.apoc.load(n.x) RETURN n",
    "RETURN [x IN [1] | apoc.load.json(x)]",
    "RETURN vector.encode('x')",
    "RETURN date.truncate('day', graph.byName('x'))",
]

USES = [
    "USE system RETURN 1",
    "use `system` MATCH (n) RETURN n",
    "USE`system`RETURN 1",
    "USE graph.byName('system') RETURN 1",
    "USE (system) RETURN 1",
    "USE GRAPH system RETURN 1",
    "EXPLAIN USE system RETURN 1",
    "CYPHER 5 runtime = slotted USE system RETURN 1",
    "CYPHER 5.USE system RETURN 1",
    "/* x */ USE // x\n system RETURN 1",
    "RETURN 1 AS x UNION USE system RETURN 1 AS x",
    "RETURN 1 AS x UNION ALL USE system RETURN 1 AS x",
    "CALL { USE system MATCH (n) RETURN n } RETURN n",
    "WITH 1 AS x CALL { WITH x USE system RETURN 2 AS y } RETURN y",
    "WITH 1 AS x CALL { WITH * USE system RETURN 2 AS y } RETURN y",
    "RETURN COUNT { USE system MATCH (n) }",
]

COMMANDS = [
    "CREATE USER eve SET PASSWORD 'abcdefgh1'",
    "create/**/user eve SET PASSWORD 'abcdefgh1'",
    "CREATE OR REPLACE USER eve SET PASSWORD 'abcdefgh1'",
    "EXPLAIN CREATE USER eve SET PASSWORD 'abcdefgh1'",
    "CYPHER 5 planner=cost CREATE USER eve SET PASSWORD 'abcdefgh1'",
    "CYPHER runtime = slotted PROFILE CYPHER 5 CREATE DATABASE eve",
    "CREATE ROLE eve",
    "CREATE IMMUTABLE ROLE eve",
    "CREATE COMPOSITE DATABASE eve",
    "CREATE ALIAS eve FOR DATABASE neo4j",
    "DROP USER neo4j",
    "DROP DATABASE neo4j IF EXISTS",
    "DROP ALIAS eve FOR DATABASE",
    "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'abcdefgh1'",
    "ALTER USER neo4j SET PASSWORD 'abcdefgh1'",
    "ALTER DATABASE neo4j SET ACCESS READ ONLY",
    "RENAME USER neo4j TO eve",
    "GRANT ROLE admin TO eve",
    "DENY READ {*} ON GRAPH * TO eve",
    "REVOKE ROLE admin FROM neo4j",
    "START DATABASE neo4j",
    "STOP DATABASE neo4j",
    "ENABLE SERVER 'x'",
    "DEALLOCATE DATABASES FROM SERVER 'x'",
    "REALLOCATE DATABASES",
    "DRYRUN REALLOCATE DATABASES",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "SHOW USERS",
    "SHOW USER PRIVILEGES",
    "SHOW ALL ROLES",
    "SHOW CURRENT USER",
    "SHOW SETTINGS",
    "SHOW TRANSACTIONS",
    "SHOW DATABASES YIELD *",
    "SHOW HOME DATABASE",
    "SHOW SERVERS",
    "SHOW USERS YIELD user AS indexes",
    "SHOW INDEXES YIELD name TERMINATE TRANSACTIONS 'x'",
    "SHOW FUNCTIONS YIELD name SHOW TRANSACTIONS YIELD transactionId",
    "CYPHER debug=generate_java_source RETURN 1",
]


@pytest.mark.parametrize(
    ("cypher", "what"),
    [(cypher, "the procedure .* is refused") for cypher in PROCEDURES]
    + [(cypher, "the function .* is refused") for cypher in FUNCTIONS]
    + [(cypher, "USE is refused") for cypher in USES]
    + [(cypher, "^[A-Za-z]+( [A-Za-z]+)? is refused: ") for cypher in COMMANDS]
    + [("RETURN 1 AS x FORMAT CSV", "FORMAT CSV is refused"), ("RETURN 1 `format` csv", "FORMAT CSV")],
)
def test_access_outside_the_graph_is_refused(cypher: str, what: str) -> None:
    with pytest.raises(QueryError, match=what):
        refuse_outside_access(cypher)


@pytest.mark.parametrize(
    "cypher",
    [
        "CALL db.labels() YIELD label RETURN label",
        "CALL db.schema.visualization",
        "call `db`.`labels`()",
        "CALL PageRank() YIELD node, score RETURN node.name, score",
        "MATCH (n) CALL (n) { MATCH (n)-->(m) RETURN count(m) AS c } RETURN n, c",
        "MATCH (n) CALL { WITH n RETURN n.name AS x } RETURN x",
        "CALL (*) { RETURN 1 AS x } RETURN x",
        "CALL { RETURN 1 AS x } IN TRANSACTIONS RETURN x",
        "RETURN date.truncate('day', date()), duration.inDays(date(), date()), DATETIME.realtime()",
        "RETURN point.distance(point({x: 1, y: 1}), point({x: 1, y: 2}))",
        "RETURN vector.similarity.cosine([1.0], [1.0])",
        "RETURN 'USE system; CALL apoc.load.json(1)' AS x",
        "RETURN \"it's LOAD CSV, genai.vector.encode('x')\" AS x",
        "RETURN 1 AS x // CREATE USER eve",
        "MATCH (n:Use)-[:CALL]->(m:Load) RETURN n.use, n.call, m.csv, n.show",
        "MATCH (n {use: 1, call: $call, load: $use}) RETURN n {.use, .call}",
        "WITH 1 AS `use`, 2 AS `call` RETURN `use`, `call`",
        "WITH 1 AS use, 2 AS csv RETURN csv AS x, use",
        "MATCH (drop)-->(grant) WHERE drop.start < grant.stop RETURN drop, grant",
        "CREATE (user:User {role: 'admin'})",
        "CREATE p = (:User)-[:ROLE]->(:Database) RETURN p",
        "CREATE INDEX x IF NOT EXISTS FOR (n:User) ON (n.role)",
        "CREATE FULLTEXT INDEX x FOR (n:Paper) ON EACH [n.title, n.abstract]",
        "CREATE CONSTRAINT FOR (n:User) REQUIRE (n.id, n.name) IS UNIQUE",
        "DROP INDEX x IF EXISTS",
        "DROP CONSTRAINT x",
        "SHOW INDEXES",
        "SHOW VECTOR INDEXES YIELD name, type WHERE name = 'users' RETURN name",
        "SHOW NODE PROPERTY EXISTENCE CONSTRAINTS",
        "SHOW USER DEFINED FUNCTIONS",
        "SHOW BUILT IN FUNCTIONS",
        "SHOW PROCEDURES EXECUTABLE BY CURRENT USER",
        "EXPLAIN CYPHER 5 runtime=slotted MATCH (n) RETURN n",
        "PROFILE MATCH (n) RETURN n.csv AS load",
        "MATCH (n) WHERE n.a IN n.b AND (n)-->() RETURN n.name[1..2], n.x[0].y",
        "MATCH (n) ON CREATE SET n.x = 1",
        "FOREACH (x IN [1] | MERGE (:X {x: x}))",
        "RETURN 1.5e3 AS x, [1..3], .5, n.`a.b` AS y",
        "",
        ";",
    ],
)
def test_statements_on_the_graph_pass(cypher: str) -> None:
    refuse_outside_access(cypher)


def test_every_query_of_the_cookbook_passes() -> None:
    statements = re.findall(
        r"```cypher\n(.*?)```", (ROOT / "docs" / "cypher-cookbook.md").read_text(), re.DOTALL
    )
    assert len(statements) > 30
    for statement in statements:
        refuse_outside_access(statement)


SPACES = st.sampled_from([" ", "\n", "\t \r\n", "/**/", "/* ' */", "// `\n", "\xa0 ", "\u2003"])


@given(
    st.sampled_from(
        [
            ["LOAD", "CSV", "FROM"],
            ["CALL", "apoc", ".", "load", ".", "json", "("],
            ["RETURN", "genai", ".", "vector", ".", "encode", "("],
            ["USE", "graph", ".", "byName", "("],
            ["USE", "system"],
            ["CREATE", "USER", "eve"],
            ["CYPHER", "5", "runtime", "=", "slotted", "SHOW", "SETTINGS"],
        ]
    ),
    st.data(),
)
def test_spaces_case_and_comments_do_not_hide_a_clause(words: list[str], data: st.DataObject) -> None:
    cypher = "".join(
        data.draw(SPACES) + data.draw(st.sampled_from([word, word.lower(), word.upper(), word.title()]))
        for word in words
    )
    with pytest.raises(QueryError, match="is refused"):
        refuse_outside_access(cypher)


@given(
    st.text(max_size=30), st.sampled_from(["LOAD CSV FROM", "USE system", "CALL a.b()", "a.b(1)", "GRANT"])
)
def test_strings_and_backticks_are_not_clauses(text: str, words: str) -> None:
    inside = f"{text} {words} {text}"
    quoted = "'" + inside.replace("\\", "\\\\").replace("'", "\\'") + "'"
    refuse_outside_access(f"MATCH (n) WHERE n.name = {quoted} RETURN n")
    name = inside.replace("`", "``").replace("\\", "/")
    refuse_outside_access(f"MATCH (n:`{name}`) RETURN n.`{name}` AS `{name}`")


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


@pytest.mark.slow
@settings(max_examples=400)
@given(PIECES, st.sampled_from(["", "LOAD CSV ", "`LOAD`", "LOAD`CSV`", "LOAD//\n", "LOAD/**/"]))
@example("CSV FROM $file AS r RETURN r", "`LOAD`")
def test_no_statement_reads_a_file(small_store: GraphStore, secret: Path, pieces: str, start: str) -> None:
    cypher = (start + pieces).replace("$file", f"'file://{secret}'")
    try:
        found = small_store.query(cypher, timeout=1, limit=5)
    except QueryError:
        return
    words = re.sub(r"'[^']*'", "", str([list(row.values()) for row in found.rows]))
    assert SECRET not in str(found.rows) and "LoadCsv" not in words


@pytest.mark.slow
@settings(max_examples=300)
@given(PIECES, st.sampled_from([" ", "\n", "\t ", "/* x */", "// x\n"]), PIECES)
def test_the_words_outside_strings_never_pass(before: str, between: str, after: str) -> None:
    # A closed prefix: characters that open a string, name or comment are put in a separate string.
    closed = "'" + re.sub(r"['\\]", "", before) + "' "
    for load in ("LOAD", "load", "`LOAD`", "\\u004cOAD"):
        with pytest.raises(QueryError):
            refuse_outside_access(f"{closed}{load}{between}CSV {after}")


TEXT = st.text(st.sampled_from("ab;/*'\"`\\\n "), max_size=12)


@given(TEXT)
def test_comments_are_removed_and_strings_kept(text: str) -> None:
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    assert without_comments(f"RETURN {quoted} AS x") == f"RETURN {quoted} AS x"
    name = "`" + text.replace("`", "``") + "`"
    assert without_comments(f"RETURN 1 AS {name}") == f"RETURN 1 AS {name}"
    comment = text.replace("*", "")
    assert without_comments(f"RETURN/*{comment}*/1").split() == ["RETURN", "1"]
    assert without_comments("RETURN 1 //" + text.replace("\n", "")) == "RETURN 1  "


def test_block_comments_work(small_store: GraphStore) -> None:
    found = small_store.query("/* one */ MATCH (p:Paper) // two\nRETURN count(p) /* three\n*/ AS n")
    assert found.rows == ({"n": 2},)


def test_several_statements_are_refused_and_none_is_run(small_store: GraphStore) -> None:
    for cypher in [
        "RETURN 1; RETURN 2",
        ";RETURN 1",
        "CREATE (:X); MATCH (n) DETACH DELETE n",
        "RETURN 1;'x'",
    ]:
        with pytest.raises(QueryError, match="one statement at a time"):
            small_store.query(cypher, write=True)
        assert len(small_store.query("MATCH (n) RETURN n").rows) == 3


def test_a_semicolon_may_end_a_statement(small_store: GraphStore) -> None:
    for cypher in ["RETURN 1;", "RETURN 1 ; \n", "RETURN ';' AS x", "RETURN 1 AS `a;b` // ; x"]:
        refuse_several(cypher)
        assert len(small_store.query(cypher).rows) == 1
