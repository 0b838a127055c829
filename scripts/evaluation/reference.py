"""The spaCy pipeline that speed and keyphrases are compared with: the whole of en_core_web_sm."""

from __future__ import annotations

import spacy
from spacy.language import Language

from evaluation.packages import reference_name


def load_reference() -> Language:
    """Load the pipeline with all its components. Raises MissingPackageError if it is not installed."""
    return spacy.load(reference_name())
