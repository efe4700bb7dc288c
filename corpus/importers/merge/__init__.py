"""A draft joined with the content that is there."""
