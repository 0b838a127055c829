"""Read a text: its tokens, tags, sentences and words, and the entities that it names."""
