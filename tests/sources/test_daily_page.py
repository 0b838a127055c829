from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from runs import SHARED

from kgraph.errors import InputError
from kgraph.model import Notice, Organization, Paper, Rejection
from kgraph.sources import read
from kgraph.sources.cleaning import clean_phrase

SEED_PAGE = SHARED / "data" / "daily-papers.txt"

HEADER = """new

Get trending papers in your email inbox!

Subscribe

Daily Papers

byAK and the research community

Dec 16

"""
LONG = (
    "Sorting laundry is harder for machines than it looks, because cloth folds in ways that no camera "
    "sees. We train a gripper to feel the hem of a shirt and show that touch alone suffices for eight "
    "in ten garments. The gripper needs no map of the garment and learns within an afternoon."
)
OTHER = (
    "Rivers carry more sediment than current models predict. This paper measures the load of forty "
    "streams over two winters and finds that storms account for most of the gap. A simple correction "
    "brings the predictions within ten percent of what was observed."
)


def page(tmp_path: Path, text: str, name: str = "page.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def papers(path: Path, year: int | None = None) -> list[Paper]:
    return [item for item in read([path], page_year=year) if isinstance(item, Paper)]


def notices(path: Path, year: int | None = None) -> list[str]:
    return [item.text for item in read([path], page_year=year) if isinstance(item, Notice)]


def single(tmp_path: Path, text: str, year: int | None = None) -> Paper:
    found = papers(page(tmp_path, text), year)
    assert len(found) == 1, [paper.title for paper in found]
    return found[0]


# The bundled sample, and the page that kgraph was made for.


SAMPLE = Path(__file__).parents[2] / "kgraph" / "sample" / "papers.txt"
SAMPLE_VALUES = {
    "Overcoming catastrophic forgetting in neural networks": (14, "2016-12-02", None, ()),
    "Extracting Training Data from Large Language Models": (12, "2020-12-14", None, ()),
    "How much do language models memorize?": (8, "2025-05-30", None, ()),
}


def test_the_sample_has_40_papers_with_the_titles_and_abstracts_of_its_lines() -> None:
    found = papers(SAMPLE)
    lines = set(SAMPLE.read_text(encoding="utf-8").splitlines())
    assert len({paper.id for paper in found}) == 40
    assert all(paper.title in lines and paper.abstract in lines for paper in found)
    assert all(len(paper.abstract) > 300 and paper.source == "papers.txt" for paper in found)


@pytest.mark.parametrize("title", SAMPLE_VALUES)
def test_values_of_the_sample(title: str) -> None:
    paper = next(paper for paper in papers(SAMPLE) if paper.title == title)
    assert (paper.author_count, paper.date, paper.comments, paper.organizations) == SAMPLE_VALUES[title]


def test_papers_of_the_sample_lack_some_lines() -> None:
    found = papers(SAMPLE)
    assert any(paper.organizations and paper.author_count is None for paper in found)
    assert any(paper.date is None for paper in found)


def test_the_sample_says_which_year_was_inferred() -> None:
    (text,) = notices(SAMPLE)
    assert "2025 (inferred: the year after 2024" in text


@pytest.fixture(scope="module")
def seed() -> list[Paper]:
    if not SEED_PAGE.exists():
        pytest.skip(f"{SEED_PAGE} is not there")
    return papers(SEED_PAGE)


SEED_VALUES = {
    "In-Context Learning Strategies Emerge Rationally": (6, "2025-06-21", 1),
    "The Memorization Problem: Can We Trust LLMs' Economic Forecasts?": (3, "2025-04-20", None),
    "Unforgettable Generalization in Language Models": (3, "2024-09-03", None),
    "What learning algorithm is in-context learning? Investigations with linear models": (5, "2022-11-28", None),
    "Long-Term Ad Memorability: Understanding and Generating Memorable Ads": (8, "2023-09-01", 1),
    "Titans: Learning to Memorize at Test Time": (3, "2024-12-31", 3),
    "Does Learning Require Memorization? A Short Tale about a Long Tail": (1, "2019-06-12", None),
    "Extracting alignment data in open models": (None, "2025-10-21", 5),
    "Retrospective Reader for Machine Reading Comprehension": (3, "2020-01-27", None),
    "Memory Retrieval and Consolidation in Large Language Models through Function Tokens": (None, None, None),
    "Hubble: a Model Suite to Advance the Study of LLM Memorization": (10, "2025-10-22", None),
    "Pretraining with hierarchical memories: separating long-tail and common knowledge": (None, "2025-09-29", 2),
    "VOCABTRIM: Vocabulary Pruning for Efficient Speculative Decoding in LLMs": (None, None, None),
    "Copyright Traps for Large Language Models": (4, "2024-02-14", None),
    "Memorized Images in Diffusion Models share a Subspace that can be Located and Deleted": (5, "2024-06-01", None),
}  # fmt: skip


def test_seed_page_has_39_papers_with_abstracts(seed: list[Paper]) -> None:
    assert len(seed) == 39
    assert len({paper.id for paper in seed}) == 39
    assert all(1300 < len(paper.abstract) < 2000 for paper in seed)
    assert all(paper.source == "daily-papers.txt" for paper in seed)
    lines = set(SEED_PAGE.read_text(encoding="utf-8").splitlines())
    assert all(paper.title in lines and paper.abstract in lines for paper in seed)


@pytest.mark.parametrize("title", SEED_VALUES)
def test_seed_page_values(seed: list[Paper], title: str) -> None:
    paper = next(paper for paper in seed if paper.title == title)
    assert (paper.author_count, paper.date, paper.comments) == SEED_VALUES[title]


def test_seed_page_organizations(seed: list[Paper]) -> None:
    found = {paper.title[:10]: paper.organizations for paper in seed if paper.organizations}
    assert found == {
        "Extracting": (Organization("google", "Google"),),
        "Pretrainin": (Organization("apple", "Apple"),),
    }


def test_seed_page_says_which_year_it_took() -> None:
    if not SEED_PAGE.exists():
        pytest.skip(f"{SEED_PAGE} is not there")
    (text,) = notices(SEED_PAGE)
    assert "14 date(s)" in text and "2025" in text and "inferred" in text and "2024" in text


# Forms of one paper.


@pytest.mark.parametrize(
    ("meta", "authors", "organization", "date", "comments"),
    [
        ("  • 6 authors\n·\nJun 21, 2024 1\n", 6, None, "2024-06-21", 1),
        ("• 1 author\n·\nSep 3, 2024\n", 1, None, "2024-09-03", None),
        ("  • 1,204 authors\n·\nSep 3, 2024 1,024\n", 1204, None, "2024-09-03", 1024),
        ("google Google\n·\nOct 21, 2024 5\n", None, ("google", "Google"), "2024-10-21", 5),
        ("ByteDance-Seed ByteDance Seed\n·\nMay 1, 2024\n", None, ("ByteDance-Seed", "ByteDance Seed"), "2024-05-01", None),
        ("facebook AI at Meta\n·\nMay 1, 2024\n", None, ("facebook", "AI at Meta"), "2024-05-01", None),
        ("nvidia NVIDIA\n  • 7 authors\n·\nMay 1, 2024\n", 7, ("nvidia", "NVIDIA"), "2024-05-01", None),
        ("  • 7 authors\nnvidia NVIDIA\n·\nMay 1, 2024\n", 7, ("nvidia", "NVIDIA"), "2024-05-01", None),
        ("  • 7 authors\n·\nMarch 1, 2024\n", 7, None, "2024-03-01", None),
        ("  • 7 authors · Mar 1, 2024 2\n", 7, None, "2024-03-01", 2),
        ("nvidia NVIDIA • 7 authors · Mar 1, 2024 2\n", 7, ("nvidia", "NVIDIA"), "2024-03-01", 2),
        ("  • 7 authors\n\n·\n\nMar 1, 2024\n", 7, None, "2024-03-01", None),
        ("  • 7 authors\n", 7, None, None, None),
        ("  • 7 authors\n·\n5\n", 7, None, None, 5),
        ("  • 7 authors\n·\n1 Mar 2024 2\n", 7, None, "2024-03-01", 2),
        ("Mar 1, 2024\n", None, None, "2024-03-01", None),
        ("", None, None, None, None),
    ],
)  # fmt: skip
def test_lines_after_the_abstract(
    tmp_path: Path,
    meta: str,
    authors: int | None,
    organization: tuple[str, str] | None,
    date: str | None,
    comments: int | None,
) -> None:
    paper = single(tmp_path, f"{HEADER}Folding Shirts by Touch\n\n{LONG}\n\n{meta}")
    assert (paper.title, paper.abstract) == ("Folding Shirts by Touch", LONG)
    expected = (Organization(*organization),) if organization else ()
    assert (paper.author_count, paper.organizations, paper.date, paper.comments) == (
        authors, expected, date, comments
    )  # fmt: skip
    assert paper.year == (2024 if date else None)


@pytest.mark.parametrize(
    "title",
    [
        "Can a Gripper Fold?",
        "Fold it now!",
        "Touch is all you need.",
        "fold2vec: shirts as vectors",
        "3D Shirts from 2D Hems",
        "Datasets",
        "Folding",
        "How should we fold? A survey",
        "Shirts, Hems. And the rest",
        "<script>alert('x')</script> & \"quotes\"",
        "'; MATCH (n) DETACH DELETE n; //",
        "../../etc/passwd",
        "{title} %s {{7*7}}",
        "May the Shirts Be Folded",
        "学习折叠衬衫",
        "Previous Work Considered Harmful",
        "$\\pi_0$: A Policy for Hems",
        "• bullets in front of titles",
    ],
)
@pytest.mark.parametrize("earlier", ["dated", "bare"])
def test_titles_of_any_form(tmp_path: Path, title: str, earlier: str) -> None:
    meta = "  • 2 authors\n·\nMay 2, 2024\n\n"
    text = f"{HEADER}Rivers and Their Load\n\n{OTHER}\n\n{meta if earlier == 'dated' else ''}"
    found = papers(page(tmp_path, f"{text}{title}\n\n{LONG}\n\n{meta}"))
    assert [(p.title, p.abstract) for p in found] == [
        ("Rivers and Their Load", OTHER),
        (clean_phrase(title), LONG),
    ]


def test_title_that_is_a_number(tmp_path: Path) -> None:
    meta = "  • 2 authors\n·\nMay 2, 2024\n\n"
    found = papers(page(tmp_path, f"{HEADER}Rivers\n\n{OTHER}\n\n{meta}1984\n\n{LONG}\n\n{meta}"))
    assert [(p.title, p.abstract) for p in found] == [("Rivers", OTHER), ("1984", LONG)]


def test_papers_without_meta_lines_follow_each_other(tmp_path: Path) -> None:
    found = papers(
        page(tmp_path, f"{HEADER}First\n\n{LONG}\n\nSecond One\n\n{OTHER}\n\nThe Third\n\n{LONG}\n")
    )
    assert [p.title for p in found] == ["First", "Second One", "The Third"]
    assert [p.abstract for p in found] == [LONG, OTHER, LONG]


@pytest.mark.parametrize("short", ["We fold shirts.", "Shirts are folded by touch alone.", "Short."])
def test_very_short_abstract(tmp_path: Path, short: str) -> None:
    text = f"{HEADER}Folding Shirts by Touch\n\n{short}\n\n  • 2 authors\n·\nMay 2, 2024\n\n"
    paper = single(tmp_path, text)
    assert (paper.title, paper.abstract, paper.author_count) == ("Folding Shirts by Touch", short, 2)


@pytest.mark.parametrize("meta", ["  • 2 authors\n·\nMay 2, 2024\n\n", "google Google\n·\nMay 2, 2024\n\n"])
def test_missing_abstract(tmp_path: Path, meta: str) -> None:
    text = f"{HEADER}Folding Shirts by Touch\n\n{meta}Rivers and Their Load\n\n{OTHER}\n\n{meta}"
    first, second = papers(page(tmp_path, text))
    assert (first.title, first.abstract, first.date) == ("Folding Shirts by Touch", "", "2024-05-02")
    assert (second.title, second.abstract, second.date) == ("Rivers and Their Load", OTHER, "2024-05-02")
    assert first.organizations == second.organizations


def test_abstract_of_several_paragraphs(tmp_path: Path) -> None:
    text = (
        f"{HEADER}Folding Shirts\n\n{LONG}\n\n{OTHER}\n\nCode is released.\n\n  • 2 authors\n·\nMay 2, 2024\n"
    )
    assert single(tmp_path, text).abstract == f"{LONG}\n\n{OTHER}\n\nCode is released."


def test_wrapped_lines_are_joined_by_spaces(tmp_path: Path) -> None:
    wrapped = "\n".join(textwrap.wrap(LONG, 70))
    title = "A Rather Long Title that a Narrow Terminal Has Broken into Two Lines, as It Happens"
    wrapped_title = "\n".join(textwrap.wrap(title, 70))
    text = f"{HEADER}{wrapped_title}\n\n{wrapped}\n\n  • 2 authors\n·\nMay 2, 2024\n"
    paper = single(tmp_path, text)
    assert (paper.title, paper.abstract) == (title, LONG)


def test_count_within_a_wrapped_sentence_is_kept(tmp_path: Path) -> None:
    text = f"{HEADER}Folding\n\nOn all of the garments that we tried in this study we found\n42\nhems in total.\n\n· May 2, 2024\n"
    assert single(tmp_path, text).abstract.endswith("we found 42 hems in total.")


@pytest.mark.parametrize("gap_title", ["\n", "\n\n"])
@pytest.mark.parametrize("gap_abstract", ["\n", "\n\n"])
@pytest.mark.parametrize("gap_paper", ["\n", "\n\n"])
def test_missing_blank_lines(tmp_path: Path, gap_title: str, gap_abstract: str, gap_paper: str) -> None:
    meta = "  • 2 authors\n·\nMay 2, 2024"
    text = gap_paper.join(
        f"{title}{gap_title}{abstract}{gap_abstract}{meta}"
        for title, abstract in [("Folding Shirts by Touch", LONG), ("Rivers and Their Load", OTHER)]
    )
    found = papers(page(tmp_path, HEADER + text))
    assert [(p.title, p.abstract) for p in found] == [
        ("Folding Shirts by Touch", LONG), ("Rivers and Their Load", OTHER)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "votes", ["92\n\n", "Upvote\n\n92\n\n", "Upvote 92\n", "Submitted by\n\nJane Roe\n\n92\n\n", "Submitted by jroe\n", "-\n\n"]
)  # fmt: skip
def test_votes_belong_to_no_paper(tmp_path: Path, votes: str) -> None:
    meta = "  • 2 authors\n·\nMay 2, 2024\n\n"
    text = f"{HEADER}{votes}Folding Shirts\n\n{LONG}\n\n{meta}{votes}Rivers\n\n{OTHER}\n\n{votes}Again\n\n{LONG}\n\n{meta}"
    found = papers(page(tmp_path, text))
    assert [(p.title, p.abstract) for p in found] == [
        ("Folding Shirts", LONG),
        ("Rivers", OTHER),
        ("Again", LONG),
    ]


@pytest.mark.parametrize("meta", ["  • 2 authors\n·\nMay 2, 2024\n\n", ""])
@pytest.mark.parametrize(
    "footer",
    [
        "Previous\n\nNext\n\nCompany\n\nTOS\n\nPrivacy\n\nAbout\n",
        "Previous\nNext\nCompany\nTOS\nPrivacy\nAbout\nCareers\nWebsite\nModels\nDatasets\nSpaces\nPricing\nDocs\n",
        "Company TOS Privacy About\n\n© 2025 Hugging Face\n",
        "Next\n\nDec 15\n",
    ],
)
def test_footer_belongs_to_no_paper(tmp_path: Path, meta: str, footer: str) -> None:
    text = f"{HEADER}Rivers\n\n{OTHER}\n\n  • 2 authors\n·\nMay 2, 2024\n\nFolding Shirts\n\n{LONG}\n\n{meta}{footer}"
    found = papers(page(tmp_path, text))
    assert [(p.title, p.abstract) for p in found] == [("Rivers", OTHER), ("Folding Shirts", LONG)]


TODAY = """Daily Papers
byAK and the research community

Submit
Submitted by
akx
31

Sorting Laundry by Touch
{first}
Acme Lab
Acme Lab
·
Published on Jan 3
·
 3 authors
·
GitHub
1.2k
arXiv Page

Submitted by
beex
12

Rivers and Their Sediment
{second}
·
 2 authors
·
4
Submitted by
cyx
2

Folding Shirts Without a Map
{third}
Folding Lab
Folding Lab
·
Published on Jan 2, 2024
·
GitHub 3
Previous
Company
TOS
"""


@pytest.mark.parametrize("abstracts", [("", "", ""), (f"\n{LONG}\n", f"\n{OTHER}\n", f"\n{LONG}\n")])
def test_the_page_of_today(tmp_path: Path, abstracts: tuple[str, str, str]) -> None:
    text = TODAY.format(**dict(zip(("first", "second", "third"), abstracts, strict=True)))
    first, second, third = papers(page(tmp_path, text))
    assert (first.title, second.title, third.title) == (
        *("Sorting Laundry by Touch", "Rivers and Their Sediment", "Folding Shirts Without a Map"),
    )
    assert [paper.abstract for paper in (first, second, third)] == [text.strip() for text in abstracts]
    # The name of an organisation follows its logo, which has the name too.
    assert first.organizations == (Organization("Acme-Lab", "Acme Lab"),)
    assert third.organizations == (Organization("Folding-Lab", "Folding Lab"),)
    assert (first.date, first.author_count, first.comments) == ("2025-01-03", 3, None)
    assert (second.author_count, second.comments, third.date) == (2, 4, "2024-01-02")


def test_unknown_furniture_is_reported(tmp_path: Path) -> None:
    meta = "  • 2 authors\n·\nMay 2, 2024\n\n"
    path = page(tmp_path, f"{HEADER}Folding Shirts\n\n{LONG}\n\n{meta}Wibble wobble\n")
    assert [p.title for p in papers(path)] == ["Folding Shirts"]
    assert any("Wibble wobble" in text and "line 21" in text for text in notices(path))


def test_invisible_characters_and_line_ends(tmp_path: Path) -> None:
    text = (
        f"{HEADER}\u200b Folding Shirts \u00a0\r\n\u00a0\r\n\ufeff{LONG}\u200b\r\n\r\n"
        "\u00a0\u00a0•\u00a06\u00a0authors\u200b\r\n\u200b·\u00a0\r\nJun\u00a021, 2024\u00a01\r\n"
    )
    paper = single(tmp_path, text)
    assert (paper.title, paper.abstract) == ("Folding Shirts", LONG)
    assert (paper.author_count, paper.date, paper.comments) == (6, "2024-06-21", 1)


def test_control_characters_are_removed_from_an_abstract(tmp_path: Path) -> None:
    odd = LONG.replace("cloth folds", "cloth\u00a0\u2028 folds\x07\x0b  in\ttwo")
    abstract = single(tmp_path, f"{HEADER}Folding\n\n{odd}\n\n  • 2 authors\n").abstract
    assert abstract == odd.replace("\x07\x0b", "").replace("\u00a0\u2028", " \n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(f"{HEADER}Łódź für Shirts\n\n{LONG}\n\n  • 2 authors\n".encode(encoding))
    assert [p.title for p in papers(path)] == ["Łódź für Shirts"]


def test_no_header_at_all(tmp_path: Path) -> None:
    assert single(tmp_path, f"Folding Shirts\n\n{LONG}\n\n  • 2 authors\n").title == "Folding Shirts"


# Years.


def dated(*dates: str, header: str = HEADER) -> str:
    return header + "".join(
        f"Paper Number {index}\n\n{LONG}\n\n  • 2 authors\n·\n{date}\n\n" for index, date in enumerate(dates)
    )


def test_year_after_the_latest_printed(tmp_path: Path) -> None:
    path = page(tmp_path, dated("Jun 21 1", "Dec 31, 2021 3", "Apr 20, 2019"))
    assert [p.date for p in papers(path)] == ["2022-06-21", "2021-12-31", "2019-04-20"]
    (text,) = notices(path)
    assert "2022" in text and "inferred" in text


def test_given_year_wins(tmp_path: Path) -> None:
    path = page(tmp_path, dated("Jun 21 1", "Dec 31, 2021 3"))
    assert [p.date for p in papers(path, 2025)] == ["2025-06-21", "2021-12-31"]
    (text,) = notices(path, 2025)
    assert "2025" in text and "given" in text


def test_year_of_the_page_s_own_date(tmp_path: Path) -> None:
    path = page(tmp_path, dated("Jun 21", "Dec 31, 2021", header=HEADER.replace("Dec 16", "Dec 16, 2023")))
    assert [p.date for p in papers(path)] == ["2023-06-21", "2021-12-31"]
    assert papers(path)[0].comments is None


def test_no_year_anywhere(tmp_path: Path) -> None:
    path = page(tmp_path, dated("Jun 21 4"))
    (paper,) = papers(path)
    assert (paper.date, paper.year, paper.comments) == (None, None, 4)
    (text,) = notices(path)
    assert "--page-year" in text


def test_no_notice_when_every_date_has_its_year(tmp_path: Path) -> None:
    assert notices(page(tmp_path, dated("Jun 21, 2021"))) == []


@pytest.mark.parametrize(
    ("date", "year"), [("Feb 30", None), ("Feb 29", None), ("Feb 30, 2020", 2020), ("Jun 0", None)]
)
def test_impossible_dates(tmp_path: Path, date: str, year: int | None) -> None:
    path = page(tmp_path, dated(date, "May 2, 2022"))
    assert (papers(path)[0].date, papers(path)[0].year) == (None, year)
    assert any(repr(date) in text and "line 19" in text for text in notices(path))


def test_leap_day_in_a_leap_year(tmp_path: Path) -> None:
    assert papers(page(tmp_path, dated("Feb 29", "May 2, 2023")))[0].date == "2024-02-29"


@pytest.mark.parametrize("year", [0, -1, 10000])
def test_page_year_out_of_range(tmp_path: Path, year: int) -> None:
    with pytest.raises(InputError, match="year"):
        papers(page(tmp_path, dated("Jun 21")), year)


# No papers, repeats.


@pytest.mark.parametrize("text", [HEADER, "Daily Papers\n\nDec 16\n", "  • 6 authors\n·\nJun 21\n"])
def test_page_without_a_paper(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="no paper"):
        papers(page(tmp_path, text))


def test_repeated_paper_is_rejected(tmp_path: Path) -> None:
    paper = f"Folding Shirts\n\n{LONG}\n\n  • 2 authors\n·\nMay 2, 2024\n\n"
    path = page(tmp_path, HEADER + paper + paper)
    (rejection,) = [item for item in read([path]) if isinstance(item, Rejection)]
    assert rejection.line == 21 and rejection.record == "Folding Shirts"
    assert "repeats" in rejection.reason and "line 13" in rejection.reason


# Any page.

WORDS = st.sampled_from(
    [
        "touch",
        "hem",
        "shirt",
        "river",
        "sediment",
        "gripper",
        "model",
        "Policy",
        "Graph",
        "robust",
        "for",
        "of",
    ]
)
SENTENCE = st.lists(WORDS, min_size=14, max_size=24).map(lambda ws: "We show that " + " ".join(ws) + ".")
ABSTRACT = st.lists(SENTENCE, min_size=2, max_size=5).map(" ".join)
TITLE = st.lists(WORDS, min_size=3, max_size=9).map(lambda ws: " ".join(ws).title())
META = st.tuples(
    st.sampled_from([None, "google Google", "facebook AI at Meta", "ByteDance-Seed ByteDance Seed"]),
    st.one_of(st.none(), st.integers(1, 300)),
    st.dates(),
    st.one_of(st.none(), st.integers(0, 99)),
)
RECORD = st.tuples(TITLE, ABSTRACT, st.one_of(st.none(), META))


def render(title: str, abstract: str, meta: object) -> str:
    text = f"{title}\n\n{abstract}\n\n"
    if not isinstance(meta, tuple):
        return text
    organization, authors, date, comments = meta
    text += f"{organization}\n" if organization else ""
    text += f"  • {authors} author{'' if authors == 1 else 's'}\n" if authors else ""
    text += f"·\n{date:%b} {date.day}, {date.year:04d}"
    return text + (f" {comments}" if comments is not None else "") + "\n\n"


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(RECORD, min_size=1, max_size=6, unique_by=lambda record: record[0]))
def test_rendered_papers_are_read(
    tmp_path: Path, records: list[tuple[str, str, tuple[object, ...] | None]]
) -> None:
    path = page(tmp_path, HEADER + "".join(render(*record) for record in records))
    found = papers(path)
    assert [(p.title, p.abstract) for p in found] == [record[:2] for record in records]
    for paper, (_, _, meta) in zip(found, records, strict=True):
        organization, authors, date, comments = meta or (None, None, None, None)
        assert paper.author_count == authors and paper.comments == comments
        assert paper.date == (date and str(date))
        assert [f"{o.handle} {o.name}" for o in paper.organizations] == (
            [organization] if organization else []
        )


LINES = st.sampled_from(
    ["", "·", "• 3 authors", "Jun 21 1", "Feb 30", "Dec 31, 2024", "42", "Upvote", "Submitted by", "google Google", "Next",
     "Daily Papers", "A Title of Sorts", "x", LONG, OTHER, "•", "- ", "Jun 21, 0000", "\u200b"]
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=150)
@given(st.lists(st.one_of(LINES, st.text(max_size=40)), max_size=25))
@example(["Daily Papers", "Submitted by"])
def test_any_order_of_lines_is_read_or_refused(tmp_path: Path, lines: list[str]) -> None:
    path = page(tmp_path, "Daily Papers\n" + "\n".join(lines).encode("utf-8", "replace").decode())
    try:
        found = papers(path)
    except InputError:
        return
    assert all(paper.title and paper.id for paper in found)
