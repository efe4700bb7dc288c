"""Vectors in Milvus, for an index that outgrew one machine."""
