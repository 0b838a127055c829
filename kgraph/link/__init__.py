"""What only the whole corpus can tell: aliases, hierarchy, co-occurrence, relatedness, topics."""
