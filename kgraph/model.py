"""The records that all rooms of kgraph share.

They are frozen dataclasses without behaviour. ``sources`` make papers,
``extract`` makes extractions, ``link`` makes batches of nodes and edges, and a
``store`` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

Field = Literal["title", "abstract"]
Kind = Literal["task", "method", "dataset", "metric", "concept", "phrase"]
RelationType = str
"""The name of a relationship type that ``schemas/graph.json`` declares."""

IdentifierForm = Literal[
    "identifier", "reference", "doi", "arxiv", "openalex", "semantic scholar", "pmid", "acl"
]
"""The kinds of ids. An ``identifier`` may be of any kind, and a ``reference`` is that of another paper."""

ValueForm = Literal["plain", "text", "person", "date", "web address"] | IdentifierForm
"""How a record writes a value, and how it is cleaned.

``plain`` is a number, one line of text or a list of such lines, ``text`` may
have several lines, a ``person`` is a name, and an id is a line or a whole number.
"""


@dataclass(frozen=True, slots=True)
class WebLink:
    """The web address of an identifier.

    It is ``address`` with the identifier for ``{}``, if ``pattern`` matches the
    whole identifier.
    """

    pattern: str
    address: str


@dataclass(frozen=True, slots=True)
class About:
    """The declaration of a field of :class:`Paper`.

    ``least`` and ``most`` bound a number or the length of a text. A store
    indexes the words of a ``fulltext`` field. A field that is not ``in_record``
    is set by kgraph and ignored in a record. ``shown`` is the heading of the
    field in the panel of a page, which lists only fields that have one, and
    ``link`` makes its values links there.
    """

    meaning: str
    form: ValueForm = "plain"
    least: int | None = None
    most: int | None = None
    fulltext: bool = False
    in_record: bool = True
    shown: str | None = None
    link: WebLink | None = None


@dataclass(frozen=True, slots=True)
class Organization:
    """An affiliation: a handle without blanks, and a name to show."""

    handle: str
    name: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as a source gives it. Two papers are the same if their ``id`` is.

    Each field is declared here and nowhere else: its line says what it means
    and how a record writes it. The JSON Schema of a record, reading and writing
    records, and the properties of the ``Paper`` node follow from it
    (``kgraph.paper_record``).
    """

    id: Annotated[str, About("The id in the source, or a short form of the title.", "identifier", 1, 512)]
    title: Annotated[str, About("The title.", fulltext=True)]
    abstract: Annotated[str, About("The abstract.", "text", fulltext=True)] = ""
    authors: Annotated[tuple[str, ...], About("The authors in the order of the paper.", "person")] = ()
    author_count: Annotated[
        int | None, About("The number of authors, named or not.", least=0, shown="Authors")
    ] = None
    organizations: Annotated[tuple[Organization, ...], About("The organisations of the authors.")] = ()
    date: Annotated[
        str | None, About("Date of publication, ISO 8601 (YYYY-MM-DD).", "date", shown="Date")
    ] = None
    year: Annotated[int | None, About("Year of publication.", least=1, most=9999, shown="Year")] = None
    comments: Annotated[
        int | None, About("The number of comments on the page.", least=0, shown="Comments")
    ] = None
    venue: Annotated[str | None, About("The venue as the source writes it.", shown="Venue")] = None
    url: Annotated[str | None, About("Where the paper can be read.", "web address")] = None
    keywords: Annotated[tuple[str, ...], About("Keywords that the authors chose.", shown="Keywords")] = ()
    doi: Annotated[
        str | None,
        About(
            "The DOI.",
            "doi",
            shown="DOI",
            link=WebLink(r"10\.[0-9]{4,9}/\S+", "https://doi.org/{}"),
        ),
    ] = None
    arxiv: Annotated[
        str | None,
        About(
            "The id in arXiv.",
            "arxiv",
            shown="arXiv",
            link=WebLink(
                r"([0-9]{4}\.[0-9]{4,5}|[a-z-]{2,12}(\.[A-Z]{2})?/[0-9]{7})(v[0-9]{1,3})?",
                "https://arxiv.org/abs/{}",
            ),
        ),
    ] = None
    openalex: Annotated[
        str | None,
        About(
            "The id in OpenAlex.",
            "openalex",
            shown="OpenAlex",
            link=WebLink(r"W[0-9]{1,12}", "https://openalex.org/{}"),
        ),
    ] = None
    semantic_scholar: Annotated[
        str | None,
        About(
            "The id in Semantic Scholar.",
            "semantic scholar",
            shown="Semantic Scholar",
            link=WebLink(r"[0-9a-f]{40}", "https://www.semanticscholar.org/paper/{}"),
        ),
    ] = None
    pmid: Annotated[
        str | None,
        About(
            "The id in PubMed.",
            "pmid",
            shown="PubMed",
            link=WebLink(r"[0-9]{1,9}", "https://pubmed.ncbi.nlm.nih.gov/{}/"),
        ),
    ] = None
    acl: Annotated[
        str | None,
        About(
            "The id in the ACL Anthology.",
            "acl",
            shown="ACL Anthology",
            link=WebLink(r"[A-Za-z0-9][A-Za-z0-9.-]{3,60}", "https://aclanthology.org/{}/"),
        ),
    ] = None
    references: Annotated[tuple[str, ...], About("The ids of the papers that it cites.", "reference")] = ()
    language: Annotated[
        str | None,
        About("The language of the text as detected (ISO 639), if it is certain.", in_record=False),
    ] = None
    retracted: Annotated[bool | None, About("True if the paper was retracted or withdrawn.")] = None
    notice: Annotated[
        str | None,
        About("For a notice about another paper: retraction, correction or concern.", in_record=False),
    ] = None
    source: Annotated[str, About("The file that the paper was read from.", in_record=False)] = ""
    sources: Annotated[
        tuple[str, ...],
        About("The records of the paper, as JSON: file, line or id, and where they differ.", in_record=False),
    ] = ()
    other_ids: Annotated[
        tuple[str, ...],
        About("Other ids by which the paper is found: those of its records.", in_record=False),
    ] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that was not read, and the reason.

    ``line`` counts from 1 and is 0 for a whole file. ``record`` is the title or
    id of the record, or empty.
    """

    file: str
    line: int
    record: str
    reason: str

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line else ""
        record = f" ({self.record})" if self.record else ""
        return f"{self.file}{line}{record}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark about a file for the summary of a build."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Records that are one paper: its id and title, and where each record is."""

    paper: str
    title: str
    records: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.paper} ({self.title}): {'; '.join(self.records)}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value of a record that its paper does not have, because the value of another record was kept."""

    paper: str
    field: str
    record: str
    value: str
    kept: str

    def __str__(self) -> str:
        return f"{self.record}: {self.field} {self.value!r} was not used, {self.paper} has {self.kept!r}"


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of text that names a concept.

    Offsets are in characters of that field: ``getattr(paper, field)[start:end] == text``.
    """

    field: Field
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that supports a claim, its offsets in its field, and the component that found it."""

    field: Field
    start: int
    end: int
    text: str
    producer: str


@dataclass(frozen=True, slots=True)
class PaperConcept:
    """A concept of one paper.

    ``name`` is the form that the paper prefers (the long form of an
    abbreviation) and ``aliases`` are its other surface forms. ``salience``
    (0..1) says how much the paper is about it. ``evidence`` holds the sentences
    of its first mentions.
    """

    name: str
    kind: Kind
    salience: float
    aliases: tuple[str, ...]
    mentions: tuple[Mention, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation that a sentence states.

    ``head`` and ``tail`` are names of concepts of the same paper. A ``head``
    of ``None`` is the paper itself. ``confidence`` is in 0..1.
    """

    type: RelationType
    head: str | None
    tail: str
    evidence: Evidence
    confidence: float


@dataclass(frozen=True, slots=True)
class Result:
    """A number that a paper reports, with its metric and data set, all from one sentence.

    ``value`` is the new value of the metric and ``before`` the old one.
    ``change`` is the difference, where the text gives only that. It is negative
    where the metric fell. A change in ``x`` is a factor ("4x fewer" is -4).
    ``relative`` says whether it is a share of the old value, and is None where
    the text leaves that open, as "by 5%" does. ``unit`` is ``%``, ``points``,
    ``x`` or a unit as written. ``qualifier`` bounds the number ("up to").

    ``metric`` and ``dataset`` are written as in the text (``speed`` and
    ``frame rate`` where a unit or "faster" says so). ``dataset`` is None if the
    sentence does not connect one to the number. The mentions give the offsets
    of number, metric and data set.
    """

    metric: str
    dataset: str | None
    value: float | None
    before: float | None
    change: float | None
    unit: str | None
    relative: bool | None
    qualifier: str | None
    figure: Mention
    metric_mention: Mention
    dataset_mention: Mention | None
    evidence: Evidence
    confidence: float


@dataclass(frozen=True, slots=True)
class Extraction:
    """The extraction of one paper, with its concepts by falling salience.

    ``further`` are phrases that are not salient enough to be kept for this
    paper alone. The linker keeps one if other papers are about it.
    ``abbreviations`` are the pairs (short form, long form) that the paper
    itself defines. ``results`` are in the order of the text.
    """

    concepts: tuple[PaperConcept, ...]
    relations: tuple[Relation, ...]
    further: tuple[PaperConcept, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """A canonical concept of the whole corpus.

    ``id`` is its normalised form, unique in the graph. ``name`` is the most
    frequent form, and ``papers`` is the number of papers that mention it.
    """

    id: str
    name: str
    kind: Kind
    aliases: tuple[str, ...]
    papers: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A relationship between two nodes, given by their ids."""

    head: str
    tail: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """A node with its id, its properties, and its labels after the first."""

    id: str
    properties: Mapping[str, Any]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeBatch:
    """Nodes of one label, in the order of their ids."""

    label: str
    nodes: Sequence[Node]


@dataclass(frozen=True, slots=True)
class EdgeBatch:
    """Relationships of one type between nodes of two labels."""

    type: str
    head_label: str
    tail_label: str
    edges: Sequence[Edge]
