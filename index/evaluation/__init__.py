"""How good an index is on labelled questions: figures, baselines, labelled bots, the report."""
