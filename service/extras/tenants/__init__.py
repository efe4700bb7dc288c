"""Several sites in one service."""
