"""Versions of an index: the store, its history, and replication to other machines."""
