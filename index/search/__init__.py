"""Candidates for a question: vector index, BM25, exact match, autocomplete."""
