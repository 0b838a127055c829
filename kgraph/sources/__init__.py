"""From files to papers. Each input format is one file in ``formats/``, or one entry point.

:func:`read` reads files of any known format. A package adds a format by an
object with the members of :class:`SourceFormat`, named by an entry point in the
group ``kgraph.sources``. The names in ``__all__`` are meant for such packages.
"""

from kgraph.paper_record import RecordError
from kgraph.sources.format import Item, Match, RawRecord, ReadOptions, Remark, SourceFormat, UnreadRecord
from kgraph.sources.identity import paper_id
from kgraph.sources.opening import TextFile, UnreadableFileError
from kgraph.sources.paper import PaperRead, to_paper
from kgraph.sources.reading import check_inputs, read, read_records
from kgraph.sources.registry import source_formats

__all__ = [
    "Item",
    "Match",
    "PaperRead",
    "RawRecord",
    "ReadOptions",
    "RecordError",
    "Remark",
    "SourceFormat",
    "TextFile",
    "UnreadRecord",
    "UnreadableFileError",
    "check_inputs",
    "paper_id",
    "read",
    "read_records",
    "source_formats",
    "to_paper",
]
