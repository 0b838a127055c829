"""Run the pipeline over papers: assembly, batches, processes, cache and JSON records."""
