"""The containers of kgraph, one file each. Every module defines its container as ``CONTAINER``."""
