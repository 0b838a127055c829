"""Find the results that a paper reports: a number, its metric and its data set."""
