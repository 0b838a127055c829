"""Daily Papers pages saved as HTML."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest

from kgraph.errors import InputError
from kgraph.sources import read

HEAD = "<!DOCTYPE html>\n<html><head><title>Daily Papers - Hugging Face</title></head><body>\n"
ARTICLES = """<article><a href="/papers/2104.00001"><img alt="x"></a>
<div>Submitted by <span>akx</span></div>
<h3><a href="/papers/2104.00001?x=1">Tide pools &amp; slow <b>computers</b></a></h3>
<p>Pools keep water
between tides.</p></article>
<article><h3><a href="https://huggingface.co/papers/2104.00002">Crabs that count</a></h3></article>
<article><h3><a href="/blog/x">An article of the blog</a></h3></article>
"""
PAPER = {
    "paper": {
        "id": "2104.00001",
        "title": "Tide pools",
        "summary": "Pools keep water.",
        "authors": [{"name": "Inga Aalto"}],
        "publishedAt": "2021-04-09T00:00:00.000Z",
        "upvotes": 3,
    },
    "numComments": 2,
}


def outcome(tmp_path: Path, text: str) -> list[Any]:
    file = tmp_path / "page.html"
    file.write_text(text, encoding="utf-8")
    return list(read([file]))


def page_with_data(props: str) -> str:
    data = f'<div class="x" data-target="DailyPapers" data-props="{html.escape(props)}"></div>'
    return f"{HEAD}{data}{ARTICLES}</body></html>"


def test_the_data_of_a_page(tmp_path: Path) -> None:
    (paper,) = outcome(tmp_path, page_with_data(json.dumps({"dailyPapers": [PAPER, {"no": "paper"}]})))
    assert (paper.id, paper.arxiv, paper.title) == ("2104.00001", "2104.00001", "Tide pools")
    assert (paper.abstract, paper.authors) == ("Pools keep water.", ("Inga Aalto",))
    assert (paper.date, paper.comments) == ("2021-04-09", 2)


@pytest.mark.parametrize("props", [None, "{", "[]", '{"dailyPapers": null}', "[" * 100_000])
def test_the_articles_of_a_page(tmp_path: Path, props: str | None) -> None:
    text = HEAD + ARTICLES if props is None else page_with_data(props)
    first, second = outcome(tmp_path, text)
    assert (first.id, first.title) == ("2104.00001", "Tide pools & slow computers")
    assert first.abstract == "Pools keep water between tides."
    assert (second.arxiv, second.title, second.abstract) == ("2104.00002", "Crabs that count", "")


def test_pages_without_papers(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a page of Hugging Face without papers"):
        outcome(tmp_path, HEAD)
    with pytest.raises(InputError, match="looks like an HTML page"):
        outcome(tmp_path, HEAD.replace("Daily Papers - Hugging Face", "My papers") + ARTICLES)
