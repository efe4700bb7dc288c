"""The index version that answers now, and its hot swap."""
