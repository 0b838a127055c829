"""The graph for other tools, one file a tool; each reads the store only."""
