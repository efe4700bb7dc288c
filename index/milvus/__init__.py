"""Milvus as the vector store of an index: an extra that the rest of the package does not import."""
