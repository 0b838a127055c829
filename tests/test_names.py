"""The normal form of names, and the tables of spellings and plurals that it uses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgraph.data import read_text
from kgraph.names import american, folded, is_acronym, looks_named, normal_form, singular


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        (["Continual Learning", "continual learning", "Continual-Learning", "continual\tlearning"], "continual learning"),
        (["large language models", "Large Language Model", "large language model’s"], "large language model"),
        (["memorisation", "Memorization"], "memorization"),
        (["behaviour modelling", "behavior modeling"], "behavior modeling"),
        (["LLMs", "LLM", "llm"], "llm"),
        (["GPUs", "GPU"], "gpu"),
        (["Hessian matrices", "Hessian matrix"], "hessian matrix"),
        (["meta-analyses", "meta analysis"], "meta analysis"),
        (["loss landscapes"], "loss landscape"),
        (["training dynamics"], "training dynamics"),
        (["inductive bias", "inductive biases"], "inductive bias"),
        (["neighbour classification"], "neighbor classification"),
    ],
)  # fmt: skip
def test_spellings_of_one_name_share_a_key(spellings: list[str], key: str) -> None:
    assert {normal_form(spelling) for spelling in spellings} == {key}


@pytest.mark.parametrize(
    ("one", "other"),
    [("class", "glass"), ("promising", "promizing"), ("C++", "C"), ("F1", "F2"), ("analysis", "analyst")],
)
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


# Common words of papers in both spellings: 51 of 51 pairs have one key. Regular expressions had 31.
BRITISH = """
    behaviour colour neighbour modelling labelled unlabelled channelled signalling travelling centre fibre metre
    catalogue dialogue analyse catalyse paralysed optimise optimisation generalisation tokenised discretisation
    parameterised vectorised reparameterisation unsynchronised visualisation crystallised haemoglobin anaemia
    leukaemia oedema oesophagus paediatric tumour aluminium sulphur caesium artefact manoeuvre greyscale ageing
    judgement programme licence defence mould counselling ploughing sceptical fulfilment
""".split()  # noqa: SIM905
AMERICAN = """
    behavior color neighbor modeling labeled unlabeled channeled signaling traveling center fiber meter
    catalog dialog analyze catalyze paralyzed optimize optimization generalization tokenized discretization
    parameterized vectorized reparameterization unsynchronized visualization crystallized hemoglobin anemia
    leukemia edema esophagus pediatric tumor aluminum sulfur cesium artifact maneuver grayscale aging
    judgment program license defense mold counseling plowing skeptical fulfillment
""".split()  # noqa: SIM905

# Latin and Greek plurals: 56 of 56 have the key of their singular. Rules with a short list had 13.
SINGULARS = """
    nucleus locus stimulus radius fungus focus bacillus alga larva antenna formula vertebra nebula supernova bacterium
    spectrum quantum stratum equilibrium continuum symposium curriculum memorandum erratum criterion phenomenon
    automaton mitochondrion taxon polyhedron ganglion genus corpus schema stigma lemma matrix vertex index appendix
    vortex helix cortex hypothesis analysis axis synthesis thesis larynx phalanx syllabus momentum torus calculus
    modulus simplex
""".split()  # noqa: SIM905
PLURALS = """
    nuclei loci stimuli radii fungi foci bacilli algae larvae antennae formulae vertebrae nebulae supernovae bacteria
    spectra quanta strata equilibria continua symposia curricula memoranda errata criteria phenomena
    automata mitochondria taxa polyhedra ganglia genera corpora schemata stigmata lemmata matrices vertices indices
    appendices vortices helices cortices hypotheses analyses axes syntheses theses larynges phalanges syllabi momenta
    tori calculi moduli simplices
""".split()  # noqa: SIM905


@pytest.mark.parametrize(("british", "american_word"), list(zip(BRITISH, AMERICAN, strict=True)))
def test_british_and_american_spellings_share_a_key(british: str, american_word: str) -> None:
    assert normal_form(f"{british} x") == normal_form(f"{american_word} x") == f"{american_word} x"


@pytest.mark.parametrize(("one", "other"), list(zip(SINGULARS, PLURALS, strict=True)))
def test_latin_and_greek_plurals_have_the_key_of_their_singular(one: str, other: str) -> None:
    assert normal_form(other) == normal_form(one) == one


@pytest.mark.parametrize(
    ("plural", "one"),
    [("evaluation metrics", "evaluation metric"), ("topics", "topic"), ("heroes", "hero"), ("caches", "cache"),
     ("viruses", "virus"), ("feet", "foot"), ("lenses", "lens"), ("people", "person"), ("studies", "study"), ("human judgements", "human judgment"), ("description logics", "description logic")],
)  # fmt: skip
def test_other_plurals_have_the_key_of_their_singular(plural: str, one: str) -> None:
    assert normal_form(plural) == normal_form(one) == one


@pytest.mark.parametrize(
    "word",
    """
    across alas alias always asbestos atlas basis besides bias bus canvas census chaos consensus corps corpus cosmos
    data diabetes dynamics ethos gas genomics glass graphics has hermes is its kinetics kubernetes lens los loss mars
    mathematics media news optics pancreas pathos perhaps physics plus previous rabies robotics semantics sepsis numerics
    series sometimes species statistics status texas this thus towards versus virus was whereas yes
    """.split(),  # noqa: SIM905
)
def test_words_that_look_like_plurals_are_kept(word: str) -> None:
    assert singular(word) == word


@pytest.mark.parametrize("name", ["GPS", "OVA", "MICE", "DATA", "SoS", "one-vs-all OVA"])
def test_acronyms_are_not_plurals(name: str) -> None:
    assert normal_form(name) == name.lower().replace("-", " ")


@pytest.mark.parametrize(
    "text",
    [
        "surprise promise exercise four hour devise",
        "unsupervised improvisation enterprise expertise otherwise precise noise raise size",
        "gauge cancellation aesthetic prologue gases controlled filled",
    ],
)
def test_words_with_one_spelling_are_kept(text: str) -> None:
    assert american(text) == text


def test_no_american_spelling_is_british_elsewhere_in_the_table() -> None:
    spellings = [line.split("\t") for line in read_text("british_spellings.tsv").splitlines()[1:]]
    assert [pair for pair in spellings if american(pair[1]) != pair[1]] == []


@pytest.mark.parametrize("name", ["RegLoRA", "SQuAD2.0", "WikiText-103", "TOFU", "GPT-4", "kNN-LM", "iCaRL"])
def test_names_of_artefacts_look_named(name: str) -> None:
    assert looks_named(name)


@pytest.mark.parametrize("name", ["Learning", "memory", "2023", "Self-Judge", "A", "two words"])
def test_plain_words_do_not_look_named(name: str) -> None:
    assert not looks_named(name)


def test_acronyms() -> None:
    assert is_acronym("LLMs") and is_acronym("K&K") and not is_acronym("Model") and not is_acronym("A B")


@given(st.text(max_size=60))
def test_any_text_has_a_normal_form_without_odd_spaces(text: str) -> None:
    key = normal_form(text)
    assert key == " ".join(key.split())
    assert normal_form(f"  {text}\n") == key


@given(st.text(max_size=40))
def test_case_and_outer_space_never_matter(text: str) -> None:
    assert folded(f"  {text} ") == folded(text)
