"""Read the records of an XML file one by one, without entities, a DTD or the network.

lxml parses the stream, and a record is freed after it was read. libxml2 itself
limits the depth of elements, the length of texts and the expansion of entities.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lxml import etree

from kgraph.paper_record import RecordError
from kgraph.sources.format import Item, RawRecord, UnreadRecord
from kgraph.sources.opening import TextFile, UnreadableFileError
from kgraph.sources.text import excerpt

MAX_RECORD_BYTES = 10_000_000
"""The maximum size of a record. The file is not read further after a longer one."""

ReadElement = Callable[[etree._Element], Mapping[str, Any]]
"""Return the values of a paper, given the element of a record. It may raise RecordError."""

_ENTITY_DECLARATION = re.compile(r"<!ENTITY\b")


class _TooLongError(Exception):
    """A record has more than MAX_RECORD_BYTES bytes."""


class _Bytes(io.RawIOBase):
    """The bytes of a text file. A record that is too long raises _TooLongError."""

    def __init__(self, file: TextFile) -> None:
        self._lines = file.lines()
        self.since_record = 0

    def read(self, size: int = -1) -> bytes:
        data = self._lines.read(size).encode("utf-8", "replace")
        self.since_record += len(data)
        if self.since_record > MAX_RECORD_BYTES:
            raise _TooLongError
        return data


def xml_records(file: TextFile, tags: Mapping[str, ReadElement]) -> Iterator[Item]:
    """Yield the record of each element with one of the tags, or the reason why it has none.

    Reading ends where the text is not well-formed. Raises UnreadableFileError for
    a file without records, and for one that declares entities.
    """
    if _ENTITY_DECLARATION.search(file.beginning):
        raise UnreadableFileError(
            "declares XML entities, which kgraph does not expand: remove the DOCTYPE with its declarations"
        )
    source = _Bytes(file)
    elements = etree.iterparse(
        source,
        events=("end",),
        tag=tuple(tags),
        # The text is decoded already, by the encoding that the XML declares.
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    line = found = 0
    try:
        for _, element in elements:
            source.since_record = 0
            found += 1
            line = element.sourceline or line
            try:
                yield RawRecord(line, tags[element.tag](element))
            except RecordError as error:
                yield UnreadRecord(line, str(error))
            _free(element)
    except _TooLongError:
        reason = f"longer than {MAX_RECORD_BYTES // 1_000_000} MB"
    except etree.XMLSyntaxError as error:
        line = error.lineno or line
        reason = file.broken or f"not valid XML: {excerpt(error.msg or 'no reason given')}"
    else:
        if not found:
            raise UnreadableFileError("has no record")
        return
    if not found:
        raise UnreadableFileError(f"{reason} (line {line})")
    yield UnreadRecord(
        line, f"{reason}; the records before line {line} were kept, and none after it were read"
    )


def text_of(element: etree._Element | None, path: str = ".") -> str:
    """Return the text of the first element at a path, without the markup in it, or an empty text."""
    found = None if element is None else element.find(path)
    return "" if found is None else " ".join("".join(found.itertext()).split())


def texts_of(element: etree._Element, path: str) -> list[str]:
    """Return the texts of all elements at a path that are not empty."""
    return [text for found in element.iterfind(path) if (text := text_of(found))]


def _free(element: etree._Element) -> None:
    """Free an element, and those before it under the same parent."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
