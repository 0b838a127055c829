"""Each step of cleaning on faults that exports have, and on ordinary text that looks like them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kgraph.model import Notice, Paper, Rejection
from kgraph.sources import read, to_paper
from kgraph.sources.cleaning import PaperText, clean_paper_text, clean_passage, clean_phrase
from kgraph.sources.cleaning.boilerplate import TextAndKeywords, remove_labels, remove_notices, split_keywords
from kgraph.sources.cleaning.capitals import to_sentence_case, written_forms
from kgraph.sources.cleaning.characters import clean_characters
from kgraph.sources.cleaning.language import detect_language
from kgraph.sources.cleaning.line_breaks import join_broken_words, words_of
from kgraph.sources.cleaning.markup import clean_markup
from kgraph.sources.cleaning.placeholders import is_no_abstract, is_no_value
from kgraph.sources.cleaning.tex import clean_tex

ORDINARY = [
    "It costs $5 a day, or US$60 a year, and $7 with tax.",
    "We pay $5 to one group and give 3$ to another.",
    "Accuracy rises by 4% for snake_case names, C&A, R&D and AT&T.",
    r"The path C:\data\new, the pattern \d+\w and the escapes \n and \t.",
    "We insert <unk>, <s>, </s> and <mask> where a < b and c > d.",
    "The tokens <image> and <table> mark other inputs.",
    "10² and 10⁻³ differ from 102, and ½ from 12.",
    "Pre- and post-training, uni- or bidirectional, and 30- to 40-fold gains.",
    "Two tasks- detection and tracking- share a backbone.",
    "The ~5 ms of a -- b, and ``quotes'' without other commands.",
    "The results show that methods, conclusions and backgrounds differ.",
    "Methods that use results of others are common. Results vary.",
    "We study copyright, licensed software, and keywords of papers.",
    "The mAP@0.5 is 3.1 and NDCG@10 is 0.4.",
    "Code is available at https://github.com/example/weir.",
    "An LLM forgets. LLMs are studied.",
    "A set {a, b} and a token {A}.",
    r"Escaped signs such as 44\% alone are not TeX.",
    "We write – and — and “quotes” and naïve Bayes.",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_unchanged(text: str) -> None:
    assert clean_passage(text) == text
    assert clean_paper_text(PaperText("A title", text, ())) == PaperText("A title", text, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"an $\ell_2$-norm in $\mathcal{O}(n \log n)$ steps", "an ℓ2-norm in O(n log n) steps"),
        (r"$p<0.05$ and 92.5\% of $\mathbb{R}^d$", "p<0.05 and 92.5% of ℝ^d"),
        (r"$10^{-3}$, $x_i^2$, $\frac{a+1}{b}$, $37^\circ$C", "10⁻³, x_i², (a+1)/b, 37°C"),
        (r"CO$_2$ and a 4$\times$ gain", "CO2 and a 4× gain"),
        (r"Schr\"odinger, R{\'e}nyi, Gar\c{c}on, {\o}re", "Schrödinger, Rényi, Garçon, øre"),
        (r"Erd\H{o}s--R\'enyi graphs~\cite{weir2020}", "Erdős–Rényi graphs"),
        (r"\textit{WeirNet} and {\em private} \textbf{A}lpha", "WeirNet and private Alpha"),
        (r"\emph{a \textbf{nested} name} of {\textsc{Weir}}", "a nested name of Weir"),
        (
            r"see \href{https://a.org/b_c}{this page} and \url{https://a.org/b_c}",
            "see this page and https://a.org/b_c",
        ),
        (
            r"We minimize \begin{equation} L = \sum_i x_i \end{equation} by descent",
            "We minimize L = ∑_i x_i by descent",
        ),
        (r"\ours beats \method{Weir} for $\R^n$", "ours beats Weir for Rⁿ"),
        (r"Parkinson\'s disease can\'t", "Parkinson's disease can't"),
        (r"\textit{cut off here", "cut off here"),
        (r"O(n\log n) or 1/\log n, and $d^{\frac{3}{4}}$", "O(n log n) or 1/log n, and d^(3/4)"),
        (r"``quoted'' in $k$-means", "“quoted” in k-means"),
        (r"double \\textit{escape} and caf\u00e9", "double escape and café"),
    ],
)
def test_tex(text: str, expected: str) -> None:
    assert clean_characters(clean_tex(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "<jats:title>Abstract</jats:title><jats:p>We study <jats:italic>weirs</jats:italic>.</jats:p>",
            "Abstract\nWe study weirs.",
        ),
        ("A <i>b</i> &amp; C&nbsp;d &mdash; e", "A b & C\xa0d — e"),
        ("H<sub>2</sub>O, 10<sup>-3</sup>, the 5<sup>th</sup>", "H2O, 10⁻³, the 5th"),
        ("one<br/>two", "one\ntwo"),
        ('<a href="https://a.org">link</a> <span class="x">text</span>', "link text"),
        (
            '(<jats:inline-formula><mml:math xmlns:mml="http://w3.org"><mml:mi>p</mml:mi> <mml:mo>&lt;</mml:mo>'
            " <mml:msup><mml:mn>10</mml:mn><mml:mn>2</mml:mn></mml:msup></mml:math></jats:inline-formula>)",
            "(p<10²)",
        ),
        ("&amp;amp;lt; x", "< x"),
        ("x<i>0 and a <p> token", "x<i>0 and a\ntoken"),
    ],
)
def test_markup(text: str, expected: str) -> None:
    assert clean_markup(text) == expected


def test_escaped_markup_is_removed_too() -> None:
    escaped = "&lt;p&gt;We study &lt;b&gt;weirs&lt;/b&gt; &amp;amp; locks.&lt;/p&gt;"
    assert clean_passage(escaped) == "We study weirs & locks."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eﬃcient ﬁne-tuning of diﬀusion", "efficient fine-tuning of diffusion"),
        ("memo\xadri\xadzation", "memorization"),
        ("memo\xad\nrization", "memo-\nrization"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("state‑of‑the‑art in\xa0practice", "state-of-the-art in practice"),
        ("Ｍａｃｈｉｎｅ　ＧＰＴ－４（new），too", "Machine GPT-4(new), too"),
        ("naïve SchrÃ¶dinger â€“ bridges", "naïve Schrödinger – bridges"),
        ("the robotâ\x80\x99s hand", "the robot’s hand"),
        ("Schro\u0308dinger", "Schrödinger"),
        ("𝑥 in ℝ, 𝒪(n)", "x in ℝ, O(n)"),
        ("10² and x₁", "10² and x₁"),
        ("本文（新）", "本文（新）"),
        ("net(cid:173) works", "net-\nworks"),
        ("family 👩\u200d🔬", "family 👩\u200d🔬"),
    ],
)
def test_characters(text: str, expected: str) -> None:
    assert clean_characters(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("catas-\ntrophic for-\ngetting", "catastrophic forgetting"),
        ("an effi- cient net- work", "an efficient network"),
        ("a state-of-\nthe-art few-\nshot method", "a state-of-the-art few-shot method"),
        ("self-\nsupervised and high- dimensional", "self-supervised and high-dimensional"),
        ("Weirol-\nogy for locks", "Weirology for locks"),
        ("non-\nEuclidean spaces", "non-Euclidean spaces"),
        ("the CNN- DailyMail set", "the CNN- DailyMail set"),
        ("geometry-\nunaware nets", "geometry-unaware nets"),
        ("Pre-\nTraining or pre- training", "Pre-Training or pre-training"),
    ],
)
def test_broken_words(text: str, expected: str) -> None:
    assert join_broken_words(text, frozenset()) == expected


def test_the_words_of_the_paper_decide_first() -> None:
    assert join_broken_words("pre-\ntraining", words_of("pretraining helps")) == "pretraining"
    assert join_broken_words("pre-\ntraining", words_of("pre-training helps")) == "pre-training"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "BACKGROUND: Memory declines. METHODS AND MATERIALS: We test 120 adults. RESULTS: It improved.",
            "Memory declines. We test 120 adults. It improved.",
        ),
        ("Background—Memory declines. Results - It improved.", "Memory declines. It improved."),
        (
            "Background Memory declines. Methods We test. Results It improved.",
            "Memory declines. We test. It improved.",
        ),
        ("Methods. We test. Results. It improved. Conclusion. It works.", "We test. It improved. It works."),
        ("Objectives\nTo test.\nResults\nIt improved.", "To test.\nIt improved."),
        ("Abstract—We study weirs.", "We study weirs."),
        ("AbstractWe study weirs.", "We study weirs."),
        ("Abstract Meaning Representation is parsed.", "Abstract Meaning Representation is parsed."),
        ("Design/methodology/approach – We test.", "We test."),
        ("Results We cannot explain are kept.", "Results We cannot explain are kept."),
    ],
)
def test_labels(text: str, expected: str) -> None:
    assert remove_labels(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We study weirs. © 2023 Weir Press B.V. All rights reserved.", "We study weirs."),
        ("(C) 2022 The Author(s). We study weirs.", "We study weirs."),
        ("© 2019 IEEE. We study weirs. Locks too.", "We study weirs. Locks too."),
        (
            "We study weirs. Published by Weir Press on behalf of the Lock Society. "
            "This article is licensed under CC BY 4.0.",
            "We study weirs.",
        ),
        ("We study weirs. Contact ada@weir.example.org. Accepted at LOCKS 2024.", "We study weirs."),
        ("We study weirs. Corresponding author: A. Quill, ada@weir.example.org", "We study weirs."),
        ("We study weirs. Supplementary information is available at weir.org.", "We study weirs."),
        ("We study weirs. arXiv:2401.90001v2 [cs.CL].", "We study weirs."),
        ("We study weirs. MSC2020: 68T05", "We study weirs."),
        ("Simple bricks © are used. They fit.", "Simple bricks © are used. They fit."),
    ],
)
def test_notices(text: str, expected: str) -> None:
    assert remove_notices(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We study weirs. Keywords: weirs; locks.", TextAndKeywords("We study weirs.", ("weirs", "locks"))),
        ("We study weirs. Index Terms—weirs, locks", TextAndKeywords("We study weirs.", ("weirs", "locks"))),
        ("We rank Keywords: a story of words", TextAndKeywords("We rank Keywords: a story of words", ())),
    ],
)
def test_keywords_in_the_abstract(text: str, expected: TextAndKeywords) -> None:
    assert split_keywords(text) == expected


def test_keywords_are_added_to_those_of_the_record() -> None:
    record = {
        "title": "Weirs",
        "abstract": "We study weirs. Keywords: locks; Canals.",
        "keywords": ["canals"],
    }
    paper = to_paper(record, "a.jsonl").paper
    assert paper.abstract == "We study weirs."
    assert paper.keywords == ("canals", "locks")


@pytest.mark.parametrize(
    "text", ["[No abstract available]", "N/A", "nan", "No abstract.", "TODO", "-", "Abstract not available"]
)
def test_placeholders_are_no_abstracts(text: str) -> None:
    assert is_no_abstract(text)
    assert to_paper({"title": "Weirs", "abstract": text}, "a.jsonl").paper.abstract == ""


@pytest.mark.parametrize("text", ["Memorization.", "None of the methods works.", "Abstract interpretation"])
def test_short_texts_are_abstracts(text: str) -> None:
    assert not is_no_abstract(text)


def test_placeholders_are_no_names() -> None:
    assert is_no_value("[No author name available]")
    paper = to_paper(
        {"title": "Weirs", "authors": ["[No author name available]", "Ada Nan"]}, "a.jsonl"
    ).paper
    assert paper.authors == ("Ada Nan",)


def test_titles_in_capitals_follow_the_abstract_and_the_usual_spelling() -> None:
    abstract = "We train WeirNet, a CNN, on ImageNet for QuayBench."
    title = "WEIRNET: A BAYESIAN CNN FOR QUAYBENCH AND IMAGENET"
    cleaned = clean_paper_text(PaperText(title, abstract, ()))
    assert cleaned.title == "WeirNet: A Bayesian CNN for QuayBench and ImageNet"
    assert to_sentence_case("STATE-OF-THE-ART FPGA XQZW DESIGN", {}) == "State-of-the-art FPGA XQZW design"
    assert written_forms("We use BERT. BERT is used.")["bert"] == "BERT"


@pytest.mark.parametrize("title", ["BERT", "GPT-4 VS LLAMA 2", "CLIP: Contrastive pairs", "3D-GAN"])
def test_names_keep_their_capitals(title: str) -> None:
    assert clean_paper_text(PaperText(title, "", ())).title == title


LANGUAGES = {
    "en": ("Weirs and locks", "We study how a weir changes the flow of a river and the life of fish."),
    "de": ("Schleusen und Kanal", "Wir untersuchen, wie ein Wehr den Lauf eines Flusses verändert."),
    "fr": ("Barrages et écluses", "Nous étudions comment un barrage modifie le cours d’une rivière."),
    "es": (
        "Presas y esclusas",
        "Estudiamos cómo una presa cambia el curso de un río y la vida de los peces.",
    ),
    "ru": ("Плотины и шлюзы", "Мы изучаем, как плотина меняет течение реки."),
    "zh": ("堰与船闸", "本文研究堰如何改变河流的流动以及鱼类的生活。"),
    "ja": ("堰と閘門", "本研究では、堰が川の流れをどのように変えるかを調べる。"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_language(language: str) -> None:
    assert detect_language(*LANGUAGES[language]) == language


@pytest.mark.parametrize(
    "title",
    [
        "Titans",
        "Attention is all you need",
        "Graph U-Nets",
        "DALL-E",
        "Minimax rates for homology inference",
        "La la land",
    ],
)
def test_short_english_titles_are_not_in_another_language(title: str) -> None:
    assert detect_language(title, "") in ("en", None)


def test_other_languages_are_reported_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    records = [{"title": title, "abstract": abstract} for title, abstract in LANGUAGES.values()]
    file.write_text("\n".join(map(json.dumps, records)))
    found = list(read([file]))
    papers = [item for item in found if isinstance(item, Paper)]
    assert [paper.language for paper in papers] == list(LANGUAGES)
    (notice,) = [item for item in found if isinstance(item, Notice)]
    assert "de (1)" in notice.text and "zh (1)" in notice.text and "en (" not in notice.text
    assert not [item for item in found if isinstance(item, Rejection)]


FRAGMENTS = st.sampled_from(
    [
        *r"\textit{ } { $ $$ \( \) \' \" \c \ell _2 ^{ \begin{equation} \end{equation} \cite{ ~ -- `` '' <b> </b> <p> </p> <jats:p> "
        r"& &amp; &lt; &gt; &#38; &am ; p; <!-- --> <mml:math> </mml:math> <sup> </sup> - -\n (cid:173) METHODS: Results Keywords: © 2020 "
        r"Elsevier . ; , a@b.org Abstract— effi cient THE TITLE In we a A é Ã¶ â€“ n/a nan".replace(
            r"\n", "\n"
        ).split(" "),
        "\n",
        " ",
        "\xad",
        "\u200b",
        "́",
        "ﬁ",
        "\x80",
        "\\",
        "‑",
        "，",
        "\ue000",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(FRAGMENTS, max_size=25).map("".join),
    st.lists(FRAGMENTS, max_size=25).map(" ".join),
)


@settings(max_examples=400, deadline=None)
@given(TEXTS, TEXTS)
@example("&am&#112;;lt;b>", "&am&#112;lt;")
@example(r"\textless b\textgreater", "$5 \\$6$")
def test_cleaning_is_idempotent(title: str, abstract: str) -> None:
    once = clean_all(title, abstract)
    assert clean_all(once.title, once.abstract, once.keywords) == once
    detect_language(once.title, once.abstract)


def clean_all(title: str, abstract: str, keywords: tuple[str, ...] = ()) -> PaperText:
    return clean_paper_text(PaperText(clean_phrase(title), clean_passage(abstract), keywords))


HOSTILE = [
    "\\", "$", "$a ", "{", "\\a{", "{\\em ", "\\'", "\\begin{equation}", "&amp;", "<", "<p ", "<!--", "<math>", "<sup>",
    "a- ", "a-\n", "a-a-", "METHODS: ", "Methods\n", "Methods We ", ". Keywords: a; ", "© 2020 ", "a@", "a\u0301\u0323",
    "â€", "\u200d", "MACHINE LEARNING ", "Supplementary data ", "(cid:173) ", " ", "\n", "~", "大", "$x_{", "``",
]  # fmt: skip


# Each of these texts takes about two seconds. A step that is quadratic would take more than an hour.
@pytest.mark.slow
@pytest.mark.parametrize("fragment", HOSTILE)
def test_hostile_texts_end(fragment: str) -> None:
    text = (fragment * (200_000 // len(fragment) + 1))[:200_000]
    once = clean_all(text[:20_000], text)
    assert clean_all(once.title, once.abstract, once.keywords) == once


@pytest.mark.slow
def test_a_text_of_many_formulas_ends() -> None:
    text = "".join(rf"$\z{{{number}}}$" for number in range(25_000))
    once = clean_passage(text)
    assert clean_passage(once) == once
