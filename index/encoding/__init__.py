"""Text to vectors: the run-time encoder, its export, and the embedding cache."""
