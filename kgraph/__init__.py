"""kgraph: a knowledge graph of research papers."""
