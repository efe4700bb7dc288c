"""Text to vectors: the encoder protocol, the run-time encoder, its export and the embedding cache."""
