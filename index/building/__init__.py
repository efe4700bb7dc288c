"""A corpus and an encoder to a version of the index."""
