"""Blocks and questions to articles and entries."""
