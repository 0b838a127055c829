"""The benchmark of kgraph: gold data, metrics, the methods compared with kgraph, and saved figures."""
