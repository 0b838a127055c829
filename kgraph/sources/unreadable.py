"""The errors for files that cannot be read."""

from __future__ import annotations


class UnreadableFileError(Exception):
    """A file as a whole cannot be read. The text gives the reason and a remedy, without the file's name."""


class UnknownFormatError(UnreadableFileError):
    """A file is not of a known format. The reader adds which formats are known."""
