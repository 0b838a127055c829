"""The pages in Chromium: no requests, no text of a paper runs, the keyboard reaches everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from view_graphs import HOSTILE, all_pages

from kgraph.model import Node, NodeBatch
from kgraph.store import GraphStore, open_store
from kgraph.view import view
from kgraph.view.legend import node_kinds

pytestmark = pytest.mark.browser
KINDS = ("paper", "concept", "path", "topic", "map")

WATCH = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.broken.push(`${event.violatedDirective} ${event.sourceFile}`);
});
"""


@pytest.fixture(scope="module")
def files(store: GraphStore, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return _written(store, tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def hostile_files(hostile: GraphStore, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return _written(hostile, tmp_path_factory.mktemp("hostile"))


def _written(store: GraphStore, folder: Path) -> dict[str, Path]:
    for name, page in all_pages(store).items():
        (folder / f"{name}.html").write_text(page.html, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in KINDS}


@contextmanager
def opened(browser: Any, file: Path, **options: Any) -> Iterator[Any]:
    """Open a page. The test fails on any request, console message, dialog, pop-up or violation of the policy."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
    tuples_of: list[str] = []
    heard: list[str] = []

    def only_the_file(route: Any) -> None:
        tuples_of.append(route.request.url)
        if route.request.url == file.as_uri():
            route.continue_()
        else:
            route.abort()

    def refuse(dialog: Any) -> None:
        heard.append("dialog")
        dialog.dismiss()

    try:
        context.route("**/*", only_the_file)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.on("request", lambda request: tuples_of.append(request.url))
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("dialog", refuse)
        page.on("popup", lambda popup: heard.append(f"popup {popup.url}"))
        page.goto(file.as_uri())
        page.wait_for_timeout(150)
        yield page
        assert page.evaluate("window.ran") is None
        assert page.evaluate("window.broken") == []
        assert page.url == file.as_uri()
        assert heard == []
        assert set(tuples_of) == {file.as_uri()}
    finally:
        context.close()


def search(page: Any, text: str) -> None:
    page.locator("#query").fill(text)
    page.locator("#results li").first.wait_for()


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_works_alone(browser: Any, files: dict[str, Path], kind: str) -> None:
    with opened(browser, files[kind]) as page:
        assert page.locator("#title").text_content()
        canvas = page.locator("#drawing canvas")
        assert canvas.count() == 1
        drawn = canvas.evaluate(
            "(canvas) => new Set(new Uint32Array(canvas.getContext('2d')"
            ".getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"
        )
        assert drawn > 20
        search(page, "e")
        name = page.locator("#results li").first.evaluate("(row) => row.firstChild.textContent")
        page.locator("#results li").first.click()
        assert page.locator("#details h2").text_content() == name
        # The name of a neighbour opens that neighbour.
        other = page.locator("#details .go").first.text_content()
        page.locator("#details .go").first.click()
        assert page.locator("#details h2").text_content() == other
        page.locator("label[for=by-topic]").click()
        page.locator("label[for=by-kind]").click()
        for button in ("#zoom-in", "#zoom-out", "#fit"):
            page.locator(button).click()
        page.mouse.move(800, 400)
        page.mouse.wheel(0, -300)
        page.mouse.down()
        page.mouse.move(700, 380, steps=3)
        page.mouse.up()
        page.wait_for_timeout(50)


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_a_paper_runs(browser: Any, hostile_files: dict[str, Path], kind: str) -> None:
    with opened(browser, hostile_files[kind]) as page:
        count = page.evaluate("document.querySelectorAll('#legend label').length")
        for box in range(count):
            page.locator("#legend input").nth(box).check()
        for text in ("script", "img", "{{7*7}}", "href", "javascript:"):
            page.locator("#query").fill(text)
        page.locator("#query").fill("")
        page.locator("#drawing").focus()
        seen = set()
        for _ in range(8):
            page.keyboard.press("]")
            seen.add(page.locator("#details h2").text_content())
            for more in page.locator("#details .more").all():
                if more.is_visible():
                    more.click()
            for link in page.locator("#details a").all():
                assert link.get_attribute("href").startswith("https://example.org/")
                assert link.get_attribute("rel") == "noopener noreferrer"
            page.locator("#drawing").focus()
        assert seen <= {*HOSTILE, *(text.strip() for text in HOSTILE)}
        assert len(seen) >= 2
        page.keyboard.press("Escape")
        page.locator("#fit").click()
        for x in range(330, 1260, 110):
            for y in (150, 300, 400, 520, 650):
                page.mouse.move(x, y)
        page.mouse.click(784, 400)
        page.locator("label[for=by-topic]").click()
        assert page.evaluate("document.querySelectorAll('img, iframe, object, embed').length") == 0
        assert page.evaluate("document.scripts.length") == (2 if kind == "map" else 4)


def test_the_panel_shows_text_literally(browser: Any, hostile_files: dict[str, Path]) -> None:
    with opened(browser, hostile_files["map"]) as page:
        search(page, "window.ran=1</script>")
        page.locator("#results li", has_text="Paper").first.click()
        shown = page.locator("#details").text_content()
        for text in (
            "<img src=x onerror=window.ran=1>",
            "{{7*7}}",
            "{% raw %} {% endraw %}",
            "${window.ran=1}",
            "<!-- <script> -->",
        ):
            assert text in shown
        assert page.locator("#details blockquote").count() > 3


def test_search_click_panel_and_filters(browser: Any, store: GraphStore, files: dict[str, Path]) -> None:
    row = store.query("MATCH (p:Paper {id: 'p00007'}) RETURN p.title AS title, p.abstract AS abstract").rows[
        0
    ]
    with opened(browser, files["map"]) as page:
        search(page, "paper 7")
        page.keyboard.press("Enter")
        assert page.locator("#details h2").text_content() == row["title"]
        assert page.locator("#details .abstract").text_content() == row["abstract"]
        assert page.locator("#details a").get_attribute("href") == "https://example.org/7"
        assert "2025-08-08" in page.locator("#details .facts").text_content()
        assert page.locator("#details blockquote mark").count() > 3
        page.keyboard.press("Escape")
        assert not page.locator("#panel").is_visible()
        assert not page.locator('#legend input[data-name="Author"]').is_checked()
        before = page.locator("#drawing canvas").screenshot()
        page.locator('#legend input[data-name="Author"]').check()
        page.wait_for_timeout(100)
        shown = page.locator("#drawing canvas").screenshot()
        assert shown != before
        page.locator('#legend input[data-name="Author"]').uncheck()
        page.wait_for_timeout(100)
        assert page.locator("#drawing canvas").screenshot() == before


def test_the_panel_of_a_result_has_its_figures_and_sentence(browser: Any, files: dict[str, Path]) -> None:
    with opened(browser, files["map"]) as page:
        search(page, "% on")
        page.keyboard.press("Enter")
        name = page.locator("#details h2").text_content()
        parts = re.fullmatch(r"(.+) (\d+)% on (.+)", name)
        assert parts
        metric, value, dataset = parts.groups()
        facts = page.locator("#details .facts").text_content()
        assert facts == f"Metric{metric}Value{value}%Data set{dataset}"
        quote = page.locator("#details > blockquote")
        assert quote.text_content() == f"We reach {value} percent {metric} on {dataset}."
        assert quote.locator("mark").text_content() == f"{value} percent"
        headings = page.locator("#details h3").evaluate_all(
            "(all) => all.map((h) => h.firstChild.textContent)"
        )
        assert headings == ["Reported by", "Metric", "Data set"]
        assert page.locator('#legend input[data-name="Result"]').is_checked()


def test_filters_hide_nodes_of_vis_network(browser: Any, files: dict[str, Path]) -> None:
    with opened(browser, files["paper"]) as page:
        before = page.locator("#drawing canvas").screenshot()
        page.locator('#legend input[data-name="Author"]').uncheck()
        page.wait_for_timeout(100)
        assert page.locator("#drawing canvas").screenshot() != before
        # Choosing a hidden node from the search shows its kind.
        search(page, "Eva")
        page.keyboard.press("Enter")
        assert page.locator('#legend input[data-name="Author"]').is_checked()


@pytest.mark.parametrize("kind", ["paper", "map"])
def test_a_click_on_a_node_opens_its_panel(browser: Any, files: dict[str, Path], kind: str) -> None:
    with opened(browser, files[kind]) as page:
        if kind == "paper":
            page.mouse.click(784, 400)
            assert page.locator("#details h2").text_content() == page.locator("#title").text_content()
        else:
            search(page, "continual learning")
            page.keyboard.press("Enter")
            page.locator("#close").click()
            # A chosen node moves to the middle of the area beside the panel.
            page.mouse.click(784 - 372 / 2, 400)
            assert page.locator("#details h2").text_content() == "continual learning"
        page.mouse.click(330, 30)
        assert not page.locator("#panel").is_visible()


@pytest.mark.parametrize("kind", ["path", "map"])
def test_the_keyboard_reaches_everything(browser: Any, files: dict[str, Path], kind: str) -> None:
    with opened(browser, files[kind]) as page:
        reached = []
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate(
                    "(() => { const at = document.activeElement;"
                    " return at.id || at.dataset.name || at.className || at.tagName; })()"
                )
            )
            if "fit" in reached:
                break
        assert {"query", "by-kind", "Paper", "SUMMARY", "drawing", "zoom-in", "zoom-out", "fit"} <= set(
            reached
        )
        page.keyboard.press("/")
        page.keyboard.type("o")
        page.keyboard.press("ArrowDown")
        chosen = page.locator('#results [aria-selected="true"]').evaluate(
            "(row) => row.firstChild.textContent"
        )
        page.keyboard.press("Enter")
        assert page.locator("#details h2").text_content() == chosen
        assert page.evaluate("document.activeElement.id") == "panel"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "close"
        while page.evaluate("document.activeElement.className") != "go":
            page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
        other = page.evaluate("document.activeElement.textContent")
        page.keyboard.press("Enter")
        assert page.locator("#details h2").text_content() == other
        page.keyboard.press("Escape")
        assert not page.locator("#panel").is_visible()
        page.locator("#drawing").focus()
        for key in ("ArrowLeft", "ArrowUp", "+", "-", "0", "]", "["):
            page.keyboard.press(key)
        assert page.locator("#panel").is_visible()
        assert "linked to" in page.locator("#status").text_content()


def test_a_path_in_the_list_is_shown(browser: Any, files: dict[str, Path]) -> None:
    with opened(browser, files["path"]) as page:
        first = page.locator("#route-list button").first
        before = page.locator("#drawing canvas").screenshot()
        first.click()
        assert first.get_attribute("aria-pressed") == "true"
        page.wait_for_timeout(100)
        assert page.locator("#drawing canvas").screenshot() != before
        page.keyboard.press("Escape")
        assert first.get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("kind", ["concept", "map"])
def test_a_narrow_dark_screen(browser: Any, files: dict[str, Path], kind: str) -> None:
    with opened(browser, files[kind], viewport={"width": 400, "height": 780}, color_scheme="dark") as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        search(page, "learning")
        page.keyboard.press("Enter")
        box = page.locator("#panel").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 400


def test_labels_never_cover_each_other(browser: Any, tmp_path: Path, store: GraphStore) -> None:
    file = tmp_path / "map.html"
    file.write_text(view(store).html, encoding="utf-8")
    with opened(browser, file) as page:
        page.add_init_script(
            """
            window.texts = [];
            const fillText = CanvasRenderingContext2D.prototype.fillText;
            CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
              const half = this.measureText(text).width / 2;
              window.texts.push([x - half, y - 5, x + half, y + 5]);
              return fillText.call(this, text, x, y);
            };
            """
        )
        page.reload()
        page.wait_for_timeout(150)
        page.evaluate("window.texts.length = 0")
        page.locator("#fit").click()
        page.wait_for_timeout(150)
        boxes = page.evaluate("window.texts")
        assert len(boxes) > 10
        for index, one in enumerate(boxes):
            for two in boxes[:index]:
                apart = one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]
                assert apart, (one, two)


def test_swatches_have_the_colours_of_the_schema(browser: Any, files: dict[str, Path]) -> None:
    colours = {kind.name: kind.colour for kind in node_kinds()}
    with opened(browser, files["map"], color_scheme="light") as page:
        shown = page.locator("#legend label").evaluate_all(
            "(rows) => rows.map((row) => [row.querySelector('input').dataset.name,"
            " row.querySelector('path').getAttribute('fill')])"
        )
    assert len(shown) > 8
    assert dict(shown) == {name: colours[name] for name, _ in shown}


def test_valid_identifiers_of_a_paper_are_links(browser: Any, tmp_path: Path) -> None:
    identifiers = {"doi": "10.1000/a(b)", "arxiv": "<b onclick=window.ran=1>", "pmid": "17"}
    paper = Node("a", {"name": "Replay", "title": "Replay", "venue": HOSTILE[0], **identifiers})
    store = open_store(tmp_path / "graph.kg")
    store.replace([NodeBatch("Paper", [paper])], [])
    target = tmp_path / "page.html"
    target.write_text(view(store, paper="a").html, encoding="utf-8")
    store.close()
    with opened(browser, target) as page:
        search(page, "Replay")
        page.keyboard.press("Enter")
        links = page.locator("#details .facts a").evaluate_all(
            "(all) => all.map((a) => [a.textContent, a.href, a.rel])"
        )
        cells = page.locator("#details .facts dd").all_text_contents()
    assert links == [
        ["10.1000/a(b)", "https://doi.org/10.1000/a%28b%29", "noopener noreferrer"],
        ["17", "https://pubmed.ncbi.nlm.nih.gov/17/", "noopener noreferrer"],
    ]
    assert cells == [HOSTILE[0], *identifiers.values()]
