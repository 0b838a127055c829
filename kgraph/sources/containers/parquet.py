"""Parquet files, as JSON Lines of their rows, so that the formats of JSON read the records."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from typing import Any

import msgspec

from kgraph.sources.container import Member
from kgraph.sources.streams import MAX_EXPANSION, UNCHECKED_SIZE, ChunkStream
from kgraph.sources.unreadable import UnreadableFileError

_ROWS = 1_000
_BUFFER_SIZE = 1024 * 1024


class Parquet:
    """A Parquet file, where each row is a record."""

    name = "parquet"
    description = "a Parquet file, where each row is a record (needs the extra kgraph[parquet])"
    noun = "Parquet"
    magics = (b"PAR1",)
    seeks = True
    # pyarrow's errors are ValueError, OSError without a number, and others for odd types.
    errors = (ValueError, OSError, NotImplementedError, KeyError, TypeError, OverflowError)

    def members(self, file: io.BufferedIOBase) -> Iterator[Member]:
        """Yield the rows as JSON Lines."""
        try:
            pyarrow: Any = importlib.import_module("pyarrow")
            parquet: Any = importlib.import_module("pyarrow.parquet")
        except ImportError:
            raise UnreadableFileError(
                'is a Parquet file, which needs pyarrow: pip install "kgraph[parquet]"'
            ) from None
        try:
            # Row groups are read page by page, because one may be larger than the memory.
            table = parquet.ParquetFile(file, pre_buffer=False, buffer_size=_BUFFER_SIZE)
        except (*self.errors, EOFError) as error:
            raise UnreadableFileError(
                f"the Parquet file is damaged or cut short ({error}): fetch it again"
            ) from None
        with table:
            _refuse_bomb(table.metadata)
            columns = [field.name for field in table.schema_arrow if not _is_binary(pyarrow, field.type)]
            left_out = [field.name for field in table.schema_arrow if field.name not in columns]
            remarks = (f"columns of bytes were skipped: {', '.join(left_out)}",) if left_out else ()
            if not columns:
                raise UnreadableFileError("is a Parquet file without a column of text")
            yield Member("", io.BufferedReader(ChunkStream(_lines(table, columns))), remarks)


CONTAINER = Parquet()


def _is_binary(pyarrow: Any, kind: Any) -> bool:
    types = pyarrow.types
    return bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind))


def _refuse_bomb(metadata: Any) -> None:
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for column in map(group.column, range(group.num_columns)):
            size, packed = column.total_uncompressed_size, column.total_compressed_size
            if size > UNCHECKED_SIZE and size > MAX_EXPANSION * packed:
                raise UnreadableFileError(
                    f"the Parquet data expands to more than {MAX_EXPANSION} times its size, as a "
                    "decompression bomb does"
                )


def _lines(table: Any, columns: list[str]) -> Iterator[bytes]:
    """Yield the rows of each batch as lines of JSON."""
    encoder = msgspec.json.Encoder(enc_hook=str)
    for batch in table.iter_batches(batch_size=_ROWS, columns=columns, use_threads=False):
        yield encoder.encode_lines(batch.to_pylist())
