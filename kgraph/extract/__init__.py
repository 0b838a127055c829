"""Extract the concepts, relations and results of one paper with a spaCy pipeline.

The rooms import in this order: ``document``, ``reader``, ``terms``,
``relations``, ``measurements``, ``run``. Nothing here depends on a second
paper; ``kgraph.link`` combines the extractions of a corpus.
"""
