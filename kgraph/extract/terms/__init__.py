"""Find the terms of a paper: noun phrases, abbreviations, candidates, their kinds and salience."""
