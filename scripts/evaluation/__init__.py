"""What scripts/evaluate is made of: gold data, scoring, and the peers beside kgraph."""
