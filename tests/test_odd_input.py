"""Odd and hostile input to the functions that take text from outside."""

from __future__ import annotations

import contextlib
import datetime
import io
import re
import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kgraph.errors import QueryError
from kgraph.extract.document import MOST_CHARACTERS, MOST_TOKENS, Entity, Tokens, Word
from kgraph.extract.measurements.figures import figures
from kgraph.extract.reader.entity_spans import clean_span
from kgraph.extract.terms.abbreviations import find_abbreviations
from kgraph.link.aliases import MAX_ADDED, learn_aliases, link_concepts, local_ids, own_concept_ids
from kgraph.link.thesaurus import Thesaurus
from kgraph.model import Evidence, Extraction, Mention, PaperConcept
from kgraph.names import folded, normal_form
from kgraph.sources import json_values
from kgraph.sources.dates import iso_date, page_date, record_date
from kgraph.sources.identity import normal_title, paper_id
from kgraph.store.cypher_gate import checked, without_comments

ENOUGH_SECONDS = 10
"""Of processor time, for what takes half a second if time grows with the text, and minutes if with its square."""

LONG = 60_000
"""Characters of a hostile text."""


class TestDates:
    @given(
        st.dates(min_value=datetime.date(1000, 1, 1)), st.integers(0, 999_999), st.sampled_from(["%B", "%b"])
    )
    def test_a_page_date_is_read_in_each_order_with_its_comments(
        self, day: datetime.date, comments: int, month: str
    ) -> None:
        for text in (f"{day.strftime(month)} {day.day}, {day.year} {comments}",) + (
            (f"{day.day} {day.strftime(month)} {day.year} {comments:,}",) if 1900 <= day.year < 2100 else ()
        ):
            found = page_date(text)
            assert found is not None
            assert (found.year, found.month, found.day, found.comments) == (
                day.year,
                day.month,
                day.day,
                comments,
            )
            assert iso_date(day.year, found.month, found.day) == day.isoformat()

    @given(st.text(max_size=20) | st.text("0123456789-T:Z ", max_size=14))
    @example("2023-02-30")
    @example("2023-13")
    @example("0000-01-01")
    @example("0000000000")
    @example(":1500")
    @example("2024-02-29T23:59:59Z")
    def test_a_record_date_is_a_calendar_day_or_absent(self, text: str) -> None:
        date, year, understood = record_date(text)
        if date is not None:
            assert understood
            assert datetime.date.fromisoformat(date).isoformat() == date
            assert year == int(date[:4])
        # Ten or thirteen digits are the seconds or milliseconds since 1970.
        if year is not None and not re.fullmatch("[0-9]{10}(?:[0-9]{3})?", text.strip()):
            assert f"{year:04}" in text
        assert not understood or year is not None

    @given(st.integers(-9, 10_000), st.integers(-9, 20), st.integers(-9, 40))
    def test_an_impossible_day_has_no_iso_date(self, year: int, month: int, day: int) -> None:
        try:
            expected = datetime.date(year, month, day).isoformat()
        except ValueError:
            expected = None
        assert iso_date(year, month, day) == expected


class TestIds:
    @given(st.text(max_size=40))
    def test_titles_with_one_normal_form_share_an_id(self, title: str) -> None:
        normal = normal_title(title)
        assert normal_title(normal) == normal
        assert paper_id(normal, "") == paper_id(f" {title}\u200b\n", "") == paper_id(title, "")

    @given(st.text("#%@*+&🫖學αβ ", min_size=1, max_size=8), st.text("#%@*+&🫖學αβ ", min_size=1, max_size=8))
    @example("α", "β")
    @example("c#", "c%")
    def test_titles_that_differ_in_telling_characters_have_their_own_ids(self, one: str, other: str) -> None:
        told = [re.sub(r"[&\s]", "", normal_title(title)) for title in (one, other)]
        if all(told) and told[0] != told[1]:
            assert paper_id(one, "") != paper_id(other, "")


class TestJsonValues:
    PIECES = st.sampled_from(
        ['{"a": 1}', "[", "]", "{", "}", ",", '"', "\\", "\\\\", '\\"', "\n", "\r\n", " ", "x", "é", "🫖", "null", "\ufeff", "\u2028"]
    )  # fmt: skip
    TEXT = st.lists(PIECES, max_size=30).map("".join)

    @given(TEXT, st.integers(1, 7))
    @example('[{"a": "\\"}, {"}]', 1)  # an escaped quote at the end of a chunk
    def test_the_cut_does_not_depend_on_how_the_file_comes_in(self, text: str, size: int) -> None:
        class Slow(io.StringIO):
            def read(self, _size: int | None = -1, /) -> str:
                return super().read(size)

        whole = list(json_values.values_in_document(io.StringIO(text)))
        assert list(json_values.values_in_document(Slow(text))) == whole
        lines = [value.line for value in whole]
        assert lines == sorted(lines)
        assert all(1 <= line <= text.count("\n") + 1 for line in lines)
        assert all(value.text and value.text in text and value.text == value.text.strip() for value in whole)

    @given(TEXT)
    def test_a_line_is_at_its_number_and_its_offset(self, text: str) -> None:
        stream = io.StringIO(text, newline="")
        data = text.encode()
        lines = io.StringIO(text, newline="").readlines()
        found = list(json_values.values_by_line(stream))
        assert [value.text for value in found] == [line for line in lines if not line.isspace()]
        for value in found:
            assert value.text == lines[value.line - 1]
            assert value.offset is not None and data[value.offset :].startswith(value.text.encode())
            assert value.closed == value.text.endswith(("\n", "\r"))

    @given(st.lists(st.integers(0, 40), max_size=8), st.integers(1, 7))
    def test_a_value_that_is_too_long_is_skipped_and_the_next_one_is_read(
        self, sizes: list[int], size: int
    ) -> None:
        class Slow(io.StringIO):
            def read(self, _size: int | None = -1, /) -> str:
                return super().read(size)

        texts = ['{"a": "' + "x" * length + '"}' for length in sizes]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_values, "MAX_VALUE_LENGTH", 30)
            expected = [text if len(text) <= 30 else None for text in texts]
            document = json_values.values_in_document(Slow("[" + ",\n".join(texts) + "]"))
            assert [value.text for value in document] == expected
            lines = list(json_values.values_by_line(io.StringIO("".join(f"{text}\n" for text in texts))))
        assert [value.text and value.text.strip() for value in lines] == [
            text if len(text) <= 30 else None for text in texts
        ]
        assert [value.line for value in lines] == list(range(1, len(texts) + 1))


class TestAbbreviations:
    WORDS = st.sampled_from(
        ["(", ")", "CL", "(CL)", "(CLs)", "(ÉÀ)", "continual", "learning", "Été", "À", "-", ". ", "; ", "for", "\n", "ﬁ", "İ", "(CL; see", "AIO-P", "all-in-one", "predictor", "“", "’"]
    )  # fmt: skip

    @pytest.mark.slow
    @given(st.lists(WORDS | st.text(max_size=4), max_size=20).map(" ".join))
    @example("continual learning (CL)")
    @example("CL for Continual Learning")
    @example("all-in-one predictor (AIO-P)")
    def test_a_long_form_spells_out_its_short_form_in_order(self, text: str) -> None:
        for pair in find_abbreviations(text):
            assert text[pair.short_start : pair.short_start + len(pair.short)] == pair.short
            assert text[pair.long_start : pair.long_start + len(pair.long)] == pair.long
            assert len(pair.long) > len(pair.short)
            letters = re.sub(r"\W", "", pair.short).lower()
            assert pair.long[0].lower() == letters[0]
            rest = iter(pair.long.lower())
            spelled = letters[:-1] if letters.endswith("s") else letters
            assert all(letter in rest for letter in spelled)
            assert not re.search(r"[()\[\]{}=<>]", pair.long)


def tokens(words: list[tuple[str, str]], sentences: list[int], title: int) -> Tokens:
    """Return tokens with their tags, cut into sentences at these numbers of tokens."""
    forms = [form for form, _ in words]
    starts = [sum(len(form) + 1 for form in forms[:row]) for row in range(len(forms))]
    cuts = sorted({0, *(cut for cut in sentences if cut < len(forms)), len(forms)})
    pairs = list(pairwise(cuts))
    return Tokens(
        text=" ".join(forms),
        starts=starts,
        ends=[start + len(form) for start, form in zip(starts, forms, strict=True)],
        forms=forms,
        lowered=[form.lower() for form in forms],
        tags=[tag for _, tag in words],
        title=title,
        abstract=0,
        sentences=pairs,
        sentence_of=[number for number, (start, end) in enumerate(pairs) for _ in range(start, end)],
    )


class TestEntitySpans:
    WORDS = st.tuples(
        st.sampled_from(["(", ")", "[", "]", "{", "}", "-", ",", ".", "“", " ", "in", "of", "net", "GPT-4", "small", "x" * 60]),
        st.sampled_from(["NN", "NNP", "IN", "DT", "JJ", "VBG", "-LRB-", "CD", ":"]),
    )  # fmt: skip

    @pytest.mark.slow
    @given(
        st.lists(WORDS, min_size=1, max_size=40),
        st.lists(st.integers(1, 39), max_size=3),
        st.integers(0, 9),
        st.data(),
    )
    def test_a_cleaned_span_is_bounded_and_in_one_sentence_and_cleaning_it_again_keeps_it(
        self, words: list[tuple[str, str]], sentences: list[int], title: int, data: st.DataObject
    ) -> None:
        text = tokens(words, sentences, title)
        start = data.draw(st.integers(0, len(words) - 1))
        end = data.draw(st.integers(start + 1, len(words)))
        single = [Word(index, index + 1, tag, form) for index, (form, tag) in enumerate(words)]
        starts = range(len(words))
        found = clean_span(text, single, starts, Entity(start, end, "method", 0.5))
        if found is None:
            return
        assert start <= found.start < found.end <= end
        assert text.sentence_of[found.start] == text.sentence_of[found.end - 1]
        assert not found.start < title < found.end
        assert found.end - found.start <= MOST_TOKENS
        written = text.written(found.start, found.end)
        assert len(written) <= MOST_CHARACTERS
        assert written[0] not in ",.;:\"'“”‘’`-–— " and written[-1] not in ",.;:\"'“”‘’`-–— "
        assert sum(map(written.count, "([{")) == sum(map(written.count, ")]}"))
        assert (found.kind, found.confidence) == ("method", 0.5)
        assert clean_span(text, single, starts, found) == found


NAMES = st.sampled_from(
    ["CL", "CLs", "continual learning", "Continual-Learning", "contrastive learning", "LLM", "LLMs", "multimodal LLMs",
     "data set", "dataset", "Data sets", "GPS", "MAP", "map", "behaviour", "behavior", "K&K", "…", "CL methods"]
)  # fmt: skip
DEFINITIONS = st.sampled_from(
    [("CL", "continual learning"), ("CL", "contrastive learning"), ("LLM", "low-light model"), ("…", "x"), ("MAP", "map")]
)  # fmt: skip


def concept(row: int, name: str) -> PaperConcept:
    """Return a concept with one mention at an offset that no other row has."""
    seen = Evidence("abstract", 100 * row, 100 * row + 99, f"About {name}.", "test")
    mention = Mention("abstract", 100 * row, 100 * row + len(name), name)
    return PaperConcept(name, "concept", 0.5, (), (mention,), (seen,))


@st.composite
def corpora(draw: st.DrawFn) -> list[tuple[str, Extraction]]:
    papers = []
    for row in range(draw(st.integers(1, 6))):
        names = draw(st.lists(NAMES, unique=True, max_size=8))
        kept = draw(st.integers(0, len(names)))
        concepts = tuple(concept(number, name) for number, name in enumerate(names))
        pairs = tuple(draw(st.lists(DEFINITIONS, max_size=2)))
        papers.append((f"p{row}", Extraction(concepts[:kept], (), concepts[kept:], pairs)))
    return papers


class TestAliases:
    @pytest.mark.slow
    @given(corpora())
    def test_every_mention_goes_to_one_concept(self, corpus: list[tuple[str, Extraction]]) -> None:
        aliases = learn_aliases(corpus, Thesaurus())
        known = own_concept_ids(corpus, aliases)
        for paper_id_, found in corpus:
            linked = link_concepts(paper_id_, found, aliases, known)
            mentions = [mention for part in linked for mention in part.mentions]
            assert len(mentions) == len(set(mentions))
            wanted = {mention for part in found.concepts for mention in part.mentions}
            offered = wanted | {mention for part in found.further for mention in part.mentions}
            assert wanted <= set(mentions) <= offered
            assert len({part.id for part in linked}) == len(linked)
            own = set(local_ids(paper_id_, found, aliases).values())
            assert own <= {part.id for part in linked} <= known
            assert len({part.id for part in linked} - own) <= MAX_ADDED

    @pytest.mark.slow
    @given(corpora(), NAMES)
    def test_the_thesaurus_decides_where_a_spelling_goes(
        self, corpus: list[tuple[str, Extraction]], label: str
    ) -> None:
        aliases = learn_aliases(corpus, Thesaurus(((label, "teapot"),)))
        for paper_id_, found in corpus:
            for part in link_concepts(paper_id_, found, aliases, frozenset()):
                for mention in part.mentions:
                    same = folded(mention.text) == folded(label) or normal_form(mention.text) == normal_form(
                        label
                    )
                    assert (part.id == "teapot") == same


class TestCypherGate:
    PIECES = st.sampled_from(
        ["'", '"', "`", "\\", "/", "*", "/*", "*/", "//", "\n", " ", ";", "a", ".", "(", "1", "e", "CALL", "SHOW", "USE", "\\u0041", "\ud800", "\x00", "é"]
    )  # fmt: skip

    @given(st.lists(PIECES, max_size=25).map("".join))
    def test_a_statement_passes_once_and_for_all_or_is_refused(self, cypher: str) -> None:
        try:
            passed = checked(cypher)
        except QueryError:
            return
        assert checked(passed) == passed
        assert without_comments(passed) == passed

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("start", "piece", "end"),
        [
            ("RETURN '", "\\", "' AS x"),
            ("RETURN '", "\\\\", "' AS x"),
            ("RETURN '", "\\", "x"),
            ("RETURN '\\", "u", "' AS x"),
            ("RETURN '", "\\u", "' AS x"),
            ("RETURN ", "\\u", ""),
            ("RETURN `", "``", "x"),
            ("", "/*", ""),
            ("", "/", ""),
            ("", "'", ""),
            ("RETURN a", ".b", ""),
            ("", "CALL db.labels() ", ""),
            ("SHOW ", "ALL ", ""),
            ("SHOW INDEXES ", "TERMINATE ", ""),
            ("CYPHER ", "a=b ", ""),
            ("", "1e", ""),
            ("RETURN 1", ";", ""),
        ],
    )
    def test_time_grows_with_the_length_of_a_statement(self, start: str, piece: str, end: str) -> None:
        statement = start + piece * (LONG // len(piece)) + end
        began = time.process_time()
        with contextlib.suppress(QueryError):
            checked(statement)
        assert time.process_time() - began < ENOUGH_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["(ab) ", "(", "a (AB) ", "AB (alpha beta) ", "AB for Alpha Beta ", "AB for Aa-", "\n(AB)", "aAaA "],
)
def test_time_to_find_abbreviations_grows_with_the_text(piece: str) -> None:
    began = time.process_time()
    list(find_abbreviations(piece * (LONG // len(piece))))
    assert time.process_time() - began < ENOUGH_SECONDS


@pytest.mark.parametrize(
    "piece", ["1", "1,", "1 ", "1,234,", "up to ", "± ", "12 points ", "$", "more than 1", "an average "]
)
def test_time_to_find_figures_grows_with_the_text(piece: str) -> None:
    began = time.process_time()
    list(figures(piece * (LONG // len(piece))))
    assert time.process_time() - began < ENOUGH_SECONDS
