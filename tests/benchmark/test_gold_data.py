"""scripts/data: it fetches, verifies and converts gold data, and says which sets are missing."""

from __future__ import annotations

import functools
import gzip
import http.server
import io
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from evaluation import convert, gold
from evaluation.fetch import LOCK, FetchError, fetch_set, from_checkouts, from_network
from evaluation.gold import KeyphrasePaper
from evaluation.manifest import GoldSet, MissingDataError, Source, gold_sets
from runs import ROOT, SHARED
from training.splits import is_for_evaluation

BENCHMARKS = SHARED / "data" / "benchmarks"
DOCUMENT = {
    "sentences": [["Kettles", "boil", "."], ["We", "use", "nets", "for", "boiling", "."]],
    "ner": [[[0, 0, "Material"]], [[5, 5, "Method"], [7, 7, "Task"]]],
    "relations": [[], [[5, 5, 7, 7, "USED-FOR"]]],
}
TEXTS = {
    "S0003491615000433.txt": "Water\n boils.",
    "12.txt": "Kettles\nWater boils in\nkettles.",
    "9.txt": "Tea",
}
PAPERS = [
    {"paper_id": number, "title": f"Paper {number}", "abstract": ["One.", "Two."]}
    for number in ("1", "2", "3")
]
POOLS = {"1": {"cands": ["2", "3"], "relevance_adju": [3, 0]}}


def json_lines(*rows: Any) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def archive(files: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return content.getvalue()


@pytest.fixture
def kettle_set() -> GoldSet:
    source = Source("owner/kettles", "a" * 40, "data/dev file.json", None)
    return GoldSet(
        "scierc", "benchmarks/scierc-dev.jsonl", "", "", "", "", "scierc", None, (source,), "Advice."
    )


class TestManifest:
    def test_every_set_says_where_it_comes_from(self) -> None:
        for entry in gold_sets().values():
            assert entry.title and entry.split and entry.licence and entry.citation, entry.name
            for source in entry.sources:
                assert source.repository.count("/") == 1
                assert len(source.commit) == 40 and not source.path.startswith("/")
                assert source.sha256 is None or len(source.sha256) == 64
            if entry.sources:
                assert entry.conversion in convert.CONVERSIONS
                assert entry.fingerprint and len(entry.fingerprint) == 64

    def test_another_split_may_take_the_place_of_a_file(self, tmp_path: Path) -> None:
        folder = tmp_path / "benchmarks"
        folder.mkdir()
        sets = gold_sets()
        for name in ("scierc-train.jsonl", "scierc-relations-dev.jsonl", "scierc-relations-train.jsonl"):
            (folder / name).touch()
        with pytest.raises(
            MissingDataError, match=r"scierc-dev\.jsonl does not exist\. .*scripts/data scierc"
        ):
            sets["scierc"].find(tmp_path)
        (folder / "scierc-test.jsonl").touch()
        (folder / "inspec.jsonl").touch()
        (folder / "csfcube-dev.json.gz").touch()
        assert sets["scierc"].find(tmp_path).name == "scierc-test.jsonl"
        assert sets["scierc-relations"].find(tmp_path).name == "scierc-relations-dev.jsonl"
        assert sets["inspec"].find(tmp_path).name == "inspec.jsonl"
        assert sets["csfcube"].find(tmp_path).name == "csfcube-dev.json.gz"
        (folder / "inspec-dev.jsonl").touch()
        with pytest.raises(ValueError, match="several splits of inspec"):
            sets["inspec"].find(tmp_path)

    @pytest.mark.shared
    @pytest.mark.skipif(not BENCHMARKS.is_dir(), reason=f"{BENCHMARKS} does not exist")
    @pytest.mark.parametrize("name", [entry.name for entry in gold_sets().values() if entry.fingerprint])
    def test_fingerprints_are_those_of_the_measured_records(self, name: str) -> None:
        entry = gold_sets()[name]
        content = entry.find(SHARED / "data").read_bytes()
        assert convert.fingerprint(entry.conversion, content) == entry.fingerprint


class TestConversions:
    def test_scierc(self, tmp_path: Path) -> None:
        path = tmp_path / "scierc.jsonl"
        path.write_bytes(convert.convert("scierc", [json_lines(DOCUMENT)]))
        (abstract,) = gold.read_abstracts(path)
        assert abstract.joined.text == "Kettles boil. We use nets for boiling."
        assert abstract.sentences == ((0, 3), (3, 9))
        assert {(abstract.joined.text[a:b], kind) for a, b, kind in abstract.entities} == {
            ("Kettles", "dataset"),
            ("nets", "method"),
            ("boiling", "task"),
        }

    def test_relations_of_scierc(self, tmp_path: Path) -> None:
        path = tmp_path / "relations.jsonl"
        path.write_bytes(convert.convert("scierc-relations", [json_lines(DOCUMENT)]))
        (relation,) = gold.read_marked_relations(path)
        assert relation.text == "We use [[ nets ]] for << boiling >> ."
        assert relation.label == "USED-FOR"

    def test_spans_at_the_end_and_inside_each_other_are_marked(self, tmp_path: Path) -> None:
        document = {
            "sentences": [["deep", "nets"]],
            "ner": [[]],
            "relations": [[[1, 1, 0, 1, "PART-OF"], [0, 0, 1, 1, "USED-FOR"]]],
        }
        path = tmp_path / "relations.jsonl"
        path.write_bytes(convert.convert("scierc-relations", [json_lines(document)]))
        inside, apart = gold.read_marked_relations(path)
        assert inside.text.split() == ["<<", "deep", "[[", "nets", "]]", ">>"]
        assert apart.text.split() == ["[[", "deep", "]]", "<<", "nets", ">>"]

    def test_inspec(self, tmp_path: Path) -> None:
        packed = archive({f"Inspec/docsutf8/{name}": text for name, text in TEXTS.items()})
        train, dev = json.dumps({"9": [["tea"]]}), json.dumps({"12": [["kettles"], ["water boiling"]]})
        path = tmp_path / "inspec.jsonl"
        path.write_bytes(convert.convert("inspec", [packed, train.encode(), dev.encode()]))
        assert gold.read_keyphrases(path) == [
            KeyphrasePaper("inspec/12", "Kettles", "Water boils in kettles.", ("kettles", "water boiling")),
            KeyphrasePaper("inspec/9", "Tea", "", ("tea",)),
        ]

    def test_semeval2017(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        half = tmp_path / "half.txt"
        half.write_text("S0003491615000433\n")
        monkeypatch.setattr(convert, "SEMEVAL_HALF", half)
        files = {f"SemEval2017/docsutf8/{name}": text for name, text in TEXTS.items()}
        packed = archive(files | {"SemEval2017/keys/S0003491615000433.key": "water\n\nboiling  water\n"})
        path = tmp_path / "semeval2017.jsonl"
        path.write_bytes(convert.convert("semeval2017", [packed]))
        (paper,) = gold.read_keyphrases(path)
        assert (paper.title, paper.abstract) == ("", "Water boils.")
        assert paper.keyphrases == ("water", "boiling water")

    def test_csfcube(self, tmp_path: Path) -> None:
        splits = json.dumps({"all": {"fold1_dev": ["1_method"]}}).encode()
        pools = [b"{}", json.dumps(POOLS).encode(), b"{}"]
        content = convert.convert("csfcube", [json_lines(*PAPERS), splits, *pools])
        assert content == convert.convert("csfcube", [json_lines(*PAPERS), splits, *pools])
        path = tmp_path / "csfcube.json.gz"
        path.write_bytes(content)
        collection = gold.read_collection(path)
        assert collection.papers["2"] == ("Paper 2", "One. Two.")
        (query,) = collection.queries
        assert (query.paper, query.facet, dict(query.grades)) == ("1", "method", {"2": 3, "3": 0})

    @pytest.mark.parametrize(
        ("name", "contents", "reason"),
        [
            ("scierc", [b"not json"], "JSONDecodeError"),
            ("scierc", [b'{"tokens": []}'], "sentences"),
            ("inspec", [b"not a zip", b"{}"], "BadZipFile"),
            ("inspec", [archive({}), b'{"7": [["tea"]]}'], "no text of paper 7"),
            ("semeval2017", [archive({})], "no text or no keyphrases of S0003491615000433"),
            (
                "csfcube",
                [b"", b'{"all": {"fold1_dev": ["1_method"]}}', b"{}", json.dumps(POOLS).encode(), b"{}"],
                "3 papers of the pools",
            ),
        ],
    )
    def test_a_file_of_another_form_is_reported(self, name: str, contents: list[bytes], reason: str) -> None:
        with pytest.raises(convert.ConversionError, match=reason):
            convert.convert(name, contents)

    def test_a_fingerprint_depends_neither_on_order_nor_on_ids(self) -> None:
        one = {"id": "1", "title": "Tea", "abstract": "Water  boils.", "keyphrases": ["b", "a"]}
        two = {"id": "2", "title": "Soup", "abstract": "", "keyphrases": []}
        moved = one | {"id": "7", "title": "", "abstract": "tea Water boils.", "keyphrases": ["a", "b"]}
        assert convert.fingerprint("inspec", json_lines(one, two)) == convert.fingerprint(
            "inspec", json_lines(two, moved)
        )
        assert convert.fingerprint("inspec", json_lines(one)) != convert.fingerprint(
            "inspec", json_lines(two)
        )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server of a folder, as GitHub serves raw files: its address and the folder."""
    folder = tmp_path / "web"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", folder
        running.shutdown()
        thread.join()


def put(folder: Path, source: Source, content: bytes) -> None:
    path = folder / source.repository / source.commit / source.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


class TestFetching:
    def test_from_the_network(self, kettle_set: GoldSet, server: tuple[str, Path], tmp_path: Path) -> None:
        address, folder = server
        put(folder, kettle_set.sources[0], json_lines(DOCUMENT))
        fetch = functools.partial(from_network, base=address)
        written = fetch_set(kettle_set, tmp_path / "data", fetch)
        assert written.path == kettle_set.find(tmp_path / "data")
        assert not written.as_published
        assert len(gold.read_abstracts(written.path)) == 1
        # The first download was recorded, and another content is refused.
        (recorded,) = json.loads((tmp_path / "data" / LOCK).read_text()).items()
        assert recorded[0] == "owner/kettles@aaaaaaaaaaaa:data/dev file.json" and len(recorded[1]) == 64
        put(folder, kettle_set.sources[0], json_lines(DOCUMENT, DOCUMENT))
        with pytest.raises(FetchError, match="has the SHA-256"):
            fetch_set(kettle_set, tmp_path / "data", fetch)

    def test_failures_of_the_network(
        self, kettle_set: GoldSet, server: tuple[str, Path], tmp_path: Path
    ) -> None:
        (source,) = kettle_set.sources
        with pytest.raises(FetchError, match="cannot be downloaded: HTTP status 404"):
            from_network(source, server[0])
        with pytest.raises(FetchError, match=r"cannot be downloaded: .*refused"):
            from_network(source, "http://127.0.0.1:1")
        put(server[1], source, b"not json")
        with pytest.raises(FetchError, match="scierc cannot be converted: JSONDecodeError"):
            fetch_set(kettle_set, tmp_path / "data", functools.partial(from_network, base=server[0]))
        assert not (tmp_path / "data" / kettle_set.file).exists()

    def test_a_hash_of_the_manifest_counts(self, tmp_path: Path) -> None:
        source = Source("owner/kettles", "a" * 40, "dev.json", "0" * 64)
        wrong = GoldSet("x", "x.jsonl", "", "", "", "", "scierc", None, (source,), "")
        with pytest.raises(FetchError, match=f"the manifest says {'0' * 64}"):
            fetch_set(wrong, tmp_path, lambda _: b"")

    @pytest.mark.parametrize("name", ["kettles", "owner/kettles"])
    def test_from_a_folder_of_files(self, kettle_set: GoldSet, tmp_path: Path, name: str) -> None:
        (source,) = kettle_set.sources
        path = tmp_path / name / source.path
        path.parent.mkdir(parents=True)
        path.write_bytes(b"content")
        assert from_checkouts(source, tmp_path) == b"content"
        path.unlink()
        with pytest.raises(FetchError, match=r"has no data/dev file\.json"):
            from_checkouts(source, tmp_path)
        with pytest.raises(FetchError, match="no checkout of https://github"):
            from_checkouts(source, tmp_path / "elsewhere")

    def test_a_git_checkout_gives_the_pinned_commit(self, tmp_path: Path) -> None:
        checkout = tmp_path / "kettles"
        checkout.mkdir()

        def git(*arguments: str) -> str:
            identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
            command = ["git", "-C", str(checkout), *identity, *arguments]
            return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

        git("init", "--quiet")
        (checkout / "dev.json").write_text("first")
        git("add", ".")
        git("commit", "--quiet", "-m", "first")
        pinned = git("rev-parse", "HEAD")
        (checkout / "dev.json").write_text("second")
        assert from_checkouts(Source("owner/kettles", pinned, "dev.json", None), tmp_path) == b"first"
        assert from_checkouts(Source("owner/kettles", "a" * 40, "dev.json", None), tmp_path) == b"second"


def fetched(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "data", *arguments], capture_output=True, text=True
    )


class TestCommand:
    def test_missing_sets_are_named(self, tmp_path: Path) -> None:
        ran = fetched("scierc", "csfcube", "corpus", "--data", tmp_path, "--checkouts", tmp_path)
        assert ran.returncode == 2 and "Traceback" not in ran.stderr
        for reason in ("allenai/scibert", "iesl/CSFCube", "corpus cannot be fetched"):
            assert reason in ran.stderr

    def test_a_set_is_fetched_once(self, tmp_path: Path) -> None:
        (source,) = gold_sets()["scierc"].sources
        path = tmp_path / "scibert" / source.path
        path.parent.mkdir(parents=True)
        path.write_bytes(json_lines(DOCUMENT))
        arguments = ("scierc", "--data", tmp_path / "data", "--checkouts", tmp_path)
        ran = fetched(*arguments)
        assert ran.returncode == 0 and "written to" in ran.stderr
        assert "not comparable" in ran.stderr
        ran = fetched(*arguments)
        assert ran.returncode == 0 and "already in" in ran.stderr

    def test_the_list_has_licences_and_citations(self, tmp_path: Path) -> None:
        ran = fetched("--list", "--data", tmp_path)
        assert ran.returncode == 0
        for text in ("CC BY-NC 4.0", "EMNLP 2018", "https://github.com/allenai/scibert", "missing from"):
            assert text in ran.stdout

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [(("tea",), "unknown sets: tea"), (("--url", "ftp://x"), "must start with http")],
    )
    def test_wrong_usage(self, arguments: tuple[str, ...], message: str) -> None:
        ran = fetched(*arguments)
        assert ran.returncode == 2 and message in ran.stderr


class TestAuthorKeywords:
    def test_a_fifth_is_for_evaluation(self) -> None:
        share = sum(is_for_evaluation(f"paper/{number}") for number in range(5000)) / 5000
        assert 0.18 < share < 0.23
        # A paper that was trained on must not be evaluated on later.
        assert [is_for_evaluation(f"paper/{number}") for number in range(8)] == FIRST

    def test_taxonomy_entries_are_not_keywords_of_authors(self, tmp_path: Path) -> None:
        rows = [
            {"id": f"paper/{number}", "title": "T", "abstract": "A", "keywords": keywords}
            for number, keywords in ((2, ["tea"]), (6, ["Food: Tea", "soup"]), (0, ["tea"]), (6, []))
        ]
        path = tmp_path / "papers.jsonl.gz"
        path.write_bytes(gzip.compress(json_lines(*rows)))
        assert [paper.id for paper in gold.author_keywords(path, 10)] == ["paper/2"]


FIRST = [False, False, True, False, False, False, True, False]
