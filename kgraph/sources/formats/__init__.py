"""The input formats of kgraph, one file each. Every module defines its format as ``FORMAT``."""
