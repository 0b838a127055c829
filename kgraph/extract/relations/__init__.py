"""Find the roles of concepts in a paper, and the relations that a sentence states between two concepts."""
