"""Conversion of gold sets from the form they are published in to the form of ``gold.py``.

Each conversion takes the contents of the files that the manifest lists for the set, in that
order, and returns the content of the converted file. It raises ConversionError if a file is not
of the expected form.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

Conversion = Callable[[Sequence[bytes]], bytes]

SEMEVAL_HALF = Path(__file__).with_name("semeval2017-half.txt")
"""The ids of the half of SemEval 2017 that is used for development."""


class ConversionError(Exception):
    """A file is not of the form that its conversion expects."""


def scierc(contents: Sequence[bytes]) -> bytes:
    """Convert entities of SciERC: sentence by sentence, with ends that are inclusive."""
    (raw,) = contents
    rows = []
    for number, document in enumerate(_json_lines(raw)):
        sentences, first = [], 0
        for sentence in document["sentences"]:
            sentences.append([first, first + len(sentence)])
            first += len(sentence)
        rows.append(
            {
                "id": f"scierc/{number}",
                "tokens": [token for sentence in document["sentences"] for token in sentence],
                "sentences": sentences,
                "entities": [
                    [start, last + 1, type_]
                    for entities in document["ner"]
                    for start, last, type_ in entities
                ],
            }
        )
    return _write_lines(rows)


def scierc_relations(contents: Sequence[bytes]) -> bytes:
    """Convert relations of SciERC to sentences with a marked head and tail."""
    (raw,) = contents
    rows = []
    for document in _json_lines(raw):
        first = 0
        for sentence, relations in zip(document["sentences"], document["relations"], strict=True):
            for head, head_last, tail, tail_last, label in relations:
                marks = [(head, "[["), (head_last + 1, "]]"), (tail, "<<"), (tail_last + 1, ">>")]
                rows.append({"text": _marked(sentence, first, marks), "label": label})
            first += len(sentence)
    return _write_lines(rows)


def _marked(sentence: Sequence[str], first: int, marks: Iterable[tuple[int, str]]) -> str:
    """Return a sentence whose first token has the index ``first``, with a mark before some tokens."""
    words: list[str] = []
    before: dict[int, list[str]] = {}
    for index, mark in sorted(marks, key=lambda entry: (entry[0], entry[1] not in ("]]", ">>"))):
        before.setdefault(index, []).append(mark)
    for index, token in enumerate(sentence, start=first):
        words += [*before.get(index, ()), token]
    return " ".join([*words, *before.get(first + len(sentence), ())])


def inspec(contents: Sequence[bytes]) -> bytes:
    """Convert Inspec: an archive with one text a paper, and the uncontrolled keyphrases of some splits.

    The first line of a text is the title. Only papers with keyphrases in one of the
    splits are converted.
    """
    archive, *references = contents
    texts = _archived(archive, "docsutf8/", ".txt")
    rows = []
    for id_, phrases in (
        (id_, phrases) for split in references for id_, phrases in json.loads(split).items()
    ):
        if id_ not in texts:
            raise ConversionError(f"the archive has no text of paper {id_}")
        title, _, abstract = texts[id_].strip().partition("\n")
        rows.append(
            {
                "id": f"inspec/{id_}",
                "title": " ".join(title.split()),
                "abstract": " ".join(abstract.split()),
                "keyphrases": [phrase for variants in phrases for phrase in variants[:1]],
            }
        )
    return _write_lines(sorted(rows, key=lambda row: str(row["id"])))


def semeval2017(contents: Sequence[bytes]) -> bytes:
    """Convert the development half of SemEval 2017: an archive with texts and keyphrases, without titles."""
    (archive,) = contents
    texts, keys = _archived(archive, "docsutf8/", ".txt"), _archived(archive, "keys/", ".key")
    rows = []
    for id_ in SEMEVAL_HALF.read_text(encoding="utf-8").split():
        if id_ not in texts or id_ not in keys:
            raise ConversionError(f"the archive has no text or no keyphrases of {id_}")
        phrases = [" ".join(line.split()) for line in keys[id_].splitlines()]
        rows.append(
            {
                "id": f"semeval2017/{id_}",
                "title": "",
                "abstract": " ".join(texts[id_].split()),
                "keyphrases": [phrase for phrase in phrases if phrase],
            }
        )
    return _write_lines(rows)


def csfcube(contents: Sequence[bytes]) -> bytes:
    """Convert the development queries of the first fold of CSFCube.

    The files are the papers, the splits, and the graded pools of each facet.
    """
    papers, splits, *pools = contents
    facets = [(facet, json.loads(pool)) for facet, pool in zip(FACETS, pools, strict=True)]
    graded = {
        f"{paper}_{facet}": {"cands": pool["cands"], "rel": pool["relevance_adju"]}
        for facet, queries in facets
        for paper, pool in queries.items()
    }
    queries = {key: graded[key] for key in sorted(json.loads(splits)["all"]["fold1_dev"])}
    wanted = {paper for pool in queries.values() for paper in pool["cands"]}
    wanted |= {key.rpartition("_")[0] for key in queries}
    converted = {
        str(paper["paper_id"]): {
            "title": paper["title"],
            "abstract": [["", sentence] for sentence in paper["abstract"]],
        }
        for paper in _json_lines(papers)
        if str(paper["paper_id"]) in wanted
    }
    if missing := sorted(wanted - converted.keys()):
        raise ConversionError(f"{len(missing)} papers of the pools have no abstract, as {missing[0]}")
    document = {"papers": converted, "queries": queries}
    # Without a time in the header, equal content gives an equal file.
    return gzip.compress(json.dumps(document, ensure_ascii=False).encode(), mtime=0)


FACETS = ("background", "method", "result")
"""The facets of CSFCube, in the order in which the manifest lists their pools."""

CONVERSIONS: Mapping[str, Conversion] = {
    "scierc": scierc,
    "scierc-relations": scierc_relations,
    "inspec": inspec,
    "semeval2017": semeval2017,
    "csfcube": csfcube,
}


def convert(name: str, contents: Sequence[bytes]) -> bytes:
    """Run a conversion by its name. Raises ConversionError if a file is not of the expected form."""
    try:
        return CONVERSIONS[name](contents)
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise ConversionError(f"{type(error).__name__}: {error}") from error


def fingerprint(name: str, content: bytes) -> str:
    """Return a hash of the records of a converted set that depends neither on their order nor on ids."""
    if name == "csfcube":
        document = json.loads(gzip.decompress(content))
        texts = {
            id_: _flat(paper["title"], *(sentence for _, sentence in paper["abstract"]))
            for id_, paper in document["papers"].items()
        }
        rows: list[object] = [
            [key, texts[key.rpartition("_")[0]], sorted(zip(pool["cands"], pool["rel"], strict=True))]
            for key, pool in document["queries"].items()
        ]
        rows += sorted(texts.items())
    else:
        rows = [_content_of(row) for row in _json_lines(content)]
    lines = sorted(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
    return sha256("\n".join(lines).encode()).hexdigest()


def _content_of(row: Mapping[str, Any]) -> object:
    if "keyphrases" in row:
        return [_flat(row["title"], row["abstract"]), sorted(map(_flat, row["keyphrases"]))]
    if "entities" in row:
        return [row["tokens"], sorted(map(list, row["entities"]))]
    return [row["text"], row["label"]]


def _flat(*texts: str) -> str:
    return " ".join(" ".join(texts).lower().split())


def _archived(content: bytes, folder: str, suffix: str) -> dict[str, str]:
    """Return the text of each file in a folder of an archive, by its name without the suffix."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            Path(name).stem: archive.read(name).decode("utf-8", errors="replace")
            for name in archive.namelist()
            if folder in name and name.endswith(suffix)
        }


def _json_lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.decode("utf-8").splitlines() if line.strip()]


def _write_lines(rows: Iterable[Mapping[str, object]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
