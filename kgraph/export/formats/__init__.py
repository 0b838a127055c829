"""The export formats: each module binds one :class:`~kgraph.export.exporter.Exporter` to ``EXPORTER``."""
