"""The services that kgraph can ask, one file each. Every module defines its service as ``SERVICE``."""
